"""Plans of shifts that one session must not feel: everybody else plans, for one another."""

import json
from collections.abc import Callable, Sequence
from uuid import UUID

Do = Callable[..., None]
ASKED = {
    "easting": 405_000,
    "northing": 285_000,
    "base": "hidden",
    "kilometres": 5,
    "starts": 600,
    "ends": 900,
    "minutes": 20,
    "most_stops": 6,
    "exploratory": 10,
    "teams": [{"number": 1, "members": [], "mode": "car", "skills": []}],
}


def add_plans(do: Do, membership: UUID | None, places: Sequence[UUID]) -> None:
    """Let everybody but a membership plan shifts with all places there are, and name everybody else for them.

    Colleagues leave them all out, for a ready plan of theirs shows a place as a planned visit to who may see it. Others
    are out now, and again some hours before what the session plans: near its visits, for desks to be told of.
    """
    left_out = {"routes": [], "left_out": [str(place) for place in places]}
    calls = [{"stop": str(place), "arrive": 610, "start": 610, "leave": 630} for place in places]
    visited = {
        "routes": [{"team": "1", "leaves": 600, "calls": calls, "returns": 640, "travel": 20}],
        "left_out": [str(place) for place in places],
    }
    documents = [json.dumps({"asked": ASKED, "wishes": {}, "agreed": [], "plan": plan}) for plan in (left_out, visited)]
    do(
        "plans added",
        "INSERT INTO access.plan SELECT gen_random_uuid(), m.id, e.is_enforcement, access.clock() + w.later,"
        " access.clock() + w.later + interval '4 hours', 'ready', CASE WHEN m.organisation_id = (SELECT"
        " own.organisation_id FROM access.membership AS own WHERE own.id = %s) THEN %s::jsonb ELSE %s::jsonb END, 1,"
        " access.clock() - interval '2 hours'"
        " FROM access.membership AS m CROSS JOIN (VALUES (true), (false)) AS e (is_enforcement)"
        " CROSS JOIN (VALUES (interval '0 hours'), (interval '20 hours')) AS w (later) WHERE m.id <> %s",
        membership,
        *documents,
        membership,
    )
    do(
        "planning settings added",
        "INSERT INTO access.planning_settings SELECT o.id, 9, 999, '{1,2,3,4,5}', 1, 1, 1, 1, 1, 1, 1, 1, 99,"
        " '{1,1,1,1,1}', 1, 1, 1, '{}', %s, access.clock() FROM access.organisation AS o WHERE o.id NOT IN"
        " (SELECT m.organisation_id FROM access.membership AS m WHERE m.id = %s)",
        membership,
        membership,
    )
    do(
        "plans shared",
        "INSERT INTO access.plan_member SELECT p.id, m.id, 1 FROM access.plan AS p CROSS JOIN access.membership AS m"
        " WHERE p.made_by NOT IN (m.id, %s) AND m.id <> %s",
        membership,
        membership,
    )
    do(
        "others take part since another day",
        "UPDATE access.deconfliction AS d SET since = d.since - interval '9 days' FROM access.membership AS m"
        " WHERE m.id = %s AND m.organisation_id <> d.organisation_id",
        membership,
    )


def name_teams(do: Do, membership: UUID | None) -> None:
    """Let every organisation but a membership's own name a team."""
    do(
        "teams named",
        "INSERT INTO access.team SELECT o.id, 39, 'Hidden team', NULL, %s, access.clock() FROM access.organisation AS o"
        " WHERE o.id NOT IN (SELECT m.organisation_id FROM access.membership AS m WHERE m.id = %s)",
        membership,
        membership,
    )
