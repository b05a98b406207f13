"""Chance from a seed: one stream for each part of the world, and ids that the seed decides."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.void]
"""An array of 16-byte voids: the bytes of uuids."""


class Chance:
    """A seed, from which every part of the world draws its own stream, so that parts do not disturb each other."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def stream(self, part: str) -> np.random.Generator:
        """Return the stream of one part of the world."""
        return np.random.default_rng([self.seed, *part.encode()])

    def ids(self, part: str, count: int) -> Ids:
        """Return version 4 uuids that the seed decides."""
        drawn = np.frombuffer(self.stream(part).bytes(16 * count), dtype=np.uint8).reshape(count, 16).copy()
        drawn[:, 6] = drawn[:, 6] & 0x0F | 0x40
        drawn[:, 8] = drawn[:, 8] & 0x3F | 0x80
        return drawn.view("V16").ravel()

    def id_list(self, part: str, count: int) -> list[UUID]:
        """Return the same as a list of UUIDs."""
        return [UUID(bytes=bytes(drawn)) for drawn in self.ids(part, count)]


def as_ids(uuids: Sequence[UUID]) -> Ids:
    """Return UUIDs as an array, for arithmetic by position."""
    return np.frombuffer(b"".join(uuid.bytes for uuid in uuids), dtype="V16")


def as_uuids(ids: Ids) -> list[UUID]:
    """Return an array of ids as UUIDs."""
    return [UUID(bytes=bytes(drawn)) for drawn in ids]
