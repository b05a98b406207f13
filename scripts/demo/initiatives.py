"""The demo's initiatives: what the partners did so that people know the signs, and how many it reached."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from psycopg import Connection

from data.demo_tables import fill
from scripts.demo.chance import Chance
from scripts.demo.partners import BOROUGHS, EAST, ORGANISATIONS
from scripts.demo.partnership import Partnership, midnight

_COLUMNS: Final = (
    "id", "organisation_id", "kind", "title", "sector", "audience", "starts_on", "ends_on", "reach", "is_published",
    "changed_by", "changed_at",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class DemoInitiative:
    """An initiative that began `began` days ago and lasted `days`; `areas` are codes."""

    organisation: str
    kind: str
    title: str
    sector: str
    audience: str
    began: int
    days: int = 0
    areas: tuple[str, ...] = BOROUGHS[:1]
    reach: int | None = None
    is_published: bool = True


INITIATIVES: Final = (
    DemoInitiative(
        organisation="charity", kind="campaign", title="Ask, do not guess", sector="healthcare",
        audience="reception and nursing staff", began=310, days=27, areas=BOROUGHS[:2], reach=2400,
    ),
    DemoInitiative(
        organisation="charity", kind="training", title="Signs at the counter", sector="banking",
        audience="branch staff", began=250, areas=BOROUGHS[2:3], reach=46,
    ),
    DemoInitiative(
        organisation="charity", kind="training", title="A safe first question", sector="job_centre",
        audience="work coaches", began=140, days=1, areas=BOROUGHS[3:5], reach=73,
    ),
    DemoInitiative(
        organisation="charity", kind="event", title="Open afternoon for volunteers", sector="other",
        audience="volunteers", began=60, areas=BOROUGHS[5:6], reach=31, is_published=False,
    ),
    DemoInitiative(
        organisation="east", kind="campaign", title="Who washes your car?", sector="transport",
        audience="drivers", began=200, days=60, areas=EAST,
    ),
    DemoInitiative(
        organisation="police", kind="event", title="Landlords' evening", sector="housing",
        audience="landlords and letting agents", began=95, areas=BOROUGHS[:1], reach=58,
    ),
)  # fmt: skip


def add_initiatives(conn: Connection, chance: Chance, home: Partnership, *, today: date) -> None:
    """Store the initiatives, each kept by its organisation's analyst."""
    slugs = [organisation.slug for organisation in ORGANISATIONS]
    ids = chance.id_list("initiatives", len(INITIATIVES))
    rows, areas = [], []
    for id, one in zip(ids, INITIATIVES, strict=True):
        began = today - timedelta(days=one.began)
        rows.append((
            id, home.organisations[slugs.index(one.organisation)], one.kind, one.title, one.sector, one.audience, began,
            began + timedelta(days=one.days), one.reach, one.is_published,
            home.memberships[f"analyst@{one.organisation}.demo.invalid"], midnight(today),
        ))  # fmt: skip
        areas += [(id, home.areas[code]) for code in one.areas]
    fill(conn, "access.initiative", _COLUMNS, rows)
    fill(conn, "access.initiative_area", ("initiative_id", "area_id"), areas)
