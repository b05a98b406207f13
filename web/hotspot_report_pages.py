"""Hotspot reports to print, drawn by folium, and files: what leaves the desk, with its receipt, small counts hidden."""

from typing import Any

import orjson
from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from layers.catalogue import layer_named
from layers.features import Asked, page
from layers.hotspot_files import features_of, filed_report, hotspot_file, opened_report
from layers.hotspot_tables import RATIO_WORDS
from layers.hotspots import frame as frame_of
from web.forms import typed
from web.hotspot_forms import Wish, read_wish
from web.hotspot_pages import asked_page, work_id
from web.hotspot_reports import report_script
from web.hotspot_views import view_of
from web.sheet_maps import MAP_ID
from web.sheet_pages import WITHOUT_TRUSTED_TYPES
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)


@router.post("/hotspots/report")
def make_report(visitor: VisitorNow, data: FormNow) -> Response:
    """Make a report of what was asked, and lead to it."""
    wish = _wish(visitor, data)
    if wish is None:
        return asked_page(visitor, data)
    id = filed_report((visitor.backing.pool, visitor.backing.hotspots), visitor.me(), wish.question, visitor.token)
    return RedirectResponse(f"/hotspots/report/{id}", status_code=303)


@router.get("/hotspots/report/{id}")
def report_page(id: str, visitor: VisitorNow) -> Response:
    """Show a report, ready to print."""
    me = visitor.me()
    answer = opened_report((visitor.backing.pool, visitor.backing.hotspots), me, work_id(id), visitor.token)
    view = view_of(answer, organisation=me.organisation, hides_small=True)
    made = visitor.page(
        "hotspot_report.html", me=me, view=view, question=answer.question, today=answer.today, map_id=MAP_ID,
        script=f"/hotspots/report/{id}/map.js", ratio_words=RATIO_WORDS, receipt=id,
    )  # fmt: skip
    made.headers["Content-Security-Policy"] = WITHOUT_TRUSTED_TYPES
    return made


@router.get("/hotspots/report/{id}/map.js")
def report_map(id: str, visitor: VisitorNow) -> Response:
    """Return the script that draws a report's map."""
    answer = opened_report((visitor.backing.pool, visitor.backing.hotspots), visitor.me(), work_id(id), visitor.token)
    outlines = {name: _outlines(visitor, name) for name in ("wards", "boroughs")}
    return Response(report_script(features_of(answer), outlines), media_type="text/javascript")


@router.post("/hotspots/file")
def hand_over_file(visitor: VisitorNow, data: FormNow) -> Response:
    """Hand over the squares as a file."""
    wish = _wish(visitor, data)
    if wish is None:
        return asked_page(visitor, data)
    reader = (visitor.backing.pool, visitor.backing.hotspots)
    format = str(typed(data).get("format", ""))
    made = hotspot_file(reader, visitor.me(), (wish.question, format), visitor.token)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.body, media_type=made.media_type, headers=headers)


def _wish(visitor: Visitor, data: FormNow) -> Wish | None:
    wish = read_wish(typed(data), frame_of(visitor.backing.pool, visitor.token).categories)
    return None if isinstance(wish, dict) else wish


def _outlines(visitor: Visitor, name: str) -> list[dict[str, Any]]:
    """Return an outline layer as plain GeoJSON, which folium writes with its own encoder."""
    reader = (visitor.backing.pool, visitor.backing.vault)
    found = page(reader, layer_named(name), Asked(limit=1000), visitor.token).features
    plain: list[dict[str, Any]] = orjson.loads(orjson.dumps(found))
    return plain
