"""The town as a template, and the worlds changed behind each kind of session, copied and served in pairs."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psycopg
from fastapi import FastAPI
from psycopg import Connection, sql

from api.app import create_api
from api.backing import Backing, open_backing
from api.settings import Settings
from data.cluster import Cluster
from data.vault import Vault, load_master_key
from tests.conftest import clone
from tests.noninterference.hidden import Changes, change_what_is_hidden
from tests.noninterference.hidden_joint_visits import change_joint_visits
from tests.noninterference.serving import World
from tests.noninterference.sight import sight_of
from tests.noninterference.town import Town, a_town
from tests.waiting import PATIENCE
from web.app import with_pages
from web.import_work import ImportWork
from web.vendor import AssetsMissing, vendor_files


@dataclass
class Harness:
    """The town as a template, and the worlds changed behind each kind of session, made once each."""

    cluster: Cluster
    folder: Path
    template: str
    town: Town
    changed: dict[str, str] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    idle: list[FastAPI] = field(default_factory=list)
    """Applications whose worlds were dropped: the next world gets one, with its routes and templates read already."""

    def copy(self, template: str) -> str:
        """Make a copy of a world; its name."""
        name = f"apart_{secrets.token_hex(6)}"
        with psycopg.connect(self.cluster.url(), autocommit=True) as conn:
            conn.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        return name

    def drop(self, name: str) -> None:
        """Drop a world that has been compared."""
        with psycopg.connect(self.cluster.url(), autocommit=True) as conn:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def operator(self, name: str) -> Connection:
        """Return the operator's connection to a world."""
        return psycopg.connect(self.cluster.url(database=name), autocommit=True)

    def changed_behind(self, kind: str) -> str:
        """Return the world that is changed in what this kind of session cannot see."""
        if kind not in self.changed:
            name = self.copy(self.template)
            with self.operator(name) as conn:
                sight = sight_of(conn, self.town.tokens[kind])
                changes = Changes(conn, self.town, sight, Random(f"hidden {kind}"))
                change_joint_visits(changes)
                self.counts[kind] = change_what_is_hidden(changes)
            self.changed[kind] = name
        return self.changed[kind]

    @contextmanager
    def pair(self, kind: str, *breaking: str) -> Iterator[tuple[World, World]]:
        """Give copies of the town and of the town changed behind a kind of session, both broken alike, served."""
        with ExitStack() as stack:
            one, other = (
                stack.enter_context(self.served(template, *breaking))
                for template in (self.template, self.changed_behind(kind))
            )
            yield one, other

    @contextmanager
    def served(self, template: str, *breaking: str) -> Iterator[World]:
        """Give a copy of a world, broken by these statements, served."""
        name = self.copy(template)
        try:
            with self.operator(name) as conn:
                for statement in breaking:
                    conn.execute(statement.encode())
                app = self._application(name)
                try:
                    yield World(app, conn)
                finally:
                    app.state.backing.close()
                    self.idle.append(app)
        finally:
            self.drop(name)

    def _application(self, name: str) -> FastAPI:
        uploads = self.folder / name
        uploads.mkdir()
        settings = Settings(
            database=self.cluster.url("waymark_app", name),
            master_key=self.folder / "master.key",
            uploads=uploads,
            connections=2,
            plan_iterations=40,
        )
        backing = open_backing(settings)
        backing.hotspots.patience = PATIENCE  # How far work is, is told by the clock alone.
        app = self.idle.pop() if self.idle else _new_application(backing)
        app.state.backing, app.state.import_work = backing, ImportWork(PATIENCE)
        return app


def _new_application(backing: Backing) -> FastAPI:
    try:
        return with_pages(backing, vendor_files())
    except AssetsMissing:
        return create_api(backing)


def a_harness(cluster: Cluster, folder: Path) -> Harness:
    """Make the town."""
    template = clone(cluster)
    vault = Vault(load_master_key(folder / "master.key"))
    with psycopg.connect(cluster.url(database=template)) as conn:
        town = a_town(conn, vault)
    return Harness(cluster, folder, template, town)
