"""Sheets to be printed: chosen places on A4 with a folium map, marking, copy number and expiry."""

from uuid import UUID

import orjson
from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from api.headers import HEADERS
from data.database import entered
from data.places import NoSuchPlace
from data.sheets import MOST, NoSuchSheet, NotASheet, add_sheet, cards, positions, sheet
from layers.catalogue import layer_named
from layers.features import Asked, page
from web import facts
from web.forms import typed
from web.notices import uuid_of
from web.sheet_maps import MAP_ID, sheet_script
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
WITHOUT_TRUSTED_TYPES = HEADERS["Content-Security-Policy"].partition("; require-trusted-types-for")[0]
"""The same policy but for Trusted Types: Leaflet, which folium draws with, writes its own markup as text."""


@router.get("/sheets")
def how_to(visitor: VisitorNow) -> Response:
    """Say how places are chosen for a sheet."""
    return visitor.page("sheets.html", me=visitor.me(), most=MOST, fault="")


@router.post("/sheets")
def make(visitor: VisitorNow, data: FormNow) -> Response:
    """Make a sheet of the chosen places, and lead to it."""
    chosen = typed(data, many=("place",)).get("place", [])
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, who):
            made = add_sheet(conn, who, visitor.backing.vault, [_uuid(one) for one in _texts(chosen)])
    except NotASheet as error:
        return visitor.page("sheets.html", me=visitor.me(), status=422, most=MOST, fault=str(error))
    return RedirectResponse(f"/sheets/{made}", status_code=303)


@router.get("/sheets/{id}")
def sheet_page(id: str, visitor: VisitorNow) -> Response:
    """Show a sheet of one's own, ready to print."""
    me, vault = visitor.me(), visitor.backing.vault
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        found = sheet(conn, who, _sheet_id(id))
        rows = [facts.card(card) if card else None for card in cards(conn, vault, found)]
    answer = visitor.page("sheet.html", me=me, sheet=found, rows=rows, map_id=MAP_ID, script=f"/sheets/{id}/map.js")
    answer.headers["Content-Security-Policy"] = WITHOUT_TRUSTED_TYPES
    return answer


@router.get("/sheets/{id}/map.js")
def script(id: str, visitor: VisitorNow) -> Response:
    """Return the script that draws a sheet's map, of what may be opened at this moment."""
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        found = sheet(conn, who, _sheet_id(id))
        numbered = positions(conn, visitor.backing.vault, found)
    outlines = {name: _outlines(visitor, name) for name in ("wards", "boroughs")}
    return Response(sheet_script(numbered, outlines), media_type="text/javascript")


def _outlines(visitor: Visitor, name: str) -> list[dict[str, object]]:
    """Return an outline layer as plain GeoJSON, which folium writes with its own encoder."""
    reader = (visitor.backing.pool, visitor.backing.vault)
    found = page(reader, layer_named(name), Asked(limit=1000), visitor.token).features
    plain: list[dict[str, object]] = orjson.loads(orjson.dumps(found))
    return plain


def _texts(chosen: object) -> list[str]:
    return [str(one) for one in chosen] if isinstance(chosen, list) else []


def _uuid(text: str) -> UUID:
    return uuid_of(text, NoSuchPlace("There is no such place."))


def _sheet_id(text: str) -> UUID:
    return uuid_of(text, NoSuchSheet("There is no such sheet, or it has expired."))
