"""The bytes of a CSV as UTF-8, whatever they were: encodings, compression, delimiter, first records."""

import codecs
import csv
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from isal import igzip

from data.imports.limits import Limits, size_in_words
from data.imports.refusals import FileRefused, FileTooLarge

_CHUNK = 1 << 20
_SAMPLE = 1 << 17
_SAMPLE_RECORDS = 60
_DELIMITERS = ",;\t|"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Guarded(io.RawIOBase):
    """A stream of UTF-8 bytes that stops at the limit and says in a sentence what is wrong with the bytes."""

    def __init__(self, path: Path, encoding: str, limits: Limits, *, packed: bool) -> None:
        opened: Any = igzip.IGzipFile if packed else open  # igzip ships no types
        self._file: IO[bytes] = opened(path, "rb")
        self._recode = encoding not in ("utf-8", "")
        self._decoder = codecs.getincrementaldecoder("utf-8-sig" if encoding == "utf-8" else encoding or "ascii")()
        self._packed_size = path.stat().st_size
        self._limits = limits
        self._seen = 0
        self._left = b""
        self._skip_mark = encoding == "utf-8"

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` with UTF-8; 0 at the end."""
        while not self._left:
            raw = self._raw(len(buffer))
            if not raw and not self._recode:
                return 0
            self._left = self._decoder.decode(raw, final=not raw).encode() if self._recode else raw
            if not raw and not self._left:
                return 0
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    def _raw(self, size: int) -> bytes:
        try:
            raw = self._file.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise FileRefused("The gzip file is damaged or cut short; expected a whole one.") from error
        self._seen += len(raw)
        most = min(self._limits.unpacked_bytes, max(_CHUNK * 64, self._limits.unpacked_times * self._packed_size))
        if self._seen > most:
            raise FileTooLarge(
                f"The file of {size_in_words(self._packed_size)} unpacks to more than {size_in_words(most)}; "
                "expected less."
            )
        if self._skip_mark:
            self._skip_mark = False
            raw = raw.removeprefix(codecs.BOM_UTF8) or (self._raw(size) if raw else raw)
        return raw

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The first records of a CSV: their cells, the line each begins on, and the byte after each."""

    delimiter: str
    rows: list[list[str]]
    lines: list[int]
    ends: list[int]


def encoding_of(path: Path, limits: Limits, *, packed: bool) -> str:
    """Return `utf-8`, `cp1252` or `utf-16`, after reading every byte. Raises FileRefused with the line."""
    with Guarded(path, "", limits, packed=packed) as stream:
        head = stream.read(4) or b""
        marked = next((name for mark, name in _BOMS if head.startswith(mark)), None)
        if marked == "utf-16":
            return marked
        return _encoding_without_mark(head, stream)


def _encoding_without_mark(head: bytes, stream: io.RawIOBase) -> str:
    utf8 = codecs.getincrementaldecoder("utf-8")()
    is_utf8, line, chunk = True, 1, head
    while chunk:
        if (at := chunk.find(b"\0")) >= 0:
            line += chunk.count(b"\n", 0, at)
            raise FileRefused(f"Line {line} holds a NUL byte; expected text.", line=line, said="NUL", expected="text")
        if is_utf8:
            try:
                utf8.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = False
        if not is_utf8:
            _check_cp1252(chunk, line)
        line += chunk.count(b"\n")
        chunk = stream.read(_CHUNK) or b""
    return "utf-8" if is_utf8 else "cp1252"


def _check_cp1252(chunk: bytes, line: int) -> None:
    try:
        chunk.decode("cp1252")
    except UnicodeDecodeError as error:
        line += chunk.count(b"\n", 0, error.start)
        said = f"byte {chunk[error.start]:#04x}"
        raise FileRefused(
            f"Line {line} holds {said}, which is neither UTF-8 nor Windows-1252; expected one of the two.",
            line=line,
            said=said,
            expected="UTF-8 or Windows-1252",
        ) from error


def sample_of(stream: io.RawIOBase) -> Sample:
    """Return the first records of a stream of UTF-8, with the delimiter that makes the best table of them."""
    head = b""
    while len(head) < _SAMPLE and (more := stream.read(_SAMPLE - len(head))):
        head += more
    whole = len(head) < _SAMPLE
    records = list(_records(head, whole=whole))
    if not records:
        raise FileRefused("The first line is longer than 128 kB: perhaps a quotation mark is never closed.", line=1)
    texts = [head[start:end].decode(errors="replace") for start, end, _ in records]
    delimiter = max(_DELIMITERS, key=lambda each: _fitness(texts, each))
    return Sample(
        delimiter=delimiter,
        rows=[_cells(text, delimiter) for text in texts],
        lines=[line for _, _, line in records],
        ends=[end for _, end, _ in records],
    )


def _records(head: bytes, *, whole: bool) -> Iterator[tuple[int, int, int]]:
    """Give start, end and first line of each record: a line, or several when quotes span them."""
    start = at = 0
    line = first = 1
    quotes = 0
    for _ in range(_SAMPLE_RECORDS * 10):
        end = head.find(b"\n", at)
        if end < 0:
            break
        quotes += head.count(b'"', at, end)
        line, at = line + 1, end + 1
        if quotes % 2 == 0:
            yield start, at, first
            start, first, quotes = at, line, 0
    else:
        return
    if whole and start < len(head):
        yield start, len(head), first


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return [text]


def _fitness(texts: list[str], delimiter: str) -> tuple[int, int]:
    """How many records share the commonest number of columns above one, and that number."""
    widths = Counter(width for text in texts if (width := len(_cells(text, delimiter))) > 1)
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return count, width
