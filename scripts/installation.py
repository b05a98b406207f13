"""Where an installation keeps its things, and how it comes up: database, schema, reference data, demo."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from api.settings import Settings
from data.migrate import is_empty, migrate, set_application_password, set_escalator_password
from data.reference_data import load_reference
from data.sessions import lay_door
from data.vault import Vault, load_master_key
from scripts.cluster import CHECKOUT, private_cluster

DATABASE = "waymark"
APPLICATION = "waymark_app"
ESCALATOR = "waymark_escalator"


@dataclass(frozen=True, kw_only=True)
class Installation:
    """The run-time files of this checkout and its connection strings: operator's, service's, escalator's."""

    var: Path
    operator: str
    application: str
    escalator: str

    @property
    def master_key(self) -> Path:
        """Where the master key is: a file of mode 0600 outside the database."""
        return Path(os.environ.get("WAYMARK_MASTER_KEY", self.var / "keys" / "master.key"))

    def vault(self) -> Vault:
        """Return the vault, making a master key when there is none."""
        return Vault(load_master_key(self.master_key))

    def settings(self) -> Settings:
        """Return what the service needs to know."""
        return Settings(
            database=self.application,
            master_key=self.master_key,
            uploads=self.var / "uploads",
            connections=int(os.environ.get("WAYMARK_CONNECTIONS", "8")),
            tile_cache_bytes=int(os.environ.get("WAYMARK_TILE_CACHE", "64")) * 1024 * 1024,
            backdrops=self.var / "basemap",
            roads=self.var / "roads",
        )


def installation() -> Installation:
    """Return this checkout's installation, its private cluster started; or that of WAYMARK_DATABASE_URL."""
    var = Path(os.environ.get("WAYMARK_VAR", CHECKOUT / "var"))
    var.mkdir(mode=0o711, parents=True, exist_ok=True)
    if given := os.environ.get("WAYMARK_DATABASE_URL"):
        return Installation(
            var=var,
            operator=given,
            application=_signing_in(var / "keys" / "application.password", given, APPLICATION),
            escalator=_signing_in(var / "keys" / "escalator.password", given, ESCALATOR),
        )
    cluster = private_cluster()
    cluster.start()
    cluster.ensure_database(DATABASE)
    return Installation(
        var=var,
        operator=cluster.url(database=DATABASE),
        application=make_conninfo(cluster.url(APPLICATION, DATABASE), password=cluster.password(APPLICATION)),
        escalator=make_conninfo(cluster.url(ESCALATOR, DATABASE), password=cluster.password(ESCALATOR)),
    )


def _signing_in(file: Path, operator: str, role: str) -> str:
    """Return a role's connection string on a given server, with a password kept in a file of ours."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(secrets.token_hex(32))
    return make_conninfo(operator, user=role, password=file.read_text())


def bring_up(here: Installation) -> list[str]:
    """Migrate, load the reference data, let service and escalator sign in, lay the door; the migrations that ran."""
    with psycopg.connect(here.operator) as conn:
        ran = migrate(conn)
        if ran:
            load_reference(conn)
        set_application_password(conn, _password(here.application))
        set_escalator_password(conn, _password(here.escalator))
        lay_door(conn, here.vault())
    return ran


def _password(conninfo: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(conninfo)["password"])


def is_new(here: Installation) -> bool:
    """Return whether nobody has been added yet."""
    with psycopg.connect(here.operator) as conn:
        return is_empty(conn)
