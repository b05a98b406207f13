"""How an organisation plans its shifts, as its admin set it, or by default."""

from dataclasses import asdict, replace
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from data.database import queries
from data.refusals import refusals
from geo.shifts.settings import Settings

_QUERIES = queries("planning_settings")


class SettingsRefused(ValueError):
    """Settings with which nothing can be planned; the message says why."""


class SettingsChanged(ValueError):
    """Somebody kept other settings after these were read."""


def planning_settings(conn: Connection) -> Settings:
    """Return the settings of the session's own organisation, with the rhythm of every kind of place.

    Raises NotAllowed for anybody but outreach workers and admins.
    """
    row = conn.execute(_QUERIES["planning_settings"]).fetchone()
    kept: dict[str, Any] = row[0] if row is not None and row[0] is not None else {}
    rhythms = {**_table(conn), **kept.pop("rhythms", {})}
    whole: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in kept.items()}
    return replace(Settings(rhythms=rhythms), **whole)


def keep_planning_settings(conn: Connection, settings: Settings) -> int:
    """Keep settings of the version that was read; the new version, audited.

    Rhythms that are those of the table are not kept, so that a better table holds for them. Raises NotAnAdmin,
    SettingsRefused, SettingsChanged.
    """
    table = _table(conn)
    own = {kind: days for kind, days in settings.rhythms.items() if table.get(kind) != days}
    values = {"content": Jsonb(asdict(settings) | {"rhythms": own}), "version": settings.version}
    with refusals(LookupError, SettingsRefused):
        row = conn.execute(_QUERIES["keep_planning_settings"], values).fetchone()
    if row is None or row[0] is None:
        raise SettingsChanged("Somebody changed these settings after you read them: read them again.")
    return int(row[0])


def _table(conn: Connection) -> dict[str, int]:
    """Return the rhythm of each kind of place where nobody says otherwise."""
    return dict(conn.execute(_QUERIES["rhythms"]).fetchall())
