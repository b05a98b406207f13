"""Teams: the groups in which an organisation's workers go out. Words about a team, never about a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from data.database import NotAllowed, queries
from data.free_text.check import look_over
from data.free_text.found import Finding, counts
from data.refusals import refusals

MOST: Final = 40
"""The highest number of a team; closed ones keep theirs."""
SHORTEST, LONGEST = 2, 60
_QUERIES = queries("teams")


class NoSuchTeam(LookupError):
    """No team of that number in the admin's organisation."""


class NotATeam(ValueError):
    """A name that a team cannot have, or a team that no record can carry; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Team:
    """A team by its number in its organisation; a closed one is offered no more, and its records keep its name."""

    number: int
    name: str
    is_open: bool


def my_teams(conn: Connection) -> Sequence[Team]:
    """Return the teams of the session's own organisation, closed ones too, by name. Raises NotAllowed."""
    with _refusals(), conn.cursor(row_factory=class_row(Team)) as cursor:
        return cursor.execute(_QUERIES["my_teams"]).fetchall()


def my_team(conn: Connection) -> int:
    """Return the number of the team to be offered first: chosen last in this session, or the shift's; 0 for none."""
    with _refusals():
        row = conn.execute(_QUERIES["my_team"]).fetchone()
    return int(row[0]) if row else 0


def look_over_name(name: str) -> tuple[Finding, ...]:
    """Return what in a team's name asks for one more look: it may point at a person."""
    return look_over(name)


def add_team(conn: Connection, name: str) -> int:
    """Name a team of the admin's organisation; its number, audited without its name. Raises NotATeam, NotAnAdmin."""
    said = " ".join(name.split())
    if not SHORTEST <= len(said) <= LONGEST or not said.isprintable():
        raise NotATeam(f"A team's name has {SHORTEST} to {LONGEST} characters.")
    found = counts(look_over_name(said))
    values = {"name": said, "warned_of": Jsonb(found) if found else None}
    with refusals(NoSuchTeam, NotATeam):
        row = conn.execute(_QUERIES["add_team"], values).fetchone()
    return int(row[0]) if row else 0


def set_team_open(conn: Connection, number: int, *, is_open: bool) -> None:
    """Close a team, or open it again. Raises NoSuchTeam, NotAnAdmin."""
    with refusals(NoSuchTeam, NotATeam):
        conn.execute(_QUERIES["set_team_open"], {"number": number, "is_open": is_open})


def team_for(conn: Connection, asked: int | None, *, visit: UUID | None = None) -> int | None:
    """Return the team that a record is to carry: its visit's, else the one asked for, which the session remembers.

    0 is "not said", None was not asked. Raises NotATeam for one that is closed, another's, or none.
    """
    with _refusals():
        row = conn.execute(_QUERIES["team_for"], {"asked": asked, "visit": visit}).fetchone()
    return row[0] if row else None


def _refusals() -> Any:  # noqa: ANN401 - contextlib names no public type
    denied = NotAllowed("Teams are for outreach workers and admins, with their own session.")
    return refusals(NoSuchTeam, NotATeam, denied=denied)
