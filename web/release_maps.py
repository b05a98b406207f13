"""The squares of a release as a drawing: shapes with a pattern for each class, over the outlines of boroughs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import orjson
import shapely

from data.database import Pool
from data.vault import Vault
from layers.catalogue import layer_named
from layers.features import Asked, page

Classes = Sequence[tuple[str, str]]
CLASSES: Final[Classes] = (
    ("few", "Fewer than 5"),
    ("c5", "About 5"),
    ("c10", "About 10 or 15"),
    ("c20", "About 20 to 45"),
    ("c50", "About 50 and more"),
)
"""The classes of a map of counts, each with its own pattern."""
_SIDE = 5
_MARGIN = 1
_COARSE_METRES = 150


@dataclass(frozen=True, kw_only=True)
class Square:
    """A square in kilometres from the drawing's north-west corner."""

    x: int
    y: int
    kind: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A drawing of squares: its size in kilometres, the squares, and the outlines as paths."""

    width: int
    height: int
    squares: Sequence[Square]
    outlines: Sequence[str]
    classes: Classes


def drawn(
    reader: tuple[Pool, Vault], token: str | None, squares: Mapping[int, tuple[str, str]], classes: Classes
) -> Drawing:
    """Return the drawing of squares, numbered as in documents, each with its class and what is written in it.

    One kilometre is one unit.
    """
    columns = [square // 10_000 * _SIDE for square in squares]
    rows = [square % 10_000 * _SIDE for square in squares]
    west, north = min(columns, default=0) - _MARGIN, max(rows, default=0) + _SIDE + _MARGIN
    shapes = [
        Square(
            x=square // 10_000 * _SIDE - west,
            y=north - square % 10_000 * _SIDE - _SIDE,
            kind=kind,
            words=words,
        )
        for square, (kind, words) in squares.items()
    ]
    width = max(columns, default=0) + _SIDE + _MARGIN - west
    height = north - min(rows, default=0) + _MARGIN
    outlines = _paths(reader, token, (west, north))
    return Drawing(width=width, height=height, squares=shapes, outlines=outlines, classes=classes)


def counts_drawn(squares: Mapping[int, int | None]) -> dict[int, tuple[str, str]]:
    """Return of published counts the class of each square, and its number."""
    return {square: (_class_of(value), "" if value is None else str(value)) for square, value in squares.items()}


def _class_of(value: int | None) -> str:
    if value is None:
        return "few"
    return next(kind for least, kind in ((50, "c50"), (20, "c20"), (10, "c10"), (0, "c5")) if value >= least)


def _paths(reader: tuple[Pool, Vault], token: str | None, corner: tuple[int, int]) -> list[str]:
    """Return the outlines of the boroughs as SVG paths, coarsened to what a page shows."""
    west, north = corner
    found = page(reader, layer_named("boroughs"), Asked(limit=100, is_on_grid=True), token).features
    paths = []
    for one in found:
        geometry = shapely.from_geojson(orjson.dumps(one["geometry"]))
        for ring in shapely.get_rings(geometry.simplify(_COARSE_METRES)):
            points = " ".join(f"{x / 1000 - west:.2f},{north - y / 1000:.2f}" for x, y in ring.coords)
            paths.append(f"M{points}Z")
    return paths
