"""The effect of a change before it is saved, as the database finds it by making the change and undoing it.

An admin is told numbers of the own organisation's records, in 5 km squares, as they would be known to a member
who is not there: of the widest rights for a partner, of the membership's own for a member. Raises as the change
itself would.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from data.agreements import AgreementRefused, NoSuchAgreement, Terms
from data.database import queries
from data.members import MemberRefused, NoSuchMember, Rights
from data.refusals import refusals

_QUERIES = queries("effects")


@dataclass(frozen=True, kw_only=True)
class Effect:
    """So many records of a kind in a 5 km square, known at the step `was` and then at `becomes`; -1 is not at all.

    `cell` is the square's number: easting / 5000 * 10000 + northing / 5000 of its south-west corner.
    """

    purpose: str
    kind: int
    was: int
    becomes: int
    cell: int
    records: int

    @property
    def corner(self) -> tuple[int, int]:
        """Return the easting and northing of the square's south-west corner, in metres."""
        return self.cell // 10_000 * 5000, self.cell % 10_000 * 5000


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What an effect is drawn on and named by.

    `outlines` are the boroughs' as paths of SVG, in metres of the National Grid with y running south; `areas` names
    the area in which each 5 km square counts, but not for squares beyond every area.
    """

    outlines: tuple[str, ...]
    areas: Mapping[int, str]


def effect_of_draft(conn: Connection, *, provider: UUID, recipient: UUID, terms: Terms) -> list[Effect]:
    """Return what a new agreement would let its recipient know, once both sides had signed it."""
    values = {"agreement": None, "provider": provider, "recipient": recipient} | terms.values()
    return _agreement(conn, "effect_of_terms", values)


def effect_of_terms(conn: Connection, agreement: UUID, *, terms: Terms) -> list[Effect]:
    """Return what these terms would change for the recipient of an agreement, once both sides had signed them."""
    values = {"agreement": agreement, "provider": None, "recipient": None} | terms.values()
    return _agreement(conn, "effect_of_terms", values)


def effect_of_suspension(conn: Connection, agreement: UUID) -> list[Effect]:
    """Return what the recipient of an agreement would no longer know if it were suspended now."""
    return _agreement(conn, "effect_of_suspension", {"agreement": agreement})


def effect_of_rights(
    conn: Connection, member: UUID | None, *, rights: Rights | None, role: str | None = None
) -> list[Effect]:
    """Return what somebody in this membership would gain or lose with these rights; None is a suspension.

    For a new membership `member` is None, and `role` says which.
    """
    values = {
        "member": member,
        "role": role,
        "clearance": rights.clearance if rights else 0,
        "areas": sorted(set(rights.areas)) if rights else [],
        "stays_open": rights is not None,
    }
    with refusals(NoSuchMember, MemberRefused):
        return _effects(conn, "effect_of_member", values)


def ground_of(conn: Connection, effects: Sequence[Effect]) -> Ground:
    """Return what these effects are drawn on and named by."""
    cells = sorted({effect.cell for effect in effects})
    areas = conn.execute(_QUERIES["areas_of_squares"], {"cells": cells}).fetchall()
    return Ground(
        outlines=tuple(str(path) for (path,) in conn.execute(_QUERIES["borough_outlines"])),
        areas={int(cell): str(name) for cell, name in areas},
    )


def _agreement(conn: Connection, query: str, values: dict[str, object]) -> list[Effect]:
    with refusals(NoSuchAgreement, AgreementRefused):
        return _effects(conn, query, values)


def _effects(conn: Connection, query: str, values: Any) -> list[Effect]:  # noqa: ANN401 - values of a query
    with conn.cursor(row_factory=class_row(Effect)) as cursor:
        found: Sequence[Effect] = cursor.execute(_QUERIES[query], values).fetchall()
    return list(found)
