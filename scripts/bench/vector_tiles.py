"""How many features a Mapbox Vector Tile has, counted without decoding them."""

from collections.abc import Iterator
from typing import Final

_LAYER: Final = 3
_FEATURE: Final = 2
_BYTES: Final = 2


def features(body: bytes) -> int:
    """Return the number of features of all layers in a tile (Mapbox Vector Tile 2.1, section 4)."""
    layers = (body[start:end] for number, start, end in _fields(body) if number == _LAYER)
    return sum(number == _FEATURE for layer in layers for number, _, _ in _fields(layer))


def _fields(message: bytes) -> Iterator[tuple[int, int, int]]:
    """Give the number of each field of a protobuf message, and where its value begins and ends."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        value, after = _varint(message, at)
        end = after + value if key & 7 == _BYTES else after
        yield key >> 3, after, end
        at = end


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while message[at] & 0x80:
        value |= (message[at] & 0x7F) << shift
        shift += 7
        at += 1
    return value | message[at] << shift, at + 1
