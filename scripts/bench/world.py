"""The world that benchmarks run in: a cluster of their own, a database of places, sessions that read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import click
import psycopg
from psycopg.conninfo import make_conninfo

from data.bench import (
    EVERYTHING,
    Reader,
    benchmark_databases,
    drop_database,
    forget_sessions,
    make_role,
    make_visible,
    open_everything,
    open_reader,
    positions,
    rename_database,
    schema_digest,
)
from data.cluster import Cluster, cluster_directory
from data.demo_tables import settle
from data.migrate import migrate, set_application_password
from data.vault import Vault, load_master_key
from geo.tile_keys import tile_of
from layers.tiles import TileAddress, address
from scripts.cluster import CHECKOUT
from scripts.demo.world import load_benchmark

SEED: Final = 2026
DAY: Final = date(2026, 1, 1)
RIVAL: Final = "waymark_rival"
APPLICATION: Final = "waymark_app"
READERS: Final = {
    "two": "outreach@health.demo.invalid",
    "twenty": "outreach@charity.demo.invalid",
    EVERYTHING: "outreach@police.demo.invalid",
}
"""Who sees 2 % and 20 % of all places, and whose ring is made up to open everything."""

SHARES: Final = {"two": "2 %", "twenty": "20 %", EVERYTHING: "everything"}


@dataclass(frozen=True, kw_only=True)
class World:
    """A database of `count` places on the benchmarks' cluster, and the sessions opened in it."""

    cluster: Cluster
    database: str
    count: int
    readers: Mapping[str, Reader]

    @property
    def operator(self) -> str:
        """Return the operator's connection string."""
        return self.cluster.url(database=self.database)

    @property
    def application(self) -> str:
        """Return the connection string of the service's role."""
        return self.cluster.url(APPLICATION, self.database)

    def rival(self, reader: Reader) -> str:
        """Return the connection string of a role that sees a rivals' table as `place`, and its password."""
        return make_conninfo(
            self.cluster.url(RIVAL, self.database),
            password=self.cluster.password(RIVAL),
            options=f"-csearch_path={reader.schema},public",
        )

    def drawn(self, count: int, *, seed: str) -> list[tuple[float, float]]:
        """Return longitude and latitude of places drawn at random."""
        with psycopg.connect(self.operator) as conn:
            return positions(conn, count, seed)

    def tiles(self, zoom: int, count: int) -> list[TileAddress]:
        """Return the tiles of a zoom that hold places drawn at random: the fuller a tile, the likelier."""
        drawn = self.drawn(count, seed=f"{SEED} {zoom}")
        return [address(zoom, *tile_of(longitude, latitude, zoom)) for longitude, latitude in drawn]


def run_time_files() -> Path:
    """Return where benchmarks keep their files."""
    folder = CHECKOUT / "var" / "bench"
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    return folder


def own_cluster() -> Cluster:
    """Return the benchmarks' own cluster, started."""
    cluster = Cluster(directory=cluster_directory(CHECKOUT).with_name("bench-cluster"))
    cluster.start()
    return cluster


def prepared(count: int, cluster: Cluster) -> World:
    """Return the world of `count` places, made when there is none of the current schema, its sessions open."""
    name = f"bench_{count}_{schema_digest()}"
    had = benchmark_databases(cluster.url())
    for old in had:
        if not old.endswith(schema_digest()):
            drop_database(cluster.url(), old)
    if name not in had:
        click.echo(f"Making a world of {count:,} places; later runs use it again.")
        _make(cluster, name, count)
    with psycopg.connect(cluster.url(database=name), autocommit=True) as conn:
        forget_sessions(conn)
        readers = _open_readers(conn)
    return World(cluster=cluster, database=name, count=count, readers=readers)


def vault() -> Vault:
    """Return the vault of the benchmarks' own master key."""
    return Vault(load_master_key(run_time_files() / "master.key"))


def fresh_database(cluster: Cluster, name: str, *, count: int) -> None:
    """Make a migrated database with the partners and `count` places, in the place of any of that name."""
    drop_database(cluster.url(), name)
    cluster.ensure_database(name)
    with psycopg.connect(cluster.url(database=name)) as conn:
        migrate(conn)
        set_application_password(conn, cluster.password(APPLICATION))
        make_role(conn, RIVAL, cluster.password(RIVAL))
        load_benchmark(conn, count=count, seed=SEED, today=DAY, vault=vault())
        conn.commit()
        conn.autocommit = True
        settle(conn)


def _make(cluster: Cluster, name: str, count: int) -> None:
    """Make a database under another name first, so that a half-made one is never used."""
    half_made = "bench_half_made"
    fresh_database(cluster, half_made, count=count)
    with psycopg.connect(cluster.url(database=half_made), autocommit=True) as conn:
        for reader in _open_readers(conn).values():
            rows = make_visible(conn, reader, RIVAL)
            click.echo(f"  {SHARES[reader.name]:>10}: {rows:,} places")
    rename_database(cluster.url(), half_made, name)


def _open_readers(conn: psycopg.Connection) -> dict[str, Reader]:
    readers = {name: open_reader(conn, name, email) for name, email in READERS.items()}
    open_everything(conn, readers[EVERYTHING])
    return readers
