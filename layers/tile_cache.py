"""Tiles already made, kept under the keys of the session they were made for, never by name alone."""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

RingedTile = tuple[str, str, int, int, int]


@dataclass(frozen=True)
class MadeTile:
    """A tile's bytes and their ETag, a hash of the bytes and of nothing else."""

    body: bytes
    etag: str


def made(body: bytes) -> MadeTile:
    """Return the tile with its ETag."""
    return MadeTile(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


class TileCache:
    """The most recently used tiles, up to a number of bytes, of this process.

    A tile is found only under the ring key that the database gives to the session in the same request:
    whatever changes what the session may see, or what is behind its keys, changes that ring key.
    """

    def __init__(self, *, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._tiles: OrderedDict[RingedTile, MadeTile] = OrderedDict()
        self._rings: OrderedDict[bytes, str] = OrderedDict()
        self._lock = threading.Lock()

    def last_ring(self, token_digest: bytes, layer: str) -> str | None:
        """Return the ring key under which this token was last answered; only a guess, the database decides."""
        return self._rings.get(token_digest + layer.encode())

    def find(self, tile: RingedTile) -> MadeTile | None:
        """Return a kept tile, if there is one."""
        with self._lock:
            if (found := self._tiles.get(tile)) is not None:
                self._tiles.move_to_end(tile)
            return found

    def keep(self, tile: RingedTile, token_digest: bytes, new: MadeTile) -> None:
        """Keep a tile, and forget the least recently used ones when there is no room."""
        with self._lock:
            self._rings[token_digest + tile[1].encode()] = tile[0]
            while len(self._rings) > 10_000:
                self._rings.popitem(last=False)
            if (old := self._tiles.pop(tile, None)) is not None:
                self._bytes -= len(old.body)
            self._tiles[tile] = new
            self._bytes += len(new.body)
            while self._bytes > self._most_bytes:
                _, dropped = self._tiles.popitem(last=False)
                self._bytes -= len(dropped.body)
