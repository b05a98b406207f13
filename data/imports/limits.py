"""What a file may cost."""

from dataclasses import dataclass

MEBIBYTE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds on one file and on the process that reads it."""

    file_bytes: int = 200 * MEBIBYTE
    unpacked_bytes: int = 2_048 * MEBIBYTE
    unpacked_times: int = 200
    archive_entries: int = 1_000
    rows: int = 5_000_000
    columns: int = 500
    memory_bytes: int = 3_072 * MEBIBYTE
    cpu_seconds: int = 300
    wall_seconds: int = 900


def size_in_words(size: int) -> str:
    """Return a number of bytes as people say it: `200 MB`."""
    return f"{size / MEBIBYTE:,.0f} MB" if size >= MEBIBYTE else f"{size / 1024:,.0f} kB"
