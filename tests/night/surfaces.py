"""Every surface on which Amber Yard could show: how it is asked, and which column of a night's table it belongs to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx2
from starlette.testclient import TestClient

from tests.api.scene import Scene
from tests.api.seen import AMBER_LATITUDE, AMBER_LONGITUDE, shown, tile_path

_BOX = f"{AMBER_LONGITUDE - 0.02},{AMBER_LATITUDE - 0.02},{AMBER_LONGITUDE + 0.02},{AMBER_LATITUDE + 0.02}"
Headers = dict[str, str]


@dataclass
class Asker:
    """The whole application over a scene, asked with one session after the other."""

    scene: Scene
    client: TestClient
    joint_visit: str = ""
    sheets: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, headers: Headers) -> httpx2.Response:
        """Return what a path answers to a session, in a page or in the API."""
        return self.client.get(path, headers=headers)

    def post(self, path: str, headers: Headers, **form: str) -> httpx2.Response:
        """Return what a form is answered."""
        return self.client.post(path, headers=headers, data=form, follow_redirects=False)


Surface = Callable[[Asker, str, Headers], httpx2.Response]


def _at(path: str) -> Surface:
    """Return the surface at a path, in which the ids of the scene stand by name."""

    def asked(asker: Asker, _: str, headers: Headers) -> httpx2.Response:
        scene = asker.scene
        return asker.get(path.format(amber=scene.places["amber"], note=scene.note, visit=scene.visit), headers)

    return asked


def _layer(layer: str) -> Mapping[str, Surface]:
    """Return the forms in which a layer leaves with squares in them."""
    tiles = {f"{layer}, tile at zoom {z}": _at(tile_path(layer, z)) for z in (13, 19)}
    return {
        f"{layer}, items": _at(f"/api/collections/{layer}/items?limit=1000"),
        f"{layer}, items by box": _at(f"/api/collections/{layer}/items?bbox={_BOX}"),
        **tiles,
        f"{layer}, exported": _at(f"/api/collections/{layer}/export?format=geojson"),
    }


def _search(asker: Asker, _: str, headers: Headers) -> httpx2.Response:
    return asker.post("/map/search", headers, text="amber")


def _joint_visit_page(asker: Asker, _: str, headers: Headers) -> httpx2.Response:
    return asker.get(f"/joint-visits/{asker.joint_visit}", headers)


def _joint_visit(asker: Asker, _: str, headers: Headers) -> httpx2.Response:
    return asker.get(f"/api/joint-visits/{asker.joint_visit}", headers)


def _sheet(asker: Asker, name: str, headers: Headers) -> httpx2.Response:
    """Open the sheet that somebody made as soon as they could; a new one where it has expired."""
    old = asker.get(asker.sheets[name], headers) if name in asker.sheets else None
    if old is not None and old.status_code == 200:
        return old
    made = asker.post("/sheets", headers, place=str(asker.scene.places["amber"]))
    if made.status_code != 303:
        return made
    asker.sheets[name] = made.headers["location"]
    return asker.get(asker.sheets[name], headers)


SURFACES: Mapping[str, Mapping[str, Surface]] = {
    "card": {
        "card": _at("/api/places/{amber}"),
        "feature by id": _at("/api/collections/places/items/{amber}"),
        "page of the card": _at("/places/{amber}"),
        "search": _search,
        "sheet": _sheet,
    },
    "places": {**_layer("places"), "map page": _at("/map")},
    "risk": {"risk by id": _at("/api/collections/risks/items/{note}")},
    "risks": _layer("risks"),
    "visits": _layer("visits"),
    "visit": {"visits of the card": _at("/api/places/{amber}/visits")},
    "joint visit": {"joint visit": _joint_visit, "page of the joint visit": _joint_visit_page},
}
"""The surfaces by the column of the table they belong to: all of a column show the same."""


def seen(asker: Asker, column: str, name: str, headers: Headers) -> dict[str, str]:
    """Return what each surface of a column shows somebody: exact, the metres of a square, or nothing."""
    return {what: shown(asker.scene, ask(asker, name, headers)) for what, ask in SURFACES[column].items()}
