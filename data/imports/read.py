"""Reading a file in another process, which is confined; its rows come back in batches."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa

from data.imports.batches import Batch, batches_of, layout_of
from data.imports.formats import FORMATS, format_of
from data.imports.layout import Asked, Layout
from data.imports.limits import Limits, size_in_words
from data.imports.parser import REFUSED
from data.imports.refusals import FileRefused, FileTooLarge

_CHECKOUT = Path(__file__).resolve().parents[2]
_QUIET = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "PYTHONSAFEPATH": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONPATH": str(_CHECKOUT),
    "PROJ_NETWORK": "OFF",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_HTTP_TIMEOUT": "1",
    "GDAL_CACHEMAX": "64",
    "LC_ALL": "C.UTF-8",
}


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A file being read: how it is laid out, and its rows in batches, to be taken once."""

    layout: Layout
    batches: Iterator[Batch]


@contextlib.contextmanager
def reading(path: Path, asked: Asked, limits: Limits) -> Iterator[Reading]:
    """Give the rows of a file, read by a process of its own that ends with the block.

    Raises FileRefused or FileTooLarge, on entry or while batches are taken.
    """
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise FileTooLarge(f"The file has {size_in_words(size)}; expected at most {size_in_words(limits.file_bytes)}.")
    format = format_of(path, limits)
    task = {"path": str(path.resolve()), "format": format, "asked": asdict(asked), "limits": asdict(limits)}
    child = subprocess.Popen(
        [sys.executable, "-m", "data.imports.parser"],
        cwd="/",
        env={"PATH": os.defpath, "WAYMARK_TASK": json.dumps(task), **_QUIET},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    deadline = threading.Timer(limits.wall_seconds, child.kill)
    deadline.start()
    try:
        reader = _stream(child, format)
        yield Reading(layout=layout_of(reader.schema), batches=_checked(child, reader, format))
    finally:
        deadline.cancel()
        child.kill()
        child.communicate()


def _stream(child: "subprocess.Popen[bytes]", format: str) -> pa.RecordBatchReader:
    try:
        return pa.ipc.open_stream(child.stdout)
    except (pa.ArrowException, OSError) as error:
        raise _why(child, format) from error


def _checked(child: "subprocess.Popen[bytes]", reader: pa.RecordBatchReader, format: str) -> Iterator[Batch]:
    try:
        yield from batches_of(reader)
    except (pa.ArrowException, OSError) as error:
        raise _why(child, format) from error
    if child.wait():
        raise _why(child, format)


def _why(child: "subprocess.Popen[bytes]", format: str) -> FileRefused:
    """Return what the process said, or what its end means."""
    child.stdout.close()  # type: ignore[union-attr]
    said = child.stderr.read()  # type: ignore[union-attr]
    status = child.wait()
    if status == REFUSED:
        parts = json.loads(said.splitlines()[-1])
        kind = FileTooLarge if parts.pop("kind") == "large" else FileRefused
        return kind(parts.pop("sentence"), **parts)
    if status < 0:
        return FileTooLarge(
            f"Reading the file as {FORMATS[format]} took more time or memory than is allowed, or the file breaks its "
            "reader; expected a smaller or simpler one."
        )
    return FileRefused(f"The file cannot be read as {FORMATS[format]}: it is damaged. Expected a whole one.")
