"""The map with its list, the card of a place, and help. Each page is one reading of what the session may see."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Response

from api.features import box_of
from data.database import entered
from data.notes import notes
from data.places import NoSuchPlace, place
from data.sessions import SessionFacts
from data.visits import visits
from layers.catalogue import ATTEND_RULES, Layer, layer_named, offered
from layers.features import Asked, page
from web import facts
from web.signs import legend
from web.visitors import Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
ROWS = 50
_SHOWN_AT_FIRST = frozenset({"places", "boroughs", "wards"})


@router.get("/map")
def map_page(visitor: VisitorNow, after: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """Show the layers that this session is offered, and the first places in a list."""
    me = visitor.me()
    layers = offered(me.purpose)
    return visitor.page(
        "map.html",
        me=me,
        switches=[_switch(layer) for layer in layers],
        map_layers=[_source(layer) for layer in layers],
        attend_rules=ATTEND_RULES,
        **_list(visitor, me, Asked(limit=ROWS, after=after)),
    )


@router.post("/map/list")
def list_part(visitor: VisitorNow, box: Annotated[str, Form(max_length=200)]) -> Response:
    """List what lies in a box; posted, so that no address on the way holds a position."""
    me = visitor.me()
    return visitor.page("parts/list.html", me=me, **_list(visitor, me, Asked(limit=ROWS, box=box_of(box))))


@router.get("/places/{id}")
def place_page(id: str, visitor: VisitorNow) -> Response:
    """Show the card of a place: safety first, then what is known of it, its visits and the notes."""
    me = visitor.me()
    place_id, vault = _uuid(id), visitor.backing.vault
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        found = place(conn, vault, place_id)
        made = visits(conn, vault, place_id)
        written = notes(conn, vault, place_id)
    read = {note["id"] for note in written}
    found["risks"] = [risk for risk in found["risks"] if risk["id"] not in read]
    return visitor.page(
        "place.html",
        me=me,
        place=facts.card(found),
        visits=[facts.visit_entry(visit) for visit in made],
        notes=[facts.note_entry(note) for note in written],
    )


@router.get("/help")
def help_page(visitor: VisitorNow) -> Response:
    """Say whom to call, and how to read the map. For everybody."""
    return visitor.page("help.html", me=visitor.me_or_nobody())


def _list(visitor: Visitor, me: SessionFacts, asked: Asked) -> dict[str, Any]:
    places = layer_named("places")
    if places not in offered(me.purpose):
        words = f"No records are shown for the purpose {me.purpose}."
        return {"rows": [], "list_words": words, "next_page": None}
    found = page((visitor.backing.pool, visitor.backing.vault), places, asked, visitor.token)
    rows = [facts.row(feature) for feature in found.features]
    is_whole = found.next is None and asked.after is None
    return {
        "rows": rows,
        "list_words": facts.list_in_words(rows, is_whole=is_whole),
        "next_page": f"/map?after={found.next}" if found.next else None,
    }


def _switch(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "title": layer.title,
        "description": layer.description,
        "shown": layer.name in _SHOWN_AT_FIRST,
        "legend": legend(layer),
    }


def _source(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "shown": layer.name in _SHOWN_AT_FIRST,
        "tiles": f"/api/collections/{layer.name}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}",
        "minzoom": layer.min_zoom,
        "maxzoom": layer.max_zoom,
    }


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NoSuchPlace("There is no such place.") from None
