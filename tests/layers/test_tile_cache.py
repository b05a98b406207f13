"""The cache of tiles: bounded, and never by name alone."""

import hashlib
import threading

from layers.tile_cache import TileCache, made


def test_an_etag_is_a_hash_of_the_bytes_alone() -> None:
    assert made(b"tile") == made(b"tile")
    assert made(b"tile").etag == f'"{hashlib.sha256(b"tile").hexdigest()[:32]}"'
    assert made(b"").etag != made(b"tile").etag


def test_a_tile_is_found_under_its_ring_only() -> None:
    cache = TileCache()
    cache.keep(("ring", "places", 14, 1, 2), b"digest", made(b"tile"))
    assert cache.find(("ring", "places", 14, 1, 2)) == made(b"tile")
    for other in (("else", "places", 14, 1, 2), ("ring", "risks", 14, 1, 2), ("ring", "places", 14, 2, 1)):
        assert cache.find(other) is None
    assert cache.last_ring(b"digest", "places") == "ring"
    assert cache.last_ring(b"digest", "risks") is None
    assert cache.last_ring(b"other", "places") is None


def test_the_least_recently_used_tiles_go_first() -> None:
    cache = TileCache(most_bytes=250)
    for x in range(2):
        cache.keep(("ring", "places", 14, x, 0), b"d", made(bytes(100)))
    cache.find(("ring", "places", 14, 0, 0))
    cache.keep(("ring", "places", 14, 2, 0), b"d", made(bytes(100)))
    kept = [x for x in range(3) if cache.find(("ring", "places", 14, x, 0))]
    assert kept == [0, 2]


def test_a_tile_larger_than_the_cache_is_not_kept() -> None:
    cache = TileCache(most_bytes=10)
    cache.keep(("ring", "places", 14, 0, 0), b"d", made(bytes(100)))
    assert cache.find(("ring", "places", 14, 0, 0)) is None
    cache.keep(("ring", "places", 14, 1, 0), b"d", made(bytes(10)))
    assert cache.find(("ring", "places", 14, 1, 0)) == made(bytes(10))


def test_a_tile_kept_again_is_counted_once() -> None:
    cache = TileCache(most_bytes=100)
    for _ in range(10):
        cache.keep(("ring", "places", 14, 0, 0), b"d", made(bytes(60)))
    cache.keep(("ring", "places", 14, 1, 0), b"d", made(bytes(40)))
    assert cache.find(("ring", "places", 14, 0, 0))
    assert cache.find(("ring", "places", 14, 1, 0))


def test_many_threads_keep_the_count_right() -> None:
    cache = TileCache(most_bytes=5_000)

    def work(seed: int) -> None:
        for turn in range(500):
            tile = ("ring", "places", 14, (seed * 7 + turn) % 90, 0)
            if cache.find(tile) is None:
                cache.keep(tile, bytes([seed]), made(bytes(100 + turn % 7)))

    threads = [threading.Thread(target=work, args=[seed]) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(len(tile.body) for tile in cache._tiles.values()) == cache._bytes <= 5_000
