"""The landing page, conformance, and the layers as collections (OGC API - Features, Tiles)."""

from typing import Any

from fastapi import APIRouter, Request, Response

from api.answers import GEOJSON, json_answer
from api.backing import Backing
from api.identity import BackingNow, Token
from api.links import base_of, link
from data.sessions import my_purpose, my_session
from layers.catalogue import Layer, layer_named, offered
from layers.release_layers import is_of_release, release_layer_named, release_layers

router = APIRouter(tags=["collections"])
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GRID = "http://www.opengis.net/def/crs/EPSG/0/27700"
# Of Great Britain, not of the data: an extent must not tell where records are.
_EXTENT = {"spatial": {"bbox": [[-8.65, 49.84, 1.77, 60.86]], "crs": CRS84}}
CONFORMS_TO = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/tileset",
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/mvt",
)


@router.get("", include_in_schema=False)
@router.get("/")
def landing(request: Request, backing: BackingNow, token: Token) -> Response:
    """Say where everything is."""
    my_session(backing.pool, token)
    base = base_of(request)
    return json_answer(
        {
            "title": "Waymark",
            "description": "Restricted map layers for planning partner visits.",
            "links": [
                link(f"{base}/", "self", "application/json"),
                link(f"{base}/openapi.json", "service-desc", "application/vnd.oai.openapi+json;version=3.1"),
                link(f"{base}/conformance", "conformance", "application/json"),
                link(f"{base}/collections", "data", "application/json"),
                link(
                    f"{base}/tileMatrixSets",
                    "http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes",
                    "application/json",
                ),
            ],
        }
    )


@router.get("/conformance")
def conformance(backing: BackingNow, token: Token) -> Response:
    """List the conformance classes."""
    my_session(backing.pool, token)
    return json_answer({"conformsTo": CONFORMS_TO})


@router.get("/openapi.json")
def description(request: Request, backing: BackingNow, token: Token) -> Response:
    """Describe every operation (OpenAPI)."""
    my_session(backing.pool, token)
    return json_answer(request.app.openapi(), media_type="application/vnd.oai.openapi+json;version=3.1")


@router.get("/collections")
def collections(request: Request, backing: BackingNow, token: Token) -> Response:
    """List the layers that this session is offered."""
    purpose = my_session(backing.pool, token).purpose
    base = base_of(request)
    declared = (*offered(purpose), *release_layers(backing.pool, token))
    found = [collection_document(layer, base) for layer in declared]
    return json_answer({"collections": found, "links": [link(f"{base}/collections", "self", "application/json")]})


@router.get("/collections/{layer}")
def collection(layer: str, request: Request, backing: BackingNow, token: Token) -> Response:
    """Describe a layer."""
    return json_answer(collection_document(offered_layer(layer, backing, token), base_of(request)))


@router.get("/collections/{layer}/queryables")
def queryables(layer: str, request: Request, backing: BackingNow, token: Token) -> Response:
    """List the properties that a filter may name."""
    declared = offered_layer(layer, backing, token)
    columns = sorted({column for part in declared.parts for column in part.columns})
    return json_answer(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"{base_of(request)}/collections/{layer}/queryables",
            "type": "object",
            "title": declared.title,
            "properties": {column: {"title": column.replace("_", " ")} for column in columns},
        },
        media_type="application/schema+json",
    )


def offered_layer(name: str, backing: BackingNow, token: str | None) -> Layer:
    """Return a layer that this session is offered. Raises NoSuchLayer, the same for any other name."""
    if is_of_release(name):
        return release_layer_named(backing.pool, token, name)
    purpose = my_purpose(backing.pool, token)
    declared = layer_named(name)
    return declared if declared in offered(purpose) else layer_named("")


def layer_for_reading(name: str, backing: Backing, token: str) -> Layer:
    """Return a layer whose query decides what the session gets of it; a release's once it is offered.

    Raises NoSuchLayer.
    """
    return release_layer_named(backing.pool, token, name) if is_of_release(name) else layer_named(name)


def collection_document(layer: Layer, base: str) -> dict[str, Any]:
    """Return the OGC document of a layer, with what a map needs besides: zooms, legend, tile template."""
    here = f"{base}/collections/{layer.name}"
    return {
        "id": layer.name,
        "title": layer.title,
        "description": layer.description,
        "itemType": "feature",
        "extent": _EXTENT,
        "crs": [CRS84, GRID],
        "storageCrs": CRS84,
        "geometry": [part.shape for part in layer.parts],
        "minzoom": layer.min_zoom,
        "maxzoom": layer.max_zoom,
        "legend": [{"value": value, "label": label} for value, label in layer.legend],
        "tiles": f"/api/collections/{layer.name}/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}",
        "links": [
            link(here, "self", "application/json"),
            link(f"{here}/items", "items", GEOJSON, title=layer.title),
            link(f"{here}/queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables", "application/schema+json"),
            link(f"{here}/tiles", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", "application/json"),
        ],
    }
