"""Places as an outreach worker records and reads them; the database decides whether."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import numpy as np
from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from data.database import NotAllowed, Pass, queries
from data.place_hours import hours_of, languages_of, told_hours
from data.vault import Vault
from geo.cells import cell_key
from geo.national_grid import to_grid
from geo.tile_keys import halves_of, keys_of

ATTEND_RULES = ("ok", "two_people", "contact_owner_first", "do_not_attend")
_EXACT, _CONTENT = 4, 5
_SAVED_MEANWHILE = "Somebody saved this place after you read it. Read it again, then repeat your edit."


class NoSuchPlace(LookupError):
    """No place of that id that the session may see: hidden and missing are the same."""


class NotInBritain(ValueError):
    """A position that the National Grid does not cover."""


class NotACode(ValueError):
    """A word that is not in the coded list it was given for."""


class ChangedMeanwhile(ValueError):
    """Somebody saved the place after it was read; read it again and repeat the edit."""


@dataclass(frozen=True, kw_only=True)
class NewPlace:
    """A place to be recorded: words of DOMAIN, a WGS84 position, and how it is to be protected."""

    name: str
    kind: str
    longitude: float
    latitude: float
    collected_for: str
    sensitivity: int = 2
    address: str = ""
    postcode: str = ""
    status: str = "active"
    attend_rule: str = "ok"
    review_on: date | None = None
    operation: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class PlaceEdit:
    """What to change of a place; None leaves as it is. `version` is the one that was read."""

    version: int
    name: str | None = None
    kind: str | None = None
    address: str | None = None
    postcode: str | None = None
    status: str | None = None
    attend_rule: str | None = None
    review_on: date | None = None
    open_hours: str | None = None
    safe_hours: str | None = None
    no_knock_hours: str | None = None
    languages: Sequence[str] | None = None


def value_of(conn: Connection, query: str, **values: object) -> Any:  # noqa: ANN401 - as the query says
    """Return the one value of a named records query, or None."""
    row = conn.execute(queries("records")[query], values).fetchone()
    return row[0] if row else None


def rows_of(conn: Connection, query: str, **values: object) -> list[dict[str, Any]]:
    """Return all rows of a named records query."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(queries("records")[query], values).fetchall()


def code_of(conn: Connection, coded_list: str, word: str) -> int:
    """Return the code of a word in a coded list. Raises NotACode."""
    code = value_of(conn, "code_of", list=coded_list, slug=word)
    if code is None:
        raise NotACode(f"{word!r} is not in the list {coded_list!r}.")
    return int(code)


def coded_list(conn: Connection, name: str) -> dict[str, str]:
    """Return a coded list as it is used today: titles by slug, in the order of their codes."""
    return {row["slug"]: row["title"] for row in rows_of(conn, "coded_list", list=name)}


def lock_of(label: int, kind: int, step: int) -> int:
    """Return the lock of a label and facet; as access.lock_of in the database."""
    return label * 32 + kind * 8 + step


def add_place(conn: Connection, who: Pass, vault: Vault, new: NewPlace) -> UUID:
    """Record a place of the session's own organisation, audited in the same transaction; its id.

    Raises NotInBritain, NotACode, NotAllowed.
    """
    position = position_of(new.longitude, new.latitude)
    label = value_of(
        conn, "label_for", sensitivity=new.sensitivity, cell=position["cell"], operation=new.operation,
        collected_for=new.collected_for, handling=0,
    )  # fmt: skip
    if label is None:
        refuse_layer_token(who)
        raise NotAllowed("There is no such operation that you belong to.")
    id = uuid4()
    kind, rule = code_of(conn, "site_kind", new.kind), code_of(conn, "attend_rule", new.attend_rule) - 1
    conn.execute(
        queries("records")["add_place"],
        {
            "id": id, "lock": lock_of(label, 0, _CONTENT), "name": new.name, "kind": kind, "address": new.address,
            "postcode": new.postcode, "status": new.status, "attend_rule": rule, "review_on": new.review_on,
            "by": who.membership_id,
        },
    )  # fmt: skip
    shelf = who.organisation_id * 4 + new.sensitivity
    conn.execute(
        queries("records")["add_place_point"],
        position
        | {"id": id, "exact_lock": lock_of(label, 0, _EXACT), "shelf": shelf, "kind": kind, "attend_rule": rule},
    )
    audit(
        conn,
        "collection",
        record=vault.hashed_id("place", id),
        kind="place",
        cell=vault.hashed_id("cell", position["cell"]),
    )
    return id


def position_of(longitude: float, latitude: float) -> dict[str, Any]:
    """Return the columns that a point's tables keep of a position, and its 5 km cell. Raises NotInBritain."""
    easting, northing = (float(value) for value in to_grid(longitude, latitude))
    key = int(keys_of(longitude, latitude))
    if not np.isfinite(easting) or not np.isfinite(northing) or key < 0:
        raise NotInBritain("The position is not in Great Britain: expected longitude -8 to 2, latitude 49.9 to 61.")
    x, y = (int(half) for half in halves_of(key))
    return {
        "longitude": longitude, "latitude": latitude, "easting": easting, "northing": northing,
        "key": key, "x": x, "y": y, "cell": int(np.ravel(cell_key(easting, northing))[0]),
    }  # fmt: skip


def place(conn: Connection, vault: Vault, id: UUID) -> dict[str, Any]:
    """Return a place's card, with the risk flags that the session may know. Raises NoSuchPlace.

    The consultation stands in the audit first, and a disclosure in the owner's for a place that a joint visit
    opened. The caller commits the transaction before anything of it is shown.
    """
    rows = rows_of(conn, "place", id=id)
    if not rows:
        raise NoSuchPlace("There is no such place.")
    told_of_place(conn, vault, id)
    hours = rows[0].pop("hours")
    return rows[0] | told_hours(hours) | {"risks": rows_of(conn, "risks_of_place", id=id)}


def told_of_place(conn: Connection, vault: Vault, id: UUID) -> None:
    """Write that a place is consulted exactly, and into its owner's chain that it was disclosed, if it was opened."""
    record = vault.hashed_id("place", id)
    # The disclosure first: it takes the heads of both chains in order, so that two readers never wait in a circle.
    conn.execute(queries("records")["disclose_place"], {"id": id, "details": Jsonb({"record": record})})
    audit(conn, "consultation", record=record, kind="place", precision="exact")


def see_place(conn: Connection, id: UUID) -> None:
    """Raise NoSuchPlace unless the session may see the place."""
    if not rows_of(conn, "place", id=id):
        raise NoSuchPlace("There is no such place.")


def may_record_at(conn: Connection, id: UUID) -> bool:
    """Return whether the session may change this place: one of its own organisation, in its areas."""
    return bool(value_of(conn, "may_record_at", place=id))


def refuse_layer_token(who: Pass) -> None:
    """Raise NotAllowed for a layer token: it reads layers, and would be told of no visits and notes.

    The database keeps them from it in any case; an empty list would say that there were none.
    """
    if who.scope != "full":
        raise NotAllowed("A layer token reads layers and cards only: sign in for visits, notes and recording.")


def edit_place(conn: Connection, who: Pass, vault: Vault, asked: tuple[UUID, PlaceEdit]) -> int:
    """Change a place of the own organisation and keep what it was; the new version.

    Raises NoSuchPlace, NotAllowed, NotACode, NotHours, ChangedMeanwhile.
    """
    id, edit = asked
    hours = hours_of(edit.open_hours, edit.safe_hours, edit.no_knock_hours)
    see_place(conn, id)
    kind = code_of(conn, "site_kind", edit.kind) if edit.kind else None
    rule = code_of(conn, "attend_rule", edit.attend_rule) - 1 if edit.attend_rule else None
    try:
        conn.execute(queries("records")["keep_history"], {"id": id})
    except UniqueViolation as error:
        raise ChangedMeanwhile(_SAVED_MEANWHILE) from error
    version = value_of(
        conn, "edit_place", id=id, version=edit.version, name=edit.name, kind=kind, address=edit.address,
        postcode=edit.postcode, status=edit.status, attend_rule=rule, review_on=edit.review_on, by=who.membership_id,
        hours=Jsonb(hours), languages=languages_of(conn, edit.languages),
    )  # fmt: skip
    if version is None:
        raise ChangedMeanwhile(_SAVED_MEANWHILE)
    if kind is not None or rule is not None:
        conn.execute(queries("records")["edit_place_point"], {"id": id, "kind": kind, "attend_rule": rule})
    audit(conn, "alteration", record=vault.hashed_id("place", id), kind="place", version=version)
    return int(version)


def history(conn: Connection, vault: Vault, id: UUID) -> Sequence[dict[str, Any]]:
    """Return what a place was before each edit, latest first. Raises NoSuchPlace."""
    see_place(conn, id)
    audit(conn, "consultation", record=vault.hashed_id("place", id), kind="place history", precision="exact")
    return rows_of(conn, "place_history", id=id)


def audit(conn: Connection, op: str, **details: object) -> None:
    """Write an audit entry about what the session does, in the transaction that does it."""
    conn.execute(queries("records")["audit"], {"op": op, "details": Jsonb(details)})
