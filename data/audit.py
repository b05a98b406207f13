"""The audit: one chain of hashes per organisation, verified entry by entry, against its head and its anchors.

An entry's body is canonical JSON (RFC 8785), its hash the SHA-256 of the previous entry's hash and the body.
Whoever can write the database's tables can still forge a whole tail of a chain with its head; the anchors, kept
outside the database under a key of their own, tell.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import rfc8785
from psycopg import Connection, IsolationLevel
from psycopg.rows import class_row

from data.audit_anchors import Anchor
from data.database import queries

PAGE = 2_000


class NoSuchChain(LookupError):
    """A name of an organisation that has no audit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One entry of a chain, as it stands in the database."""

    organisation_id: int
    seq: int
    body: str
    hash: bytes


@dataclass(frozen=True, kw_only=True)
class Head:
    """Where a chain is said to end."""

    organisation_id: int
    seq: int
    hash: bytes


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a chain, and at which entry."""

    organisation_id: int
    seq: int
    sentence: str


@dataclass(frozen=True, kw_only=True)
class MyEntry:
    """An entry of the auditor's own chain."""

    seq: int
    body: str
    hash: bytes


def verify(conn: Connection, anchors: Sequence[Anchor] = ()) -> tuple[int, list[Fault]]:
    """Return how many entries were checked, and every fault, by organisation and entry.

    Call `begin_reading` before the transaction, so that entries written meanwhile are not taken for faults.
    """
    with conn.cursor(row_factory=class_row(Head)) as cursor:
        heads = {head.organisation_id: head for head in cursor.execute(queries("audit")["heads"])}
    counted, faults, seen = 0, list[Fault](), set[int]()
    for organisation, chain in groupby(_entries(conn), key=attrgetter("organisation_id")):
        seen.add(organisation)
        ours = [anchor for anchor in anchors if anchor.organisation_id == organisation]
        checked, found = verify_chain(chain, heads.get(organisation), ours)
        counted += checked
        faults += found
    for organisation in {*heads, *(anchor.organisation_id for anchor in anchors)} - seen:
        ours = [anchor for anchor in anchors if anchor.organisation_id == organisation]
        faults += verify_chain([], heads.get(organisation), ours)[1]
    return counted, sorted(faults, key=lambda fault: (fault.organisation_id, fault.seq))


def begin_reading(conn: Connection) -> None:
    """Let the next transaction see one moment of the database, and change nothing."""
    conn.isolation_level = IsolationLevel.REPEATABLE_READ
    conn.read_only = True


def verify_chain(chain: Iterable[Entry], head: Head | None, anchors: Sequence[Anchor]) -> tuple[int, list[Fault]]:
    """Return the number of entries in one organisation's chain, in order, and what is wrong with it."""
    faults, last, counted = list[Fault](), None, 0
    anchored = {anchor.seq: anchor for anchor in anchors}
    # An altered hash is one fault, not two: after it, the next entry may follow the hash kept or the one computed.
    follows: tuple[bytes, ...] = ()
    for entry in chain:
        counted += 1
        expected = 1 if last is None else last.seq + 1
        previous = follows if expected > 1 else (genesis(entry.organisation_id),)
        if entry.seq != expected:
            missing = (
                f"entry {expected} is" if entry.seq == expected + 1 else f"entries {expected} to {entry.seq - 1} are"
            )
            faults.append(_fault(entry.organisation_id, expected, f"{missing} missing"))
            previous = ()
        computed = tuple(link(before, entry.body) for before in previous)
        faults += _wrong_with(entry, computed, anchored.pop(entry.seq, None))
        last, follows = entry, (entry.hash,) if entry.hash in computed else (entry.hash, *computed[-1:])
    if head is None and last is not None:
        faults.append(_fault(last.organisation_id, last.seq, "the chain has no head"))
    if head is not None:
        faults += _wrong_with_end(head, last)
    faults += [
        _fault(anchor.organisation_id, anchor.seq, f"the entry anchored at {anchor.at} is gone: the chain was cut")
        for anchor in anchored.values()
    ]
    return counted, faults


def genesis(organisation_id: int) -> bytes:
    """Return the hash that an organisation's first entry follows."""
    return hashlib.sha256(f"waymark {organisation_id}".encode()).digest()


def link(previous: bytes, body: str) -> bytes:
    """Return the hash of an entry that follows `previous`."""
    return hashlib.sha256(previous + body.encode()).digest()


def is_canonical(body: str) -> bool:
    """Return whether a body is a JSON object, written in the one way that RFC 8785 allows."""
    try:
        return body.startswith("{") and rfc8785.dumps(json.loads(body)) == body.encode()
    except (ValueError, rfc8785.CanonicalizationError, RecursionError):
        return False


def export(conn: Connection, organisation: str) -> Iterator[str]:
    """Yield an organisation's chain as JSON lines with seq, body and hash, which others can verify.

    Raises NoSuchChain when there is no entry.
    """
    empty = True
    with conn.cursor(name="audit_export") as cursor:
        cursor.itersize = PAGE
        for seq, body, kept in cursor.execute(queries("audit")["export_entries"], {"organisation": organisation}):
            empty = False
            yield json.dumps({"seq": seq, "body": body, "hash": kept.hex()}, ensure_ascii=False)
    if empty:
        raise NoSuchChain(f"No organisation called {organisation!r} has an audit.")


def heads(conn: Connection) -> list[Head]:
    """Return where each chain ends now, by organisation."""
    with conn.cursor(row_factory=class_row(Head)) as cursor:
        return cursor.execute(queries("audit")["heads"]).fetchall()


def my_entries(conn: Connection, *, after: int = 0, at_most: int = 100) -> list[MyEntry]:
    """Return entries of the auditor's own chain after entry `after`, in order; none for anybody else.

    The auditor's token was entered in the same transaction.
    """
    with conn.cursor(row_factory=class_row(MyEntry)) as cursor:
        return cursor.execute(queries("audit")["my_entries"], {"after": after, "at_most": at_most}).fetchall()


def _entries(conn: Connection) -> Iterator[Entry]:
    with conn.cursor(name="audit_entries", row_factory=class_row(Entry)) as cursor:
        cursor.itersize = PAGE
        yield from cursor.execute(queries("audit")["entries"])


def _wrong_with(entry: Entry, computed: Sequence[bytes], anchor: Anchor | None) -> Iterator[Fault]:
    if not is_canonical(entry.body):
        yield _fault(entry.organisation_id, entry.seq, "its text is not canonical JSON: it was altered")
    elif json.loads(entry.body).get("seq") != entry.seq:
        yield _fault(entry.organisation_id, entry.seq, "its text is that of another entry: entries were moved")
    elif computed and entry.hash not in computed:
        yield _fault(entry.organisation_id, entry.seq, "its hash does not follow from the entry before and its text")
    elif anchor is not None and anchor.hash != entry.hash:
        yield _fault(entry.organisation_id, entry.seq, f"it is not the entry that was anchored at {anchor.at}")


def _wrong_with_end(head: Head, last: Entry | None) -> Iterator[Fault]:
    ends_at = 0 if last is None else last.seq
    ends_with = genesis(head.organisation_id) if last is None else last.hash
    if head.seq > ends_at:
        yield _fault(head.organisation_id, ends_at + 1, f"the entries up to {head.seq} are missing from the end")
    elif head.seq < ends_at:
        yield _fault(head.organisation_id, head.seq + 1, f"the chain goes on to {ends_at} beyond its head")
    elif head.hash != ends_with:
        yield _fault(head.organisation_id, head.seq, "the hash of the head is not that of the last entry")


def _fault(organisation_id: int, seq: int, what: str) -> Fault:
    return Fault(
        organisation_id=organisation_id,
        seq=seq,
        sentence=f"Organisation {organisation_id}, entry {seq}: {what}.",
    )
