"""The map with its list, and help. Each page is one reading of what the session may see."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from data.reading import coded_words
from data.sessions import SessionFacts
from layers.catalogue import ATTEND_RULES, Layer, layer_named, offered
from layers.map_list import Wanted, map_list
from layers.release_layers import drawing_of, is_of_release, release_layers
from web import facts
from web.backdrop_pages import as_source
from web.days import today
from web.filters import asked_for, choices, filter_words
from web.forms import Form
from web.signs import legend
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
ROWS = 50
_SHOWN_AT_FIRST = frozenset({"places", "boroughs", "wards"})
_NOT_ASKED = Form()


@router.get("/map")
def map_page(visitor: VisitorNow, after: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """Show the layers that this session is offered, and the first places in a list."""
    return map_with(visitor, wanted=Wanted(limit=ROWS, after=after))


@router.post("/map")
def filtered_map_page(visitor: VisitorNow, data: FormNow) -> Response:
    """Show the same, of what meets the filters or lies in a box; posted, so that no address tells what is sought."""
    wanted, form = asked_for(data, rows=ROWS, today=today())
    return map_with(visitor, wanted=wanted, filters=form, status=422 if form.faults else 200)


@router.post("/map/list")
def list_part(visitor: VisitorNow, data: FormNow) -> Response:
    """List what lies in a box and meets the filters, for a page that has a map already."""
    me = visitor.me()
    wanted, form = asked_for(data, rows=ROWS, today=today())
    return visitor.page("parts/list.html", me=me, filters=form, **_list(visitor, me, wanted))


def map_with(
    visitor: Visitor,
    *,
    wanted: Wanted | None = None,
    filters: Form = _NOT_ASKED,
    search: Form = _NOT_ASKED,
    found: Sequence[facts.Row] | None = None,
    found_words: str = "",
    status: int = 200,
) -> Response:
    """Return the page of the map, with the list of what is `wanted` or with what a search `found`."""
    me = visitor.me()
    released = release_layers(visitor.backing.pool, visitor.token)
    layers = (*offered(me.purpose), *released)
    backdrop = visitor.request.app.state.backdrop
    return visitor.page(
        "map.html",
        me=me,
        status=status,
        switches=[_switch(layer) for layer in layers],
        map_parts={
            "layers": [_source(layer) for layer in layers],
            "base": as_source(backdrop),
            "box": list(wanted.box) if wanted and wanted.box else None,
        },
        credit=backdrop.credit if backdrop else "",
        attend_rules=ATTEND_RULES,
        has_places=layer_named("places") in layers,
        choices=choices(coded_words(visitor.backing.pool)),
        filters=filters,
        search=search,
        found=found,
        found_words=found_words,
        **(_list(visitor, me, wanted or Wanted(limit=ROWS)) if found is None else {}),
    )


@router.get("/help")
def help_page(visitor: VisitorNow) -> Response:
    """Say whom to call, and how to read the map. For everybody."""
    return visitor.page("help.html", me=visitor.me_or_nobody())


def _list(visitor: Visitor, me: SessionFacts, wanted: Wanted) -> dict[str, Any]:
    if layer_named("places") not in offered(me.purpose):
        words = f"No records are shown for the purpose {me.purpose}."
        return {"rows": [], "list_words": words, "next_part": None}
    listed = map_list((visitor.backing.pool, visitor.backing.vault), wanted, visitor.token)
    rows = [facts.row(feature) for feature in listed.features]
    is_whole = listed.next is None and wanted.after is None
    words = facts.list_in_words(rows, is_whole=is_whole)
    return {
        "rows": rows,
        "list_words": " ".join([words, *filter_words(wanted.filters, is_cut=listed.is_cut)]),
        "next_part": listed.next,
    }


def _switch(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "title": layer.title,
        "description": layer.description,
        "shown": layer.name in _SHOWN_AT_FIRST,
        "legend": legend(layer),
        "released": is_of_release(layer.name),
    }


def _source(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "shown": layer.name in _SHOWN_AT_FIRST,
        "tiles": f"/api/collections/{layer.name}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}",
        "minzoom": layer.min_zoom,
        "maxzoom": layer.max_zoom,
        "draws": drawing_of(layer),
    }
