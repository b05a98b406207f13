"""Which format a file is in, by what it holds and never by its name alone; archives are weighed first."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from data.imports.limits import Limits, size_in_words
from data.imports.refusals import FileRefused, FileTooLarge

FORMATS = {
    "csv": "CSV",
    "csv.gz": "CSV, gzip-compressed",
    "xlsx": "XLSX",
    "xls": "XLS",
    "geojson": "GeoJSON",
    "gpkg": "GeoPackage",
    "shapefile": "zipped Shapefile",
    "kml": "KML",
    "parquet": "GeoParquet",
}
EXPECTED = "expected CSV, XLSX, XLS, GeoJSON, GeoPackage, a zipped Shapefile, KML or GeoParquet"

_HEAD = 4096
_SMALL_ENTRY = 1 << 20
_FEW = 0.05
_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf")


@dataclass(frozen=True, kw_only=True)
class _Mark:
    """How a format begins, and what to do with it: a format's name, or a sentence of refusal."""

    begins: Callable[[bytes], bool]
    format: str = ""
    refusal: str = ""


def _bytes(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


def _text(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(marks)


_MARKS = (
    _Mark(begins=_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), format="xls"),
    _Mark(begins=_bytes(b"SQLite format 3\0"), format="gpkg"),
    _Mark(begins=_bytes(b"PAR1"), format="parquet"),
    _Mark(begins=_bytes(b"\x1f\x8b"), format="csv.gz"),
    _Mark(begins=_bytes(b"%PDF"), refusal="The file is a PDF"),
    _Mark(begins=_bytes(b"\x89PNG", b"\xff\xd8\xff", b"GIF8"), refusal="The file is a picture"),
    _Mark(begins=_text(b"<!doctype html", b"<html"), refusal="The file is a web page (HTML)"),
    _Mark(begins=_text(b"{", b"["), format="geojson"),
    _Mark(begins=lambda head: _text(b"<")(head) and b"<kml" in head, format="kml"),
    _Mark(begins=_text(b"<?xml", b"<"), refusal="The file is XML, but not KML"),
    _Mark(begins=_bytes(b"\xff\xfe", b"\xfe\xff"), format="csv"),
)


def format_of(path: Path, limits: Limits) -> str:
    """Return the format of a file, a key of FORMATS. Raises FileRefused, FileTooLarge."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise FileRefused(f"The file is empty; {EXPECTED}.")
    if head.startswith(b"PK"):
        return _format_of_archive(path, limits)
    for mark in _MARKS:
        if mark.begins(head):
            if mark.refusal:
                raise FileRefused(f"{mark.refusal}; {EXPECTED}.")
            return mark.format
    if sum(byte < 9 for byte in head) > _FEW * len(head):
        raise FileRefused(f"The file is in no format that can be imported; {EXPECTED}.")
    return "csv"


def _format_of_archive(path: Path, limits: Limits) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileRefused("The ZIP archive is damaged or cut short; expected a whole one.") from error
    _weigh(entries, path.stat().st_size, limits)
    names = {entry.filename.lower() for entry in entries}
    if "xl/workbook.xml" in names:
        return "xlsx"
    shapes = [name for name in names if name.endswith(".shp")]
    if not shapes:
        raise FileRefused(
            "The ZIP archive holds neither a Shapefile nor a workbook; expected .shp, .shx and .dbf files in it, "
            "and other formats unpacked."
        )
    missing = [
        shape.removesuffix(".shp") + part
        for shape in sorted(shapes)
        for part in _SHAPEFILE_PARTS
        if shape.removesuffix(".shp") + part not in names
    ]
    if missing:
        raise FileRefused(f"The zipped Shapefile lacks {missing[0]}; expected .shp, .shx and .dbf of each layer.")
    return "shapefile"


def _weigh(entries: list[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    """Refuse an archive that is encrypted, strays, or unpacks to far more than it is."""
    if len(entries) > limits.archive_entries:
        raise FileTooLarge(
            f"The ZIP archive holds {len(entries):,} files; expected at most {limits.archive_entries:,}."
        )
    unpacked = sum(entry.file_size for entry in entries)
    bombs = [e for e in entries if e.file_size > _SMALL_ENTRY and e.file_size > limits.unpacked_times * e.compress_size]
    if unpacked > limits.unpacked_bytes or unpacked > limits.unpacked_times * max(packed, _SMALL_ENTRY) or bombs:
        raise FileTooLarge(
            f"The ZIP archive of {size_in_words(packed)} would unpack to {size_in_words(unpacked)}; expected at most "
            f"{size_in_words(limits.unpacked_bytes)} and no file of more than {limits.unpacked_times} times its "
            "packed size."
        )
    for entry in entries:
        if entry.flag_bits & 1:
            raise FileRefused("The ZIP archive is encrypted; expected one without a password.")
        if entry.filename.startswith(("/", "\\")) or ".." in entry.filename.replace("\\", "/").split("/"):
            raise FileRefused("The ZIP archive holds a file outside its own folder; expected plain names.")
