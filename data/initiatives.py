"""The register of initiatives: campaigns, training sessions and events of one's own organisation, and of others.

Others' are those that they published to the commissioner's office: its analysts read them while an agreement for
analysis is live, and each reading is a disclosure in the provider's audit first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final, cast
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.errors import CheckViolation, ForeignKeyViolation
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from data.database import Pass, queries
from data.places import audit, refuse_layer_token

KINDS: Final = ("campaign", "training", "event")
SECTORS: Final = ("job_centre", "healthcare", "banking", "education", "housing", "transport", "other")
MOST_REACHED: Final = 10_000_000
_MOST_SITES: Final = 500
_QUERIES = queries("initiatives")


class NoSuchInitiative(LookupError):
    """An initiative that the session may not know of, or none: all the same."""


class InitiativeRefused(ValueError):
    """An initiative that cannot be kept; the message says why."""


class InitiativeChanged(ValueError):
    """Somebody kept another version after this one was read."""


@dataclass(frozen=True, kw_only=True)
class Initiative:
    """An initiative as the session may read it; `areas` are boroughs by number, `reach` people, None if not known.

    `agreement` is the one under which another organisation's is shown, None for one's own.
    """

    id: UUID
    is_own: bool
    organisation: str
    kind: str
    title: str
    sector: str
    audience: str
    starts_on: date
    ends_on: date
    areas: list[int]
    site_id: UUID | None
    site: str | None
    reach: int | None
    is_published: bool
    version: int
    agreement: UUID | None


@dataclass(frozen=True, kw_only=True)
class InitiativeEdit:
    """What is to be kept of an initiative."""

    kind: str
    title: str
    sector: str
    audience: str
    starts_on: date
    ends_on: date
    areas: Sequence[int]
    site_id: UUID | None = None
    reach: int | None = None
    is_published: bool = False


@dataclass(frozen=True, kw_only=True)
class PastVersion:
    """What an initiative was before a change."""

    version: int
    was: Mapping[str, Any] = field(default_factory=dict)
    changed_at: datetime


def initiatives(conn: Connection, who: Pass) -> list[Initiative]:
    """Return the initiatives that the session may read, latest first, once disclosures stand in the audit.

    Raises NotAllowed for whoever is neither an outreach worker nor an analyst, and for enforcement.
    """
    refuse_layer_token(who)
    conn.execute(_QUERIES["disclose_initiatives"])
    with conn.cursor(row_factory=class_row(Initiative)) as cursor:
        return cursor.execute(_QUERIES["initiatives"]).fetchall()


def initiative(conn: Connection, who: Pass, id: UUID) -> Initiative:
    """Return one of them. Raises NoSuchInitiative, NotAllowed."""
    found = next((one for one in initiatives(conn, who) if one.id == id), None)
    if found is None:
        raise NoSuchInitiative("There is no such initiative.")
    return found


def initiative_past(conn: Connection, id: UUID) -> list[PastVersion]:
    """Return what an initiative of one's own organisation was before each change, latest first."""
    with conn.cursor(row_factory=class_row(PastVersion)) as cursor:
        return cursor.execute(_QUERIES["initiative_past"], {"id": id}).fetchall()


def add_initiative(conn: Connection, who: Pass, edit: InitiativeEdit) -> UUID:
    """Keep a new initiative of the analyst's organisation; its id. Raises InitiativeRefused, NotAllowed."""
    id = uuid4()
    _keep(conn, who, (id, 0), edit)
    return id


def change_initiative(conn: Connection, who: Pass, asked: tuple[UUID, int], edit: InitiativeEdit) -> int:
    """Keep another version of an initiative, given its id and the version that was read; the new version.

    Raises InitiativeRefused, NotAllowed, NoSuchInitiative, InitiativeChanged.
    """
    _changeable(conn, who, asked[0])
    return _keep(conn, who, asked, edit)


def withdraw_initiative(conn: Connection, who: Pass, asked: tuple[UUID, int]) -> None:
    """Take an initiative out of the register; its history keeps it. Raises as change_initiative."""
    found = _changeable(conn, who, asked[0])
    names = InitiativeEdit.__dataclass_fields__
    edit = InitiativeEdit(**{name: getattr(found, name) for name in names})
    _keep(conn, who, asked, edit, withdrawn_at=datetime.now().astimezone())


def boroughs(conn: Connection) -> list[tuple[int, str, str]]:
    """Return the boroughs as number, code and name."""
    return conn.execute(_QUERIES["boroughs"]).fetchall()


def sites(conn: Connection) -> list[tuple[UUID, str, str]]:
    """Return frontline-professional sites as id, name and sector: open data, the first 500 of them."""
    return conn.execute(_QUERIES["sites"], {"most": _MOST_SITES}).fetchall()


def _changeable(conn: Connection, who: Pass, id: UUID) -> Initiative:
    found = initiative(conn, who, id)
    if not found.is_own:
        raise NoSuchInitiative("There is no such initiative.")
    return found


def _keep(conn: Connection, who: Pass, asked: tuple[UUID, int], edit: InitiativeEdit, **more: object) -> int:
    refuse_layer_token(who)
    content = {name: _plain(value) for name, value in {**asdict(edit), **more}.items() if name != "areas"}
    values = {"id": asked[0], "version": asked[1], "content": Jsonb(content), "areas": list(edit.areas)}
    try:
        row = cast(tuple[int | None], conn.execute(_QUERIES["keep_initiative"], values).fetchone())
    except (CheckViolation, ForeignKeyViolation) as error:
        raise InitiativeRefused(
            "An initiative has a title, a borough, and ends after it begins, within ten years; its site is one of ours."
        ) from error
    if row[0] is None:
        raise InitiativeChanged("Somebody changed this initiative after you read it. Open it again.")
    what = "withdrew an initiative" if more else "kept an initiative"
    audit(conn, "alteration", what=what, initiative=str(asked[0]), version=row[0], is_published=edit.is_published)
    return row[0]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, UUID) else value
