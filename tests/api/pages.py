"""Asking for features page by page, and places enough to fill pages."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests import worlds
from tests.api.scene import Scene

GRID = "http://www.opengis.net/def/crs/EPSG/0/27700"
Features = list[dict[str, Any]]


def add_places(scene: Scene) -> None:
    """Add places so that pages have something to cut: three on one spot, one hidden, some known as squares."""
    owner = scene.organisations
    with scene.conn.transaction():
        routine = worlds.a_label(scene.conn, owner["charity"], sensitivity=0)
        hidden = worlds.a_label(scene.conn, owner["council"])
        labels = [routine, routine, routine, hidden, routine, worlds.a_label(scene.conn, owner["charity"])]
        for number, label in enumerate(labels):
            at = (407_900.0 + 640 * max(0, number - 2), 285_900.0)
            place = worlds.a_place(scene.conn, label, at=at)
            worlds.a_visit(scene.conn, label, place, at=at)
            worlds.a_note(scene.conn, label, place, at=at)


def items(layer: str) -> str:
    return f"/api/collections/{layer}/items"


def all_features(scene: Scene, layer: str, kind: str, **params: object) -> Features:
    body = scene.get(items(layer), kind, limit=10_000, **params).json()
    assert [link["rel"] for link in body["links"]] == ["self"]
    return list(body["features"])


def paged(scene: Scene, layer: str, kind: str, **params: object) -> Features:
    """Follow next links until there is none."""
    headers, found = scene.a_session(kind), []
    path, asked = items(layer), {name: str(value) for name, value in params.items()}
    for _ in range(100):
        body = scene.client.get(path, headers=headers, params=asked).json()
        assert set(body) == {"type", "features", "numberReturned", "links"}
        assert body["numberReturned"] == len(body["features"]) <= int(asked["limit"])
        found += body["features"]
        following = [link["href"] for link in body["links"] if link["rel"] == "next"]
        if not following:
            return found
        asked = {name: values[0] for name, values in parse_qs(urlsplit(following[0]).query).items()}
    pytest.fail("the pages have no end")
