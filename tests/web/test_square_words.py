"""The words of a square are written once, though several tiles may hold a part of it."""

import math

import mapbox_vector_tile
import pytest

from tests.web.world import PASSWORD, World


def columns_and_rows(box: list[float], z: int) -> list[tuple[int, int]]:
    west, south, east, north = box
    column = [int((x + 180) / 360 * 2**z) for x in (west, east)]
    row = [
        int((1 - math.log(math.tan(math.radians(y)) + 1 / math.cos(math.radians(y))) / math.pi) / 2 * 2**z)
        for y in (north, south)
    ]
    return [(x, y) for x in range(column[0], column[1] + 1) for y in range(row[0], row[1] + 1)]


@pytest.mark.parametrize("z", [13, 14, 15, 16])
def test_exactly_one_tile_holds_the_middle_of_each_square(world: World, z: int) -> None:
    with world.client(base_url=f"{world.url}/api") as client:
        asked = {"email": "officer@police.test.invalid", "password": PASSWORD, "purpose": "visit"}
        client.headers["Authorization"] = f"Bearer {client.post('/session', json=asked).json()['token']}"
        squares = client.get("/collections/places/items").json()["features"]
        ring = [position for square in squares for position in square["geometry"]["coordinates"][0]]
        longitudes, latitudes = [x for x, _ in ring], [y for _, y in ring]
        box = [min(longitudes), min(latitudes), max(longitudes), max(latitudes)]
        parts = [
            feature["properties"]
            for x, y in columns_and_rows(box, z)
            for feature in mapbox_vector_tile.decode(
                client.get(f"/collections/places/tiles/WebMercatorQuad/{z}/{y}/{x}").content
            ).get("places_cells", {"features": []})["features"]
        ]
    assert squares
    assert len(parts) >= len(squares)
    assert sum("is_middle" in part for part in parts) == len(squares)
