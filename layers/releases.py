"""Releases of counts: what was published before is kept where little changed, and nothing can be solved for.

A hotspot map is made of released counts alone, in layers.hotspot_releases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from data import releases
from data.database import Conn, Pool, entered
from data.releases import ReleaseRefused, Wanted
from data.vault import Vault
from geo.disclosure.banding import Published
from layers.boroughs_beside_squares import squares_beside_boroughs
from layers.hotspot_releases import check_hotspots, prepare_hotspots
from layers.release_tables import is_current, known_before, made, seen, solved_against, table_of

_NOISE_KEY: Final = "noise of released counts"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the audit by intervals looked at: squares, those in the band, and the tables published before."""

    squares: int
    bands: int
    against: int


@dataclass(frozen=True, kw_only=True)
class MadeAgain:
    """What is found of a hotspot map: made again of so many tables of counts, it is the same."""

    tables: int


def prepare(reader: tuple[Pool, Vault], token: str | None, wanted: Wanted) -> UUID:
    """Prepare a release for a second person to approve; its id.

    The true counts are read, published from, and forgotten here. Raises NotAllowed, ReleaseRefused.
    """
    pool, vault = reader
    with entered(pool, token) as (conn, _):
        return prepare_in(conn, vault, wanted)


def prepare_in(conn: Conn, vault: Vault, wanted: Wanted) -> UUID:
    """Prepare a release in a transaction that an analyst entered; its id. Raises NotAllowed, ReleaseRefused."""
    if wanted.kind == "hotspots":
        return prepare_hotspots(conn, wanted)
    if wanted.quarters != 1:
        raise ReleaseRefused("Counts are released quarter by quarter.")
    squares = releases.release_ground(conn, wanted)
    published = releases.published_releases(conn)
    known = known_before(published, wanted)
    quarters = {wanted.quarter, *(one.drawn for one in known.values())}
    counts = releases.release_counts(conn, wanted.heading, sorted(quarters))
    table = made(squares, known, counts, (wanted, vault.derived_key(_NOISE_KEY)))
    solved_against(table_of(wanted, table), published)
    _beside_boroughs(conn, (wanted.heading, wanted.quarter), {square: one[0] for square, one in table.items()})
    after = max((one.number for one in published), default=0)
    return releases.prepare_release(conn, wanted, table, after=after)


def approve(reader: tuple[Pool, Vault], token: str | None, id: UUID) -> None:
    """Approve as a second person, after the audit against everything that was approved meanwhile.

    Raises NoSuchRelease, NotAllowed, ReleaseRefused.
    """
    with entered(reader[0], token) as (conn, _):
        approve_in(conn, id)


def approve_in(conn: Conn, id: UUID) -> None:
    """Approve in a transaction that a second person entered.

    Raises NoSuchRelease, NotAllowed, ReleaseRefused.
    """
    if check_hotspots(conn, id) is None:
        waiting = releases.waiting_release(conn, id)
        published = releases.published_releases(conn)
        if not is_current(waiting, published):
            raise ReleaseRefused("Others of these counts were published meanwhile: prepare this release again.")
        solved_against(seen(waiting), published)
        _beside_boroughs(conn, (waiting.heading, waiting.quarter), waiting.squares)
    releases.approve_release(conn, id)


def verdict_on(reader: tuple[Pool, Vault], token: str | None, id: UUID) -> Verdict | MadeAgain:
    """Return what the audit finds of a release that waits, against what is published now.

    Raises NoSuchRelease, NotAllowed, ReleaseRefused where something could be solved for.
    """
    with entered(reader[0], token) as (conn, _):
        if (tables := check_hotspots(conn, id)) is not None:
            return MadeAgain(tables=tables)
        waiting, published = releases.waiting_release(conn, id), releases.published_releases(conn)
    against = solved_against(seen(waiting), published)
    bands = sum(value is None for value in waiting.squares.values())
    return Verdict(squares=len(waiting.squares), bands=bands, against=against)


def _beside_boroughs(conn: Conn, wanted: tuple[str, date], squares: Mapping[int, Published]) -> None:
    """Raise ReleaseRefused where squares beside the boroughs of briefings would let somebody see through a band."""
    boroughs = squares_beside_boroughs(conn, wanted, squares)
    if boroughs:
        raise ReleaseRefused(
            f"Beside what briefings published, a count under 5 could be solved for in {boroughs} of the boroughs."
        )
