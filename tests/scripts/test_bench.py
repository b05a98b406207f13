"""Benchmarks at a tiny scale: both sides show the same features. What they measure is not judged here."""

import shutil

import psycopg
import pytest

from data.bench import EVERYTHING, copy_database, drop_database
from data.cluster import Cluster
from scripts.bench.command import BENCHMARKS, WITHOUT_WORLD, chosen
from scripts.bench.effort import Effort
from scripts.bench.gate import check_same_features as check_same_with_many_keys
from scripts.bench.gate import few_and_many
from scripts.bench.http_tiles import Servers, walks
from scripts.bench.http_tiles import check_same_features as check_same_over_http
from scripts.bench.items import LIMIT, box_around
from scripts.bench.items import check_same_features as check_same_items
from scripts.bench.kept import bench_kept
from scripts.bench.lines import Target
from scripts.bench.mapserver import PROGRAMS, mapserver
from scripts.bench.tiles import make_pairs, open_all_looks
from scripts.bench.vector_tiles import features
from scripts.bench.waymark import waymark
from scripts.bench.world import World, prepared

TINY = Effort(rounds=1, seconds=0.01, tiles=3)


@pytest.fixture(scope="module")
def bench_world(cluster: Cluster) -> World:
    return prepared(1_000, cluster)


def test_a_group_names_its_benchmarks() -> None:
    assert chosen("items") == ["items"]
    assert chosen("plan") == ["plan"]
    assert chosen("all") == [*BENCHMARKS, *WITHOUT_WORLD]
    assert all(name.startswith("tiles-") for name in chosen("tiles"))
    assert "tiles-database" in chosen("tiles")


def test_a_target_is_met_from_its_side() -> None:
    assert Target(value=0.9).is_met(0.9)
    assert not Target(value=0.9).is_met(0.89)
    assert Target(value=50, at_most=True).is_met(50)
    assert str(Target(value=1.5, at_most=True)) == "at most 1.5"


def test_secured_and_canonical_tiles_have_the_same_features(bench_world: World) -> None:
    pairs = make_pairs(bench_world, TINY)
    assert len(pairs) == 12


def test_sessions_with_few_and_many_keys_see_the_same(cluster: Cluster, bench_world: World) -> None:
    copy = f"{bench_world.database}_gate"
    copy_database(cluster.url(), bench_world.database, copy)
    world = World(cluster=cluster, database=copy, count=bench_world.count, readers=bench_world.readers)
    try:
        tiles = world.tiles(13, 6)
        readers = few_and_many(world, {13: tiles})
        check_same_with_many_keys(world, readers, tiles)
        with psycopg.connect(world.operator) as conn:
            lengths = [
                conn.execute(
                    "SELECT length(replace(bits::text, '0', '')) FROM access.ring "
                    "WHERE membership_id = %s AND purpose = %s",
                    [reader.membership, reader.purpose],
                ).fetchone()
                for reader in readers
            ]
        assert lengths == [(10,), (10_000,)]
    finally:
        drop_database(cluster.url(), copy)


def test_kept_tiles_and_304s_cost_one_check_and_no_tile(bench_world: World) -> None:
    assert bench_kept(bench_world, TINY)


def test_mapserver_shows_what_the_service_shows(bench_world: World) -> None:
    if not all(shutil.which(program, path="/usr/bin:/usr/sbin") for program in PROGRAMS):
        pytest.skip("MapServer and nginx are not installed: `waymark bench` installs them as root")
    tiles = bench_world.tiles(13, 3)
    boxes = [box_around(*place) for place in bench_world.drawn(3, seed="items")]
    open_all_looks(bench_world, [tiles])
    with waymark(bench_world, tile_cache=0) as ours, mapserver(bench_world) as rival:
        servers = Servers(ours=ours, mapserver=rival, tipg=None)
        check_same_over_http(bench_world, servers, tiles)
        assert sum(features(body) for body in walks(bench_world, servers, tiles)["MapServer"].bodies()) >= 3
        reader = bench_world.readers[EVERYTHING]
        check_same_items(ours.items(reader, boxes, LIMIT), rival.items(boxes, LIMIT))
