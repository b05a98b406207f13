"""Danger and contact-safety flags of a place: coded, since a day, reviewed within a year; what is unknown is unsafe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection

from data.database import NotAllowed, Pass, queries
from data.places import NotACode, audit, code_of, may_record_at, refuse_layer_token, rows_of, see_place
from data.vault import Vault

LISTS = ("danger_flag", "contact_flag")
SAFE_FOR_DAYS = 90
LONGEST = timedelta(days=365)
CHANNELS = {
    "letter": ("no_letter", "letter_safe"),
    "card": ("no_card_through_door", "card_safe"),
    "voicemail": ("no_voicemail", "voicemail_safe"),
}
"""Ways to leave something behind: the flag that forbids each, and the one that allows it for 90 days."""


@dataclass(frozen=True, kw_only=True)
class FlagEdit:
    """Flags to add to a place and to end, by their slugs; added ones are looked at again by `review_on`."""

    add: Sequence[str] = field(default=())
    end: Sequence[str] = field(default=())
    review_on: date | None = None


def flags(conn: Connection, place_id: UUID) -> list[dict[str, Any]]:
    """Return the flags of a place that the session may see, dangers first; `unknown` for a code that has ended."""
    return rows_of(conn, "flags", place=place_id)


def contact(found: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """Return of each way to leave something behind whether it is allowed.

    Only where that was said to be safe within 90 days, nothing forbids it, and no flag is unknown.
    """
    days = {flag["flag"]: flag["days"] for flag in found}
    return {
        channel: forbids not in days and "unknown" not in days and allows in days and days[allows] <= SAFE_FOR_DAYS
        for channel, (forbids, allows) in CHANNELS.items()
    }


def edit_flags(conn: Connection, who: Pass, vault: Vault, asked: tuple[UUID, FlagEdit]) -> list[dict[str, Any]]:
    """Add and end flags of a place of the own organisation; the flags it has then.

    Adding one that is there, and ending one that is not, change nothing. Raises NoSuchPlace, NotACode, NotAllowed.
    """
    place_id, edit = asked
    see_place(conn, place_id)
    refuse_layer_token(who)
    if not may_record_at(conn, place_id):
        raise NotAllowed("Only the organisation that recorded the place sets its flags.")
    has = {flag["flag"] for flag in flags(conn, place_id)}
    changed = 0
    for slug in dict.fromkeys(edit.end):
        list_, code = _code(conn, slug)
        values = {"place": place_id, "list": list_, "code": code, "by": who.membership_id}
        changed += conn.execute(queries("records")["end_flag"], values).rowcount
    for slug in dict.fromkeys(edit.add):
        list_, code = _code(conn, slug)
        if slug not in has:
            values = {"id": uuid4(), "place": place_id, "list": list_, "code": code, "by": who.membership_id}
            changed += conn.execute(
                queries("records")["add_flag"], values | {"review_on": edit.review_on, "longest": LONGEST.days}
            ).rowcount
    if changed:
        audit(conn, "alteration", record=vault.hashed_id("place", place_id), kind="flags", changed=changed)
    return flags(conn, place_id)


def _code(conn: Connection, slug: str) -> tuple[str, int]:
    for name in LISTS:
        try:
            return name, code_of(conn, name, slug)
        except NotACode:
            continue
    raise NotACode(f"{slug!r} is in neither list of flags.")
