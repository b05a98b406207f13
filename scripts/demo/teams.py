"""The demo's teams: who goes where, and that some write more down than others."""

from datetime import date
from typing import Final

import numpy as np
from psycopg import Connection

from data.demo_tables import fill
from geo.arrays import Floats, Integers
from scripts.demo.partners import ORGANISATIONS
from scripts.demo.partnership import Partnership, midnight
from scripts.demo.places import Places
from scripts.demo.streets import CENTRES

TEAMS: Final = {
    "police": ("Neighbourhood team", "Night team", "Licensing team"),
    "charity": ("Day team", "Night team", "Northfield team"),
    "east": ("Housing team", "Trading standards team"),
    "west": ("Housing team", "Trading standards team"),
    "health": ("Outreach clinic",),
}
WRITES: Final = np.array([1.0, 0.7, 2.4, 0.8])
"""How much a visit is written about by who made it: nobody says, the first team, the second, the third."""
LEADS, UNSAID = 0.8, 0.06
"""The shares of visits that the team of a centre makes, and that name no team."""
_COLUMNS: Final = ("organisation_id", "number", "name", "changed_by", "changed_at")


def add_teams(conn: Connection, home: Partnership, *, today: date) -> None:
    """Store the teams, each named by its organisation's admin."""
    slugs = [organisation.slug for organisation in ORGANISATIONS]
    rows = [
        (
            home.organisations[slugs.index(slug)],
            number,
            name,
            home.memberships[f"admin@{slug}.demo.invalid"],
            midnight(today),
        )
        for slug, names in TEAMS.items()
        for number, name in enumerate(names, 1)
    ]
    fill(conn, "access.team", _COLUMNS, rows)


def teams_of_visits(random: np.random.Generator, places: Places, place: Integers) -> Integers:
    """Return the team that made each visit to these places, 0 where none is named: one leads in each centre."""
    many = np.array([len(TEAMS.get(organisation.slug, ())) for organisation in ORGANISATIONS])
    owner = places.protection.owner[place]
    leading = random.integers(1, 1_000, size=(len(ORGANISATIONS), CENTRES))[owner, places.spots.centre[place]]
    drawn = random.uniform(size=len(place))
    number = np.where(drawn < LEADS, leading, random.integers(1, 1_000, size=len(place)))
    return np.where((drawn > 1 - UNSAID) | (many[owner] == 0), 0, number % np.maximum(many[owner], 1) + 1)


def writing(team: Integers) -> Floats:
    """Return how much is written about each visit, by its team."""
    return np.asarray(WRITES[team])
