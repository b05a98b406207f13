"""The map with its list, and help. Each page is one reading of what the session may see."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Response

from api.features import box_of
from data.sessions import SessionFacts
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
