"""The card of a place: how to attend first, then what is known of it, and what may be done there."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from data.database import entered
from data.flags import contact, flags
from data.notes import notes
from data.places import NoSuchPlace, coded_list, place
from data.reviews import seen_by
from data.visits import visits
from web import facts
from web.notices import uuid_of
from web.visitors import VisitorNow

router = APIRouter(include_in_schema=False)
_WEST, _SOUTH = 0.003, 0.002
"""Half the width and height in degrees of the map that shows a place: about 200 metres each way."""

_NOTICES = {
    "noted": "The risk note is saved.",
    "visited": "The visit is saved.",
    "added": "The place is saved.",
    "edited": "The place is changed. What it was is kept.",
    "marked": "The place is marked for review.",
}


@router.get("/places/{id}")
def place_page(id: str, visitor: VisitorNow) -> Response:
    """Show the card of a place: safety first, then what is known of it, its visits and the notes."""
    me = visitor.me()
    place_id, vault = place_id_of(id), visitor.backing.vault
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        found = place(conn, vault, place_id)
        made = visits(conn, vault, place_id)
        written = notes(conn, vault, place_id)
        told = flags(conn, place_id)
        titles = {**coded_list(conn, "danger_flag"), **coded_list(conn, "contact_flag")}
        seen = seen_by(conn, vault, place_id)
    read = {note["id"] for note in written}
    found["risks"] = [risk for risk in found["risks"] if risk["id"] not in read]
    return visitor.page(
        "place.html",
        me=me,
        place_id=place_id,
        place=facts.card(found),
        box=_box(found),
        visits=[facts.visit_entry(visit) for visit in made],
        notes=[facts.note_entry(note) for note in written],
        safety=facts.safety(told, contact(told), titles),
        seen=[facts.seen_entry(one) for one in seen],
        reference=vault.hashed_id("place", place_id),
        records=me.role == "outreach" and me.scope == "full",
        is_own=found["owner"] == me.organisation,
        notice=visitor.notice_among(_NOTICES),
        leads_to_today=visitor.request.query_params.get("then") == "today",
    )


def _box(place: Mapping[str, Any]) -> str:
    """Return some streets around a place as the map takes them: west, south, east, north in degrees."""
    longitude, latitude = place["longitude"], place["latitude"]
    corners = (longitude - _WEST, latitude - _SOUTH, longitude + _WEST, latitude + _SOUTH)
    return ",".join(f"{degrees:.6f}" for degrees in corners)


def place_id_of(text: str) -> UUID:
    """Return the id in an address. Raises NoSuchPlace for what is none: missing and hidden are the same."""
    return uuid_of(text, NoSuchPlace("There is no such place."))
