"""Encrypted backups: pg_dump's custom format, in sealed pieces, and back into an empty database.

The file: a line that names the format; a key of its own, wrapped by the master key; then pieces of 1 MiB, each
under AES-256-GCM with its number and whether it is the last as nonce (the STREAM construction of Hoang,
Reyhanitabar, Rogaway and Vizár, 2015). A piece changed, moved, left out or cut off the end is noticed, and
nothing is restored from a file that was not read to its end first.
"""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import IO, cast

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from data.audit import heads
from data.migrate import migrate
from data.people import audit
from data.postgres import ProgramFailed, programs
from data.vault import SecretSealBroken, Vault, decrypt, encrypt

FORMAT = b"Waymark backup 1\n"
PIECE = 1 << 20
TAG = 16
WRAPPED_KEY = 12 + 32 + TAG


class BackupBroken(ValueError):
    """A backup that was altered or cut short, or that another master key sealed."""


class NotEmpty(ValueError):
    """A database that holds something already, or a file that would be written over."""


def back_up(url: str, path: Path, vault: Vault) -> int:
    """Write an encrypted backup of the database to `path`, new and ours alone; its size in bytes.

    One moment of the database, taken while it is used. That a backup was taken is in every audit. Raises
    NotEmpty when the file exists, ProgramFailed in pg_dump's words; then no file is left.
    """
    if path.exists():
        raise NotEmpty(f"{path} exists already: a backup is never written over another.")
    _audit_everywhere(url, "took a backup")
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _dump_into(url, file, vault)
            file.flush()
            os.fsync(descriptor)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return path.stat().st_size


def restore(path: Path, url: str, vault: Vault) -> None:
    """Fill an empty database from a backup, all or nothing.

    The roles come from the migrations when the server has none yet; the service's password is set anew by the
    caller. Raises BackupBroken before anything is touched, NotEmpty, or ProgramFailed in pg_restore's words.
    """
    with path.open("rb") as file:
        for _ in opened_pieces(file, vault):
            continue
    with psycopg.connect(url, autocommit=True) as conn:
        holds = "SELECT 1 FROM pg_namespace WHERE nspname IN ('access', 'store', 'audit')"
        if conn.execute(holds).fetchone():
            raise NotEmpty("The database holds Waymark's tables already: restore into an empty one.")
        has_roles = conn.execute("SELECT 1 FROM pg_roles WHERE rolname = 'waymark_escalator'").fetchone()
    if not has_roles:
        _make_roles(url)
    _restore_from(path, url, vault)
    _audit_everywhere(url, "restored a backup")


def sealed_pieces(source: IO[bytes], vault: Vault) -> Iterator[bytes]:
    """Yield the bytes of a backup of everything that `source` gives."""
    key = os.urandom(32)
    yield FORMAT + encrypt(_wrapping_key(vault), key, FORMAT)
    cipher, number = AESGCM(key), 0
    piece = source.read(PIECE)
    while True:
        following = source.read(PIECE) if len(piece) == PIECE else b""
        yield cipher.encrypt(_nonce(number, is_last=not following), piece, FORMAT)
        if not following:
            return
        piece, number = following, number + 1


def opened_pieces(source: IO[bytes], vault: Vault) -> Iterator[bytes]:
    """Yield what was backed up, piece by piece. Raises BackupBroken at the first that is not as it was written."""
    if source.read(len(FORMAT)) != FORMAT:
        raise BackupBroken("The file is not a backup of Waymark.")
    try:
        key = decrypt(_wrapping_key(vault), source.read(WRAPPED_KEY), FORMAT)
    except SecretSealBroken as error:
        raise BackupBroken("The backup was sealed under another master key, or its beginning was altered.") from error
    cipher, number = AESGCM(key), 0
    piece = source.read(PIECE + TAG)
    while True:
        following = source.read(PIECE + TAG) if len(piece) == PIECE + TAG else b""
        try:
            yield cipher.decrypt(_nonce(number, is_last=not following), piece, FORMAT)
        except (InvalidTag, ValueError) as error:
            raise BackupBroken(
                f"The backup was altered or cut short at its piece {number + 1}: nothing of it is used."
            ) from error
        if not following:
            return
        piece, number = following, number + 1


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _wrapping_key(vault: Vault) -> bytes:
    return vault.derived_key("backups")


def _dump_into(url: str, file: IO[bytes], vault: Vault) -> None:
    with _running("pg_dump", url, "--format=custom") as program:
        for piece in sealed_pieces(cast(IO[bytes], program.stdout), vault):
            file.write(piece)


def _restore_from(path: Path, url: str, vault: Vault) -> None:
    with path.open("rb") as file, _running("pg_restore", url, "--exit-on-error", "--single-transaction") as program:
        stdin = cast(IO[bytes], program.stdin)
        # A program that has failed stops reading; what it said is raised at the end of the block.
        with contextlib.suppress(BrokenPipeError):
            for piece in opened_pieces(file, vault):
                stdin.write(piece)
            stdin.close()


@contextlib.contextmanager
def _running(name: str, url: str, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Give a running PostgreSQL program; ProgramFailed in its own words unless it ends well after the block.

    The password, if the address holds one, does not show among the machine's processes.
    """
    parts = conninfo_to_dict(url)
    password = parts.pop("password", None)
    without_password = make_conninfo(**{keyword: str(value) for keyword, value in parts.items()})
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    command = [str(programs() / name), "--no-password", f"--dbname={without_password}", *words]
    with tempfile.TemporaryFile() as said:
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=said, env=environment) as program:
            try:
                yield program
            except BaseException:
                program.kill()
                raise
        if program.returncode != 0:
            said.seek(0)
            # Only the program's own lines: details and contexts may quote rows.
            errors = [line for line in said.read().decode(errors="replace").splitlines() if line.startswith(f"{name}:")]
            raise ProgramFailed(f"{name} failed. {' '.join(errors)[-2000:]}")


def _make_roles(url: str) -> None:
    """Let the migrations make the roles of the server, in a database that is dropped again."""
    scratch = sql.Identifier(f"waymark_roles_{token_hex(6)}")
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(scratch))
        try:
            with psycopg.connect(make_conninfo(url, dbname=scratch.as_string().strip('"'))) as inside:
                migrate(inside)
        finally:
            conn.execute(sql.SQL("DROP DATABASE {}").format(scratch))


def _audit_everywhere(url: str, what: str) -> None:
    with psycopg.connect(url) as conn:
        for head in heads(conn):
            audit(conn, head.organisation_id, what=what)
