"""Tiles of layers (OGC API - Tiles, WebMercatorQuad)."""

from fastapi import APIRouter, Request, Response

from api.answers import json_answer, tile_answer
from api.collections import layer_for_reading, offered_layer
from api.identity import BackingNow, Token
from api.links import base_of, link
from data.sessions import my_session
from layers.catalogue import Layer
from layers.tiles import address, tile_of

router = APIRouter(tags=["tiles"])
MATRIX_SET = "WebMercatorQuad"
_SCHEME = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
_HALF_WORLD = 20037508.342789244
_PIXEL_AT_ZERO = 559082264.028717


@router.get("/collections/{layer}/tiles/WebMercatorQuad/{z}/{row}/{column}")
def tile(*, layer: str, z: int, row: int, column: int, request: Request, backing: BackingNow, token: Token) -> Response:
    """Return one tile as Mapbox Vector Tile: what this session may see, at the precision it may see."""
    declared = layer_for_reading(layer, backing, token)
    return tile_answer(request, tile_of(backing.tiles, declared, address(z, column, row), token))


@router.get("/collections/{layer}/tiles")
def tilesets(layer: str, request: Request, backing: BackingNow, token: Token) -> Response:
    """List the tile sets of a layer."""
    declared = offered_layer(layer, backing, token)
    return json_answer({"tilesets": [_tileset(declared, base_of(request))], "links": []})


@router.get("/collections/{layer}/tiles/WebMercatorQuad")
def tileset(layer: str, request: Request, backing: BackingNow, token: Token) -> Response:
    """Describe the tile set of a layer, with the template of its tiles."""
    return json_answer(_tileset(offered_layer(layer, backing, token), base_of(request)))


@router.get("/tileMatrixSets")
def matrix_sets(request: Request, backing: BackingNow, token: Token) -> Response:
    """List the tile matrix sets: WebMercatorQuad."""
    my_session(backing.pool, token)
    here = link(f"{base_of(request)}/tileMatrixSets/{MATRIX_SET}", "self", "application/json")
    return json_answer({"tileMatrixSets": [{"id": MATRIX_SET, "uri": _SCHEME, "links": [here]}]})


@router.get("/tileMatrixSets/WebMercatorQuad")
def matrix_set(backing: BackingNow, token: Token) -> Response:
    """Describe WebMercatorQuad, zoom 0 to 19."""
    my_session(backing.pool, token)
    matrices = [
        {
            "id": str(z),
            "scaleDenominator": _PIXEL_AT_ZERO / 2**z,
            "cellSize": 2 * _HALF_WORLD / 256 / 2**z,
            "pointOfOrigin": [-_HALF_WORLD, _HALF_WORLD],
            "tileWidth": 256,
            "tileHeight": 256,
            "matrixWidth": 2**z,
            "matrixHeight": 2**z,
        }
        for z in range(20)
    ]
    crs = "http://www.opengis.net/def/crs/EPSG/0/3857"
    return json_answer({"id": MATRIX_SET, "uri": _SCHEME, "crs": crs, "tileMatrices": matrices})


def _tileset(layer: Layer, base: str) -> dict[str, object]:
    template = f"{base}/collections/{layer.name}/tiles/{MATRIX_SET}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    return {
        "title": layer.title,
        "dataType": "vector",
        "crs": "http://www.opengis.net/def/crs/EPSG/0/3857",
        "tileMatrixSetURI": _SCHEME,
        "tileMatrixSetLimits": [
            {"tileMatrix": str(z), "minTileRow": 0, "maxTileRow": 2**z - 1, "minTileCol": 0, "maxTileCol": 2**z - 1}
            for z in range(layer.min_zoom, layer.max_zoom + 1)
        ],
        "links": [link(template, "item", "application/vnd.mapbox-vector-tile", templated=True)],
    }
