"""Changes to joint visits that one session must not feel: of others, and the parts of its own that are the other's."""

from tests import worlds
from tests.noninterference.hidden import Changes
from tests.noninterference.town import DAY
from tests.worlds import NOON, PLACE

_GOES = {"police": "officer", "charity": "local", "council": "council worker"}
_PROPOSES = {"police": "officer", "charity": "worker"}


def change_joint_visits(changes: Changes) -> None:
    """Change every joint visit of which the session may not know, and add some; in one transaction."""
    with changes.conn.transaction():
        for visit in changes.rows("SELECT id, place_id, partner_id FROM store.joint_visit ORDER BY starts_at, id"):
            if visit["id"] in changes.sight.joint_visits:
                if visit["partner_id"] == changes.sight.organisation:
                    _ask_more_time(changes, visit)
            elif visit["place_id"] not in changes.sight.opened:
                _change(changes, visit)
        _add(changes)


def _ask_more_time(changes: Changes, visit: dict[str, object]) -> None:
    """Ask for more time at the owner's: the partner is told nothing of it before it is agreed to."""
    changes.do(
        "joint visits: more time asked for",
        "UPDATE store.joint_visit SET extension_until = ends_at + interval '3 hours',"
        " extension_asked_by = proposed_by WHERE id = %s",
        visit["id"],
    )


def _change(changes: Changes, visit: dict[str, object]) -> None:
    changes.do(
        "joint visits changed",
        "UPDATE store.joint_visit SET starts_at = starts_at + interval '1 hour', ends_at = ends_at + interval '1 hour',"
        " extension_until = NULL, extension_asked_by = NULL, help = 'interpreter',"
        " accepted_at = CASE WHEN accepted_at IS NULL THEN starts_at END,"
        " cancelled_at = CASE WHEN accepted_at IS NOT NULL THEN starts_at END WHERE id = %s",
        visit["id"],
    )


def _add(changes: Changes) -> None:
    """Add joint visits at every place, with each partner in turn, but those of which the session would know."""
    sight, of, members = changes.sight, changes.town.organisations, changes.town.members
    names = {number: name for name, number in of.items()}
    places = changes.rows(
        "SELECT p.id, p.lock_id >> 5 AS label, l.owner_id AS owner FROM store.place AS p"
        " JOIN access.label AS l ON l.id = p.lock_id >> 5 ORDER BY p.name"
    )
    for number, place in enumerate(places):
        owner = names[place["owner"]]
        partner = [name for name in _GOES if name != owner][number % 2]
        is_own = place["owner"] == sight.organisation and (place["label"], PLACE) in sight.content
        is_told = of[partner] == sight.organisation and place["label"] in sight.shared
        if sight.takes_part and (is_own or is_told):
            continue
        worlds.a_joint_visit(
            changes.conn, place["id"], place["owner"], of[partner], members=[members[_GOES[partner]]],
            starts_at=NOON - DAY / 8, ends_at=NOON + DAY / 8, is_accepted=number % 3 == 0,
            proposed_by=members[_PROPOSES[owner]],
        )  # fmt: skip
        changes.count("joint visits added")
