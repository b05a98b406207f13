"""Taking in a file: kept where only we can read it, weighed and fingerprinted while it comes."""

import hashlib
import os
import time
from dataclasses import dataclass
from typing import IO, NoReturn
from uuid import UUID, uuid4

from data.imports.desk import Desk, one_value
from data.imports.limits import size_in_words
from data.imports.refusals import FileRefused, FileTooLarge, NotAnAdministrator

_CHUNK = 1 << 20
_COLLECTED_FOR = ("welfare", "safeguarding", "enforcement")
_SECONDS_KEPT = 7 * 86_400


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A file that somebody imports: what it is called, where it is from, and how its records are kept."""

    file_name: str
    source: str
    collected_for: str
    sensitivity: int = 2
    operation: UUID | None = None

    def check(self) -> None:
        """Raise FileRefused unless every part says something usable."""
        if not 1 <= len(self.file_name) <= 200 or not 1 <= len(self.source) <= 200:
            raise FileRefused("The names of the file and of its source have 1 to 200 letters.")
        if "\0" in self.file_name + self.source:
            raise FileRefused("The names of the file and of its source hold no NUL characters.")
        if self.collected_for not in _COLLECTED_FOR:
            raise FileRefused(
                f"The records are collected for one of {', '.join(_COLLECTED_FOR)}; say which.",
                column="collected_for",
                said=self.collected_for[:60],
                expected=", ".join(_COLLECTED_FOR),
            )
        if self.sensitivity not in range(4):
            raise FileRefused("The sensitivity is 0, 1, 2 or 3.", column="sensitivity", said=str(self.sensitivity))


def receive(desk: Desk, stream: IO[bytes], offer: Offer) -> UUID:
    """Keep a file for import and return the import's id.

    Raises FileRefused, FileTooLarge, NotSignedIn, and NotAnAdministrator also for an operation that is not the
    admin's, or is nobody's.
    """
    offer.check()
    desk.uploads.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(desk)
    import_id = uuid4()
    path = desk.upload(import_id)
    try:
        digest = _keep(desk, stream, import_id)
        with desk.entered() as conn:
            known = one_value(
                conn,
                "receive",
                id=import_id,
                file_name=offer.file_name,
                digest=digest,
                source=offer.source,
                collected_for=offer.collected_for,
                sensitivity=offer.sensitivity,
                operation=offer.operation,
            )
        if known is None:
            _refuse_operation()
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return import_id


def _refuse_operation() -> NoReturn:
    raise NotAnAdministrator("You look after no such operation.")


def _keep(desk: Desk, stream: IO[bytes], import_id: UUID) -> bytes:
    """Write the upload to its file, ours alone, and return its SHA-256."""
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(desk.upload(import_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > desk.limits.file_bytes:
                raise FileTooLarge(f"The file is larger than {size_in_words(desk.limits.file_bytes)}; expected less.")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(descriptor)
    return digest.digest()


def _sweep(desk: Desk) -> None:
    """Remove uploads that nobody has touched for a week."""
    for path in desk.uploads.glob("*.upload"):
        if path.stat().st_mtime < time.time() - _SECONDS_KEPT:
            path.unlink(missing_ok=True)
