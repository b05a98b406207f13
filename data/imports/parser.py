"""The process that parses: one file in, an Arrow stream out, within limits, with no rights that it can shed.

Started by data.imports.read as a program of its own, never forked. What is wrong with the file is said as JSON on
standard error, with exit status 3.
"""

import json
import os
import resource
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import NoReturn

import pyarrow as pa

from data.imports.layout import Asked
from data.imports.limits import Limits
from data.imports.refusals import FileRefused, FileTooLarge

REFUSED = 3
ROWS_AT_ONCE = 10_000
"""More are handed over in parts, so that what is made of them stays small in the process that checks."""

Parser = Callable[[Path, str, Asked, Limits], tuple[pa.Schema, Iterator[pa.RecordBatch]]]

# By name, so that only what a format needs is loaded.
_PARSERS = {
    "csv": "parse_csv:parse_csv",
    "csv.gz": "parse_csv:parse_csv",
    "xlsx": "parse_sheets:parse_sheets",
    "xls": "parse_sheets:parse_sheets",
    "geojson": "parse_shapes:parse_shapes",
    "gpkg": "parse_shapes:parse_shapes",
    "shapefile": "parse_shapes:parse_shapes",
    "parquet": "parse_shapes:parse_parquet",
    "kml": "parse_kml:parse_kml",
}


_WITHOUT_PANDAS = ("csv", "csv.gz")


class _NoPandas(MetaPathFinder):
    """Arrow loads pandas, when it is installed, to recognise its arrays: 40 MB and half a second for nothing."""

    def find_spec(self, name: str, *_: object) -> None:
        """Raise ImportError for pandas."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def main() -> None:
    """Parse the file that the environment names."""
    task = json.loads(os.environ["WAYMARK_TASK"])
    limits = Limits(**task["limits"])
    asked = Asked(**(task["asked"] | {"columns": tuple(task["asked"]["columns"])}))
    _confine(limits)
    if task["format"] in _WITHOUT_PANDAS:
        sys.meta_path.insert(0, _NoPandas())
    try:
        module, _, name = _PARSERS[task["format"]].partition(":")
        parse: Parser = getattr(import_module(f"data.imports.{module}"), name)
        schema, batches = parse(Path(task["path"]), task["format"], asked, limits)
        _write(schema, batches, limits)
    except FileRefused as refusal:
        _refuse(refusal)
    except MemoryError:
        _refuse(FileTooLarge("The file needs more memory to read than is allowed; expected a smaller or simpler one."))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, EOFError, OSError, pa.ArrowException):
        _refuse(FileRefused(f"The file cannot be read as {task['format']}: it is damaged. Expected a whole one."))


def _confine(limits: Limits) -> None:
    """Bound memory, processor time and files, and leave no core: a crash must not put places on the disk."""
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_AS, limits.memory_bytes),
    ):
        resource.setrlimit(kind, (most, most))


def _write(schema: pa.Schema, batches: Iterator[pa.RecordBatch], limits: Limits) -> None:
    rows = 0
    with os.fdopen(1, "wb", buffering=1 << 16) as out, pa.ipc.new_stream(out, schema) as stream:
        for batch in batches:
            rows += batch.num_rows
            if rows > limits.rows:
                raise FileTooLarge(f"The file has more than {limits.rows:,} rows; expected fewer, in several files.")
            for start in range(0, batch.num_rows, ROWS_AT_ONCE):
                stream.write_batch(batch.slice(start, ROWS_AT_ONCE))


def _refuse(refusal: FileRefused) -> NoReturn:
    kind = "large" if isinstance(refusal, FileTooLarge) else "refused"
    sys.stderr.write("\n" + json.dumps(refusal.parts() | {"kind": kind}))
    sys.stderr.flush()
    os._exit(REFUSED)


if __name__ == "__main__":
    main()
