"""The auditor's reading of the own chain: found, verified, and exported under a signature.

Every function takes a connection on which the auditor's token was entered in the same transaction.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from psycopg import Connection, errors
from psycopg.rows import class_row

from data.audit import PAGE, Entry, Fault, Head, MyEntry, genesis, link, my_entries, verify_chain
from data.database import queries
from data.vault import Vault

LAST = 2**62
_QUERIES = queries("audit")
_FORMAT = "waymark audit export 1"


class NotAnAuditor(PermissionError):
    """The session is not an auditor's under the purpose of audit, or its person plans visits; the message says."""


class ExportBroken(ValueError):
    """An exported file that is not whole, not signed by this service, or not a chain; the message says where."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A member of the own organisation who may stand in the chain."""

    membership_id: UUID
    email: str
    role: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """An entry, and who acted: a member of the own organisation by e-mail address, or only a partner's name."""

    seq: int
    entry: dict[str, Any]
    email: str | None
    role: str | None
    partner: str | None


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What an auditor looks for; None is everything. `before` is the entry before which to go on."""

    ops: Sequence[str] | None = None
    actor: UUID | None = None
    record: str | None = None
    from_day: date | None = None
    to_day: date | None = None
    before: int = LAST


@dataclass(frozen=True, kw_only=True)
class OwnHead:
    """Where the own chain ends at this moment."""

    organisation_id: int
    name: str
    seq: int
    hash: bytes
    at: datetime


def find(conn: Connection, sought: Sought, *, at_most: int = 50) -> list[Found]:
    """Return entries of the own chain, latest first. Raises NotAnAuditor."""
    values = {
        "before": sought.before, "at_most": at_most, "ops": list(sought.ops) if sought.ops else None,
        "actor": sought.actor, "record": sought.record, "from_day": sought.from_day, "to_day": sought.to_day,
    }  # fmt: skip
    with _refusals(), conn.cursor(row_factory=class_row(Found)) as cursor:
        return cursor.execute(_QUERIES["find"], values).fetchall()


def actors(conn: Connection) -> list[Actor]:
    """Return the members of the own organisation, past ones too. Raises NotAnAuditor."""
    with _refusals(), conn.cursor(row_factory=class_row(Actor)) as cursor:
        return cursor.execute(_QUERIES["my_actors"]).fetchall()


def head(conn: Connection) -> OwnHead:
    """Return where the own chain ends. Raises NotAnAuditor."""
    with _refusals(), conn.cursor(row_factory=class_row(OwnHead)) as cursor:
        found = cursor.execute(_QUERIES["my_head"]).fetchone()
    if found is None:
        raise NotAnAuditor("This organisation has no audit yet.")
    return found


def verify_own(conn: Connection) -> tuple[int, list[Fault]]:
    """Return how many entries of the own chain were checked, and every fault. Raises NotAnAuditor."""
    ends = head(conn)
    chain = (
        Entry(organisation_id=ends.organisation_id, seq=entry.seq, body=entry.body, hash=entry.hash)
        for entry in _entries(conn, ends.seq)
    )
    return verify_chain(chain, Head(organisation_id=ends.organisation_id, seq=ends.seq, hash=ends.hash), ())


def export_own(conn: Connection, vault: Vault) -> Iterator[str]:
    """Yield the own chain as JSON lines between a heading and a signature over all that stands before it.

    The signature is Ed25519 under a key derived from the master key; the heading holds the public key.
    Raises NotAnAuditor.
    """
    ends, digest = head(conn), hashlib.sha256()
    key = _signing_key(vault)
    heading = {
        "format": _FORMAT, "organisation": ends.name, "organisation_id": ends.organisation_id, "entries": ends.seq,
        "head": ends.hash.hex(), "public_key": _public(key),
        "at": ends.at.astimezone(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
    lines = ({"seq": entry.seq, "body": entry.body, "hash": entry.hash.hex()} for entry in _entries(conn, ends.seq))
    for line in (heading, *lines):
        text = json.dumps(line, ensure_ascii=False) + "\n"
        digest.update(text.encode())
        yield text
    yield json.dumps({"signature": base64.b64encode(key.sign(digest.digest())).decode()}) + "\n"


def check_export(lines: Sequence[str], vault: Vault) -> tuple[str, int]:
    """Return whose chain an exported file is and how many entries it has. Raises ExportBroken."""
    try:
        heading, signed = json.loads(lines[0]), json.loads(lines[-1])
        digest = hashlib.sha256("".join(lines[:-1]).encode()).digest()
        _signing_key(vault).public_key().verify(base64.b64decode(signed["signature"]), digest)
    except (IndexError, KeyError, TypeError, ValueError, InvalidSignature) as error:
        raise ExportBroken("The file is not whole, or was not signed by this service.") from error
    before = genesis(heading["organisation_id"])
    for number, text in enumerate(lines[1:-1], start=1):
        entry = json.loads(text)
        before = link(before, entry["body"])
        if entry["seq"] != number or entry["hash"] != before.hex():
            raise ExportBroken(f"Entry {number} does not follow from the entry before it.")
    return str(heading["organisation"]), len(lines) - 2


def _entries(conn: Connection, until: int) -> Iterator[MyEntry]:
    after = 0
    while after < until:
        page = my_entries(conn, after=after, at_most=PAGE)
        if not page:
            return
        yield from (entry for entry in page if entry.seq <= until)
        after = page[-1].seq


def _signing_key(vault: Vault) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(vault.derived_key("signatures of audit exports"))


def _public(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except errors.InsufficientPrivilege as error:
        raise NotAnAuditor(str(error.diag.message_primary)) from error
