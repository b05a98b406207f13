"""An operator's desk for tests: the `waymark` command against a database of the test's own."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from click.testing import CliRunner

from data.cluster import Cluster
from data.private_files import write_private
from scripts.cli import main
from tests.conftest import clone
from tests.data.partners import some_areas

SOON = f"{datetime.now(UTC) + timedelta(days=90):%Y-%m-%d}"


@dataclass(frozen=True)
class Desk:
    url: str
    var: Path

    def waymark(self, *words: str, typed: str = "", fails: bool = False) -> str:
        """Run the command; what it printed. It must succeed, or with `fails` say a sentence and exit with 1."""
        environment = {**os.environ, "WAYMARK_DATABASE_URL": self.url, "WAYMARK_VAR": str(self.var)}
        environment.pop("WAYMARK_MASTER_KEY", None)
        result = CliRunner().invoke(main, words, input=typed, env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == (1 if fails else 0), result.output
        return result.output


def a_desk(cluster: Cluster, var: Path) -> Desk:
    """An empty, migrated database; the service's password, which is the whole cluster's, stays what it is."""
    url = cluster.url(database=clone(cluster))
    with psycopg.connect(url) as conn:
        some_areas(conn)
    (var / "keys").mkdir()
    write_private(var / "keys" / "application.password", cluster.password("waymark_app"))
    return Desk(url=url, var=var)


def staffed(desk: Desk) -> Desk:
    """Two organisations with an admin each, and an outreach worker of the second."""
    desk.waymark("organisation", "add", "Harbour Aid", "--kind", "charity")
    desk.waymark("organisation", "add", "County Police", "--kind", "police")
    for email, organisation, role in (
        ("ada@example.org", "Harbour Aid", "admin"),
        ("ben@example.org", "County Police", "admin"),
        ("eve@example.org", "County Police", "outreach"),
    ):
        desk.waymark(
            "user", "add", email, "--organisation", organisation, "--role", role, "--clearance", "2",
            "--areas", "Northtown,Southtown", "--until", SOON,
        )  # fmt: skip
    return desk
