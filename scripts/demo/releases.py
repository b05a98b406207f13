"""The demo's releases: counts and a hotspot map that the police released to the commissioner, and to everybody."""

from dataclasses import replace
from datetime import date
from typing import Final
from uuid import UUID

from psycopg import Connection

from data.operator_sessions import act_as
from data.releases import Wanted, release_recipients
from data.vault import Vault
from geo.quarters import latest_published, span
from layers.releases import approve_in, prepare_in

OWNER: Final = "police"
PARTNER: Final = "Demo Commissioner"
QUARTERS: Final = 6
HEADINGS: Final = ("visited", "concern")


def add_releases(conn: Connection, vault: Vault, *, today: date) -> list[UUID]:
    """Prepare and approve the releases as two members of one organisation, each in a transaction; their ids.

    The connection is the operator's. Under the agreement with a partner go the counts of the quarters that may be
    released, and the hotspot map of them; to everybody, the counts of the latest quarter.
    """
    last = latest_published(today)
    with conn.transaction():
        _act_as(conn, "analyst", "analysis")
        agreements = [one.agreement_id for one in release_recipients(conn) if one.recipient == PARTNER]
    return [_released(conn, vault, wanted) for agreement in agreements for wanted in _wanted(agreement, last)]


def _wanted(agreement: UUID, last: date) -> list[Wanted]:
    """Return what is released, counts in the order of their quarters and the map of them after them."""
    counts = [
        Wanted(audience="agreement", agreement=agreement, heading=heading, quarter=quarter)
        for quarter in span(last, QUARTERS)
        for heading in HEADINGS
    ]
    hotspots = replace(counts[-1], kind="hotspots", quarters=QUARTERS)
    for_everybody = [replace(one, audience="public", agreement=None) for one in counts if one.quarter == last]
    return [*counts, hotspots, *for_everybody]


def _released(conn: Connection, vault: Vault, wanted: Wanted) -> UUID:
    with conn.transaction():
        _act_as(conn, "analyst", "analysis")
        id = prepare_in(conn, vault, wanted)
    with conn.transaction():
        _act_as(conn, "admin", "administration")
        approve_in(conn, id)
    return id


def _act_as(conn: Connection, login: str, purpose: str) -> None:
    act_as(conn, f"{login}@{OWNER}.demo.invalid", purpose=purpose)
