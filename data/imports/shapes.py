"""The middle of shapes, and why a shape has none; runs in the process that parses, or on a WKT column."""

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.arrays import Claims, Floats

EXPECTED = "a valid shape"


def middles(shapes: NDArray[Any]) -> tuple[Floats, Floats]:
    """Return x and y of points, and of the centroid of anything else; NaN for what is empty or missing."""
    points = shapely.centroid(shapes)
    return shapely.get_x(points), shapely.get_y(points)


def from_wkb(shapes: NDArray[Any]) -> tuple[NDArray[Any], Claims]:
    """Return the shapes of well-known binary, None where there is none, and which of them are broken."""
    read = shapely.from_wkb(shapes, on_invalid="ignore")
    return read, _is_broken(read, shapes)


def from_wkt(shapes: NDArray[Any]) -> tuple[NDArray[Any], Claims]:
    """Return the shapes of well-known text, None where there is none, and which of them are broken."""
    texts = np.array([text or None for text in shapes], dtype=object)
    read = shapely.from_wkt(texts, on_invalid="ignore")
    return read, _is_broken(read, texts)


def _is_broken(read: NDArray[Any], given: NDArray[Any]) -> Claims:
    broken: Claims = shapely.is_missing(read) & np.array([shape is not None for shape in given], dtype=np.bool_)
    return broken
