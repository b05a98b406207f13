"""Anchors: the heads of the audit's chains, written down outside the database from time to time.

A file of JSON lines, only ever appended to. Each line's seal is an HMAC over the line and the seal before it,
under a key derived from the master key: a line cannot be forged, changed or taken out of the middle unseen.
Copy the file to another machine to notice when its end is cut off.
"""

import fcntl
import hmac
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import rfc8785

from data.vault import Vault


class AnchorsBroken(ValueError):
    """The file of anchors holds a line that was not written by us after the line before it."""


class HeadOfChain(Protocol):
    """Where a chain ends: which organisation's, at which entry, with which hash."""

    @property
    def organisation_id(self) -> int: ...  # noqa: D102 - said above

    @property
    def seq(self) -> int: ...  # noqa: D102 - said above

    @property
    def hash(self) -> bytes: ...  # noqa: D102 - said above


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """That an organisation's chain had this entry, with this hash, at this time."""

    organisation_id: int
    seq: int
    hash: bytes
    at: str


def read_anchors(path: Path, vault: Vault) -> list[Anchor]:
    """Return the anchors in the file, oldest first; none when there is no file. Raises AnchorsBroken."""
    return _read(path, vault)[0]


def append_anchors(path: Path, vault: Vault, heads: Iterable[HeadOfChain]) -> list[Anchor]:
    """Write down every head that moved since it was last anchored, and return those; they are on disk then.

    Two processes may anchor at once. Raises AnchorsBroken when the file is not whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        known, seal = _read(path, vault)
        latest = {anchor.organisation_id: anchor for anchor in known}
        new = _moved(heads, latest)
        for anchor in new:
            line = _line(anchor)
            seal = _seal(vault, seal, line)
            file.write(json.dumps(line | {"seal": seal}) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return new


def _moved(heads: Iterable[HeadOfChain], latest: dict[int, Anchor]) -> list[Anchor]:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return [
        Anchor(organisation_id=head.organisation_id, seq=head.seq, hash=head.hash, at=at)
        for head in heads
        if head.seq > 0 and (head.organisation_id not in latest or latest[head.organisation_id].seq < head.seq)
    ]


def _read(path: Path, vault: Vault) -> tuple[list[Anchor], str]:
    try:
        lines: Sequence[str] = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        lines = ()
    anchors, seal = list[Anchor](), ""
    for number, text in enumerate(lines, start=1):
        found = _anchor(vault, seal, text)
        if found is None:
            raise AnchorsBroken(f"Line {number} of {path} was not written by Waymark after the line before it.")
        anchor, seal = found
        anchors.append(anchor)
    return anchors, seal


def _line(anchor: Anchor) -> dict[str, str | int]:
    return {"organisation": anchor.organisation_id, "seq": anchor.seq, "hash": anchor.hash.hex(), "at": anchor.at}


def _anchor(vault: Vault, before: str, text: str) -> tuple[Anchor, str] | None:
    """The anchor on a line with its seal, or None when we did not write it after the seal before."""
    try:
        line = json.loads(text)
        given = line.pop("seal")
        seal = _seal(vault, before, line)
        anchor = Anchor(
            organisation_id=line["organisation"], seq=line["seq"], hash=bytes.fromhex(line["hash"]), at=line["at"]
        )
        return (anchor, seal) if hmac.compare_digest(given, seal) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _seal(vault: Vault, before: str, line: dict[str, str | int]) -> str:
    key = vault.derived_key("audit anchors")
    return hmac.digest(key, before.encode() + b"\n" + rfc8785.dumps(line), "sha256").hex()
