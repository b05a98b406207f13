"""Where a page of features begins, and the opaque references that say so to clients."""

import struct
from typing import Any
from uuid import UUID

from data.reading import Row
from data.vault import NotAReference, Vault
from geo.tile_cells import cells_in_box
from geo.tile_keys import Bounds, box_edges, box_ranges
from layers.catalogue import Layer, Part

_EVERYWHERE = Bounds(-180.0, -85.0, 180.0, 85.0)
_ALL_KEYS = [(0, (1 << 62) - 1)]
_MOST_RANGES = 8


class NotAPage(ValueError):
    """A page reference that this service did not give out for this layer."""


def reference(vault: Vault, layer: Layer, index: int, row: Row | None) -> str:
    """Return the reference of the page that begins after a row of a layer's part, or at the part's start."""
    return vault.seal_reference(bytes([index]) + _last(layer.parts[index], row), use=f"page of {layer.name}")


def opened_reference(vault: Vault, layer: Layer, after: str | None) -> tuple[int, bytes]:
    """Return the part's index, and where in it to begin. Raises NotAPage."""
    if after is None:
        return 0, b""
    try:
        value = vault.open_reference(after, use=f"page of {layer.name}")
    except NotAReference as error:
        raise NotAPage("The page reference was not given out for this layer: start again without it.") from error
    return value[0], value[1:]


def _last(part: Part, row: Row | None) -> bytes:
    if row is None:
        return b""
    if part.shape == "outline":
        return str(row["id"]).encode()
    if part.shape == "cell":
        return struct.pack(">iiii", row["step"], row["easting"], row["northing"], row.get("code", 0))
    return struct.pack(">q", row["sort_key"]) + UUID(str(row["id"])).bytes


def window(part: Part, box: Bounds | None, last: bytes) -> dict[str, Any]:
    """Return the values of a part's query for a box of degrees (None: everywhere), beginning after `last`."""
    edges = list(box) if box else None
    if part.shape == "outline":
        return {"box": edges, "after_code": last.decode()}
    if part.shape == "cell":
        step, easting, northing, code = struct.unpack(">iiii", last) if last else (-1, -1, -1, -1)
        return {
            "box": edges,
            "near": cells_in_box(*box) if box else None,
            "after_step": step,
            "after_easting": easting,
            "after_northing": northing,
            "after_code": code,
        }
    key, id = (struct.unpack(">q", last[:8])[0], UUID(bytes=last[8:])) if last else (-1, UUID(int=0))
    ranges = box_ranges(*box, most=_MOST_RANGES) if box else _ALL_KEYS
    west, north, east, south = box_edges(box or _EVERYWHERE)
    return {
        "firsts": [first for first, _ in ranges],
        "lasts": [final for _, final in ranges],
        "after_key": key,
        "after_id": id,
        "west": west,
        "north": north,
        "east": east,
        "south": south,
    }
