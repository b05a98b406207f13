"""A command that runs to its end, and the memory that it and the processes it starts take together."""

import contextlib
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

_EVERY = 0.05
_MEGABYTE = 1_000_000


def finished(command: Sequence[str], *, environment: Mapping[str, str], log: Path) -> float:
    """Run a command and return the most memory that its processes took at one time, in MB.

    That is their proportional set size, in which a page that several processes share counts once, looked at twenty
    times a second. Raises a sentence when the command fails.
    """
    most = 0
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=environment)
        while process.poll() is None:
            most = max(most, sum(map(_bytes_of, _family(process.pid))))
            time.sleep(_EVERY)
    if process.returncode != 0:
        raise click.ClickException(f"{command[0]} failed: {log.read_text(errors='replace').strip()[-500:]}")
    return most / _MEGABYTE


def _family(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _family(int(child))


def _bytes_of(pid: int) -> int:
    """Return the proportional set size of a process, 0 when it has just ended."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
