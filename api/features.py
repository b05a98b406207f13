"""Features of layers (OGC API - Features): pages, single features, exports."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from api.answers import GEOJSON, json_answer
from api.collections import CRS84, GRID, layer_for_reading, offered_layer
from api.identity import BackingNow, Token
from api.links import base_of, link
from data.filters import NotAFilter
from geo.tile_keys import Bounds, NotABox
from layers.catalogue import NoSuchLayer
from layers.exports import export
from layers.features import Asked, one, page
from layers.paging import NotAPage

router = APIRouter(tags=["features"])
USUAL_LIMIT = 100
_WRONG = (NotABox, NotAFilter, NotAPage, NoSuchLayer)
_KNOWN_CRS = {CRS84: False, GRID: True}


@router.get("/collections/{layer}/items")
def items(
    *,
    layer: str,
    request: Request,
    backing: BackingNow,
    token: Token,
    bbox: Annotated[str | None, Query(description="west,south,east,north in degrees", max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = USUAL_LIMIT,
    after: Annotated[
        str | None, Query(alias="next", description="The reference of a page, as given in a next link", max_length=500)
    ] = None,
    cql2: Annotated[
        str | None, Query(alias="filter", description="CQL2 text over the layer's queryables", max_length=2000)
    ] = None,
    crs: Annotated[str, Query(max_length=100)] = CRS84,
) -> Response:
    """Return a page of features, in a fixed order, without a total."""
    try:
        asked = Asked(box=box_of(bbox), limit=limit, after=after, filter=cql2, is_on_grid=_is_on_grid(crs))
        found = page((backing.pool, backing.vault), layer_for_reading(layer, backing, token), asked, token)
    except _WRONG:
        offered_layer(layer, backing, token)  # What is wrong is told only to those who may ask.
        raise
    answer = json_answer(_document(request, layer, found.features, found.next), media_type=GEOJSON)
    answer.headers["Content-Crs"] = f"<{crs}>"
    return answer


@router.get("/collections/{layer}/items/{id}")
def item(*, layer: str, id: str, request: Request, backing: BackingNow, token: Token) -> Response:
    """Return one feature."""
    declared = offered_layer(layer, backing, token)
    found = one((backing.pool, backing.vault), declared, id, token)
    here = f"{base_of(request)}/collections/{layer}"
    links = [link(f"{here}/items/{id}", "self", GEOJSON), link(here, "collection", "application/json")]
    return json_answer(found | {"links": links}, media_type=GEOJSON)


@router.get("/collections/{layer}/export")
def exported(layer: str, format: str, backing: BackingNow, token: Token) -> Response:
    """Return the whole layer as this session may see it, marked, with a receipt in the audit."""
    declared = offered_layer(layer, backing, token)
    file = export((backing.pool, backing.vault), declared, format, token)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.body, media_type=file.media_type, headers=headers)


def box_of(text: str | None) -> Bounds | None:
    """Return the box of a bbox parameter: four numbers, or six with heights. Raises NotABox."""
    if text is None:
        return None
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(-180 <= x <= 180 for x in numbers[::2]) or not _is_upright(numbers):
        raise NotABox("bbox takes west,south,east,north in degrees, as in -2.2,52.3,-1.4,52.7.")
    return Bounds(*numbers)


def _is_upright(box: list[float]) -> bool:
    west, south, east, north = box
    return west <= east and -90 <= south <= north <= 90


def _is_on_grid(crs: str) -> bool:
    if crs not in _KNOWN_CRS:
        raise NotABox(f"There is no such crs here; expected {CRS84} or {GRID}.")
    return _KNOWN_CRS[crs]


def _document(request: Request, layer: str, features: list[dict[str, Any]], following: str | None) -> dict[str, Any]:
    here = f"{base_of(request)}/collections/{layer}/items"
    asked = {name: value for name, value in request.query_params.items() if name != "next"}
    links = [link(str(request.url), "self", GEOJSON)]
    if following is not None:
        links.append(link(f"{here}?{urlencode(asked | {'next': following})}", "next", GEOJSON))
    return {"type": "FeatureCollection", "features": features, "numberReturned": len(features), "links": links}
