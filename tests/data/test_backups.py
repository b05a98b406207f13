import io
import json
import os
import uuid
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.audit import verify
from data.backups import PIECE, BackupBroken, NotEmpty, back_up, opened_pieces, restore, sealed_pieces
from data.cluster import Cluster, temporary_cluster
from data.postgres import ProgramFailed
from data.vault import Vault
from tests.data.partners import VAULT, a_member, an_organisation

SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 5]


def sealed(plain: bytes) -> bytes:
    return b"".join(sealed_pieces(io.BytesIO(plain), VAULT))


def opened(backup: bytes, vault: Vault = VAULT) -> bytes:
    return b"".join(opened_pieces(io.BytesIO(backup), vault))


@pytest.mark.parametrize("size", SIZES)
def test_what_is_backed_up_comes_back(size: int) -> None:
    plain = os.urandom(size)
    assert opened(sealed(plain)) == plain


@pytest.mark.parametrize("size", SIZES)
def test_a_backup_cut_short_anywhere_is_refused(size: int) -> None:
    backup = sealed(bytes(size))
    pieces = len(backup) - 17 - 60
    for length in {0, 10, 17, 40, 77, len(backup) - 1, 77 + PIECE + 16, 77 + pieces // 2} - {len(backup)}:
        if length < len(backup):
            with pytest.raises(BackupBroken):
                opened(backup[:length])


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_one_flipped_bit_anywhere_is_refused(position: int, bit: int) -> None:
    backup = bytearray(sealed(b"places and notes"))
    backup[position % len(backup)] ^= 1 << bit
    with pytest.raises(BackupBroken):
        opened(bytes(backup))


def test_pieces_swapped_repeated_or_left_out_are_refused() -> None:
    backup = sealed(os.urandom(3 * PIECE))
    start, size = 77, PIECE + 16
    head, one, two, three = backup[:start], *(backup[start + n * size : start + (n + 1) * size] for n in range(3))
    assert opened(head + one + two + three)
    for others in (two + one + three, one + one + two + three, one + three, two + three, one + two + three + three):
        with pytest.raises(BackupBroken):
            opened(head + others)


def test_another_master_key_and_another_file_are_refused() -> None:
    with pytest.raises(BackupBroken, match="another master key"):
        opened(sealed(b"x"), Vault(bytes(32)))
    with pytest.raises(BackupBroken, match="not a backup"):
        opened(b"PGDMP" + bytes(100))


def a_note(conn: psycopg.Connection, words: str) -> uuid.UUID:
    note = uuid.uuid4()
    owner, uid, wrapped = conn.execute(
        "SELECT o.id, o.uid, k.wrapped FROM access.organisation AS o "
        "JOIN access.organisation_key AS k ON k.organisation_id = o.id"
    ).fetchone() or (0, note, b"")
    (label,) = conn.execute(
        "INSERT INTO access.label (owner_id, sensitivity, area_id, collected_for, handling_id) "
        "VALUES (%s, 2, 901, 'safeguarding', 0) RETURNING id",
        (owner,),
    ).fetchone() or (0,)
    lock = label * 32 + 2 * 8 + 5
    ciphertext, key = VAULT.seal_note(
        words, note_id=note, owner_uid=uid, lock_id=lock, wrapped_organisation_key=wrapped
    )
    conn.execute(
        "INSERT INTO store.note (id, place_id, lock_id, category, severity, provenance, ciphertext, review_on, "
        "recorded_on, changed_by, changed_at) VALUES (%s, %s, %s, 2, 3, 'saw myself', %s, now(), now(), %s, now())",
        (note, uuid.uuid4(), lock, ciphertext, uuid.uuid4()),
    )
    conn.execute("INSERT INTO store.note_key VALUES (%s, %s, %s)", (note, lock, key))
    conn.execute(
        "INSERT INTO store.place_point VALUES (%s, access.lock_of(%s, 0, 4), access.shelf_of(%s, 2), 1, 0, 1, 1, 0, "
        "-1.9, 52.5, 406825.0, 286875.0)",
        (uuid.uuid4(), label, owner),
    )
    conn.execute(
        "INSERT INTO reference.outline (layer, code, name, shape) "
        "VALUES ('boroughs', 'B1', 'Northtown', st_multi(st_geomfromtext("
        "'POLYGON((-2 52, -1 52, -1 53, -2 52))', 4326)))"
    )
    return note


@pytest.fixture
def filled(cluster: Cluster, database: str) -> str:
    """Commit some of everything, once; the database's address."""
    url = cluster.url(database=database)
    with psycopg.connect(url) as conn:
        if not conn.execute("SELECT 1 FROM access.organisation").fetchone():
            an_organisation(conn, "Harbour Aid")
            a_member(conn, "ada@example.org", "Harbour Aid")
            a_note(conn, "Curtains drawn at noon.")
    return url


EVERYTHING = (
    "access.organisation",
    "access.organisation_key",
    "access.person",
    "access.credential",
    "access.membership",
    "access.membership_area",
    "access.label",
    "access.precision_rule",
    "store.note",
    "store.note_key",
    "store.place_point",
    "store.place_cell",
    "reference.area",
    "reference.outline",
    "reference.taxonomy",
    "public.migration",
)


def contents(url: str) -> dict[str, list[str]]:
    with psycopg.connect(url) as conn:
        return {
            table: [row[0] for row in conn.execute(f"SELECT t::text FROM {table} AS t ORDER BY 1")]
            for table in EVERYTHING
        }


def empty(cluster: Cluster) -> str:
    name = f"restored_{uuid.uuid4().hex[:8]}"
    cluster.ensure_database(name)
    return cluster.url(database=name)


def test_everything_comes_back_with_its_protection(cluster: Cluster, filled: str, tmp_path: Path) -> None:
    path = tmp_path / "backup"
    assert back_up(filled, path, VAULT) == path.stat().st_size
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
    url = empty(cluster)
    restore(path, url, VAULT)
    assert contents(url) == contents(filled)
    assert all(contents(url).values())
    with psycopg.connect(url) as conn:
        assert verify(conn)[1] == []
        bodies = [body for (body,) in conn.execute("SELECT body FROM audit.entry ORDER BY seq DESC LIMIT 2")]
        assert [json.loads(body)["what"] for body in bodies] == ["restored a backup", "took a backup"]
        conn.execute("SET ROLE waymark_app")
        assert conn.execute("SELECT count(*) FROM store.place_point").fetchone() == (0,)
    for refused in ("SELECT relname FROM pg_class", "SELECT * FROM audit.entry", "SELECT audit.append_to(1, '', '{}')"):
        with psycopg.connect(url) as conn:
            conn.execute("SET ROLE waymark_app")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(refused.encode())


def test_a_backup_holds_no_readable_word(filled: str, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "backup", VAULT)
    raw = (tmp_path / "backup").read_bytes()
    assert b"PGDMP" not in raw
    assert b"Harbour" not in raw
    assert b"ada@example.org" not in raw


@pytest.mark.fault
def test_a_spoilt_backup_leaves_the_database_empty(cluster: Cluster, filled: str, tmp_path: Path) -> None:
    path = tmp_path / "backup"
    back_up(filled, path, VAULT)
    whole = path.read_bytes()
    url = empty(cluster)
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    for spoilt in (whole[:-1], whole[: len(whole) // 2], bytes(flipped), whole + b"x"):
        path.write_bytes(spoilt)
        with pytest.raises(BackupBroken, match="altered or cut short"):
            restore(path, url, VAULT)
    with psycopg.connect(url) as conn:
        assert conn.execute("SELECT count(*) FROM pg_namespace WHERE nspname IN ('access', 'store')").fetchone() == (0,)
    path.write_bytes(whole)
    restore(path, url, VAULT)


@pytest.mark.fault
def test_a_restore_that_fails_halfway_leaves_nothing(cluster: Cluster, tmp_path: Path) -> None:
    path = tmp_path / "backup"
    path.write_bytes(sealed(b"PGDMP, but not really"))
    url = empty(cluster)
    with pytest.raises(ProgramFailed, match="pg_restore: error"):
        restore(path, url, VAULT)


def test_nothing_is_written_over(filled: str, tmp_path: Path) -> None:
    path = tmp_path / "backup"
    back_up(filled, path, VAULT)
    with pytest.raises(NotEmpty, match="never written over"):
        back_up(filled, path, VAULT)
    with pytest.raises(NotEmpty, match="restore into an empty one"):
        restore(path, filled, VAULT)


def test_a_new_server_gets_its_roles_first(filled: str, tmp_path: Path) -> None:
    back_up(filled, tmp_path / "backup", VAULT)
    with temporary_cluster() as elsewhere:
        url = empty(elsewhere)
        restore(tmp_path / "backup", url, VAULT)
        assert contents(url) == contents(filled)
        with psycopg.connect(url) as conn:
            names = [name for (name,) in conn.execute("SELECT datname FROM pg_database")]
            assert not [name for name in names if name.startswith("waymark_roles")]
            row = conn.execute("SELECT rolconfig FROM pg_roles WHERE rolname = 'waymark_app'").fetchone()
            assert row is not None
            assert "plan_cache_mode=force_generic_plan" in row[0]
