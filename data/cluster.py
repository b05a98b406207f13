"""The private PostgreSQL cluster: made, started and stopped by us, in a directory of ours.

Nothing outside the directory is touched but a socket directory under /tmp when the path is too long for a
Unix socket. Any process may start the cluster, it outlives them all, and it starts again after `kill -9`.
"""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from data.cluster_settings import memory_mebibytes, pg_hba_conf, postgresql_conf, server_settings
from data.passfile import password
from data.postgres import (
    ProgramFailed,
    can_enter,
    end_orphans,
    is_postmaster,
    programs,
    run_as,
    server_account,
)
from data.private_files import make_passable, own_directory, write_private

OPERATOR = "waymark_operator"
STATE = Path("/var/lib/waymark")
LONGEST_SOCKET_DIRECTORY = 107 - len("/.s.PGSQL.65535.lock")
SECONDS_TO_START = 300
PREFIX = "waymark-test-"


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A PostgreSQL cluster in `directory`, an absolute path.

    A cluster that is not `durable` is for tests: it may lose its last commits when its server is killed, and
    everything when the machine stops.
    """

    directory: Path
    durable: bool = True

    @property
    def data_directory(self) -> Path:
        """Return where PostgreSQL keeps its files."""
        return self.directory / "pgdata"

    @property
    def title(self) -> str:
        """Return the name that the processes of this cluster carry, one per directory."""
        return f"waymark-{hashlib.sha256(str(self.directory).encode()).hexdigest()[:12]}"

    @property
    def socket_directory(self) -> Path:
        """Return where the Unix socket is: in the cluster's directory, or under /tmp when that is too long."""
        inside = self.directory / "socket"
        fits = len(os.fsencode(inside)) <= LONGEST_SOCKET_DIRECTORY
        return inside if fits else Path("/tmp") / self.title  # noqa: S108 - owner and mode are checked at each start

    @property
    def port(self) -> int:
        """Return the loopback TCP port, which also names the socket; a FileNotFoundError before the first start."""
        return int((self.directory / "port").read_text())

    @property
    def account(self) -> pwd.struct_passwd:
        """Return the account that the server runs as: the owner of its files, or for a new cluster ours."""
        if not self.directory.exists() or (owner := self.directory.stat().st_uid) == 0:
            return server_account()
        if os.geteuid() not in {0, owner}:
            raise PermissionError(
                f"The cluster in {self.directory} belongs to {pwd.getpwuid(owner).pw_name}: run as that user or root."
            )
        return pwd.getpwuid(owner)

    def password(self, role: str) -> str:
        """Return the password that this cluster keeps for `role`, made up on first asking.

        Setting it in the database (ALTER ROLE) is the caller's part, but for the operator's.
        """
        return password(self._passfile, role)

    def url(self, role: str = OPERATOR, database: str = "postgres") -> str:
        """Return the libpq connection string for `role` over the Unix socket; it holds no password."""
        return make_conninfo(
            host=str(self.socket_directory),
            port=self.port,
            user=role,
            dbname=database,
            passfile=str(self._passfile),
        )

    def loopback_url(self, role: str, database: str) -> str:
        """Return the libpq connection string for `role` over loopback TCP; the operator is refused there."""
        return make_conninfo(self.url(role, database), host="127.0.0.1")

    def is_running(self) -> bool:
        """Return whether the server of this directory accepts connections."""
        lines = self._pid_file()
        return len(lines) > 7 and lines[7].strip() == "ready" and is_postmaster(int(lines[0]), self.data_directory)

    def start(self) -> None:
        """Make the cluster if there is none, start it if it does not run, and return when it answers.

        Cleans up after a server that was killed: its orphaned backends, its lock files. Safe to call from
        several processes at once. Raises ServerMissing, ProgramFailed or PermissionError, in a sentence.
        """
        account = self.account
        own_directory(self.directory, account)
        with (self.directory / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.data_directory.exists():
                self._initialise()
            if self._has_postmaster():
                self._wait_until_ready()
                return
            end_orphans(self.data_directory, self.title)
            (self.data_directory / "postmaster.pid").unlink(missing_ok=True)
            self._prepare_socket()
            self._choose_port()
            self._configure()
            self._start_server()

    def stop(self, *, immediately: bool = False) -> None:
        """Stop the server, ending open connections, and wait; `immediately` skips the checkpoint."""
        if self._has_postmaster():
            mode = "immediate" if immediately else "fast"
            self._run("pg_ctl", "stop", "-D", self.data_directory, "-m", mode, "-w", "-t", SECONDS_TO_START)

    def ensure_database(self, name: str) -> bool:
        """Create the database `name` if there is none; return whether it was created."""
        with psycopg.connect(self.url(), autocommit=True) as conn:
            if conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
            conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            return True

    @property
    def _passfile(self) -> Path:
        return self.directory / "passfile"

    @property
    def _log(self) -> Path:
        return self.directory / "server.log"

    def _pid_file(self) -> list[str]:
        try:
            return (self.data_directory / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _has_postmaster(self) -> bool:
        lines = self._pid_file()
        return bool(lines) and is_postmaster(int(lines[0]), self.data_directory)

    def _run(self, program: str, *words: object) -> str:
        version = self.data_directory / "PG_VERSION"
        major = version.read_text().strip() if version.exists() else None
        return run_as(self.account, [programs(major) / program, *map(str, words)])

    def _initialise(self) -> None:
        """Run initdb beside the final place and move the result there, so that a half-made one is never used."""
        half_made = self.directory / "pgdata.new"
        shutil.rmtree(half_made, ignore_errors=True)
        password_file = self.directory / "operator_password"
        write_private(password_file, self.password(OPERATOR), self.account)
        try:
            self._run(
                "initdb",
                f"--pgdata={half_made}",
                f"--username={OPERATOR}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--data-checksums",
                *([] if self.durable else ["--no-sync"]),
            )
        finally:
            password_file.unlink()
        half_made.rename(self.data_directory)

    def _prepare_socket(self) -> None:
        """Make the socket's directory ours alone, and empty: a stale lock file there can stop a start."""
        own_directory(self.socket_directory, self.account)
        for left_over in self.socket_directory.glob(".s.PGSQL.*"):
            left_over.unlink()

    def _choose_port(self) -> None:
        """Keep the remembered port while it is free; else remember another."""
        remembered = self.directory / "port"
        wanted = self.port if remembered.exists() else 0
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                probe.bind(("127.0.0.1", 0))
            write_private(remembered, f"{probe.getsockname()[1]}\n")

    def _configure(self) -> None:
        build = self._run("pg_config", "--configure")
        compression = "lz4" if "--with-lz4" in build else "on"
        settings = server_settings(memory_mebibytes(), durable=self.durable, compression=compression)
        settings |= {
            "port": str(self.port),
            "cluster_name": f"'{self.title}'",
            "unix_socket_directories": "'{}'".format(str(self.socket_directory).replace("'", "''")),
        }
        for name, text in (
            ("postgresql.conf", postgresql_conf(settings)),
            ("pg_hba.conf", pg_hba_conf(OPERATOR)),
        ):
            write_private(self.data_directory / name, text, self.account)

    def _start_server(self) -> None:
        if self._log.exists():
            self._log.replace(self._log.with_suffix(".previous.log"))
        try:
            self._run("pg_ctl", "start", "-D", self.data_directory, "-l", self._log, "-w", "-t", SECONDS_TO_START)
        except ProgramFailed as failure:
            said = self._log.read_text() if self._log.exists() else str(failure)
            raise ProgramFailed(
                f"PostgreSQL did not start in {self.directory}. It said: {said.strip()[-2000:]}"
            ) from failure

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while not self.is_running():
            if time.monotonic() > deadline or not self._has_postmaster():
                raise ProgramFailed(f"The server of {self.directory} is not ready; its log is {self._log}.")
            time.sleep(0.05)


def cluster_directory(checkout: Path) -> Path:
    """Return where the cluster of a checkout lives, and make the directory above it.

    That is the checkout's var/ or, when the server's account cannot reach the checkout (as when root keeps it
    in /root), one directory per checkout in /var/lib/waymark.
    """
    checkout = checkout.resolve()
    account = server_account()
    if os.geteuid() == account.pw_uid:
        make_passable(checkout / "var", 0o700)
        return checkout / "var" / "cluster"
    if can_enter(account, checkout):
        make_passable(checkout / "var", 0o711)
        return checkout / "var" / "cluster"
    make_passable(STATE, 0o711)
    return STATE / hashlib.sha256(os.fsencode(checkout)).hexdigest()[:12]


@contextlib.contextmanager
def temporary_cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """Give a running cluster in a new directory under the system's temporary one; it is removed at the end.

    First removes what earlier callers left that were killed. Ask for `durable` where a test kills the server
    and expects acknowledged commits to be there.
    """
    temporary = Path(tempfile.gettempdir())
    for left_over in temporary.glob(f"{PREFIX}*.owner"):
        _remove_if_abandoned(left_over)
    owner = tempfile.NamedTemporaryFile(prefix=PREFIX, suffix=".owner", delete=False)  # noqa: SIM115 - outlives the block
    with owner:
        fcntl.flock(owner, fcntl.LOCK_EX)
        cluster = Cluster(directory=Path(owner.name).with_suffix(""), durable=durable)
        try:
            cluster.start()
            yield cluster
        finally:
            _remove(cluster, Path(owner.name))


def _remove_if_abandoned(owner: Path) -> None:
    """Remove a temporary cluster whose owner no longer holds its lock: it was killed."""
    with contextlib.suppress(OSError, ProgramFailed), owner.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(Cluster(directory=owner.with_suffix("")), owner)


def _remove(cluster: Cluster, owner: Path) -> None:
    cluster.stop(immediately=True)
    end_orphans(cluster.data_directory, cluster.title)
    shutil.rmtree(cluster.directory, ignore_errors=True)
    owner.unlink(missing_ok=True)
