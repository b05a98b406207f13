"""An insider gets a statement of their own into a query, and with the service's rights tries to become a colleague."""

import hashlib
from uuid import UUID

import psycopg
import pytest

from data.cluster import Cluster
from data.sessions import lay_door, open_session
from data.vault import KEY_BYTES, Vault
from tests import worlds
from tests.api.scene import PASSWORD, Scene, email_of

pytestmark = pytest.mark.proof
LET_IN = "SELECT access.let_in(%s, 'visit', %s, %s)"


@pytest.fixture
def colleague(writer: psycopg.Connection) -> UUID:
    return worlds.a_membership(writer, worlds.an_organisation(writer))


def test_no_session_of_anybodys_opens_without_the_key_of_the_door(
    writer: psycopg.Connection, service: psycopg.Connection, colleague: UUID
) -> None:
    vault, mine = Vault(b"k" * KEY_BYTES), hashlib.sha256(b"a token that I chose").digest()
    lay_door(writer, vault)
    for proof in (None, b"", b"guessed", hashlib.sha256(mine).digest()):
        assert service.execute(LET_IN, [colleague, mine, proof]).fetchone() == (None,)
    with service.transaction():
        opened = open_session(service, vault, membership=colleague, purpose="visit")
    assert opened.token
    lay_door(writer, Vault(b"l" * KEY_BYTES))
    with pytest.raises(PermissionError):
        open_session(service, vault, membership=colleague, purpose="visit")


def test_a_proof_is_good_for_the_session_alone_that_it_was_made_for(
    writer: psycopg.Connection, service: psycopg.Connection, colleague: UUID
) -> None:
    lay_door(writer, Vault(b"k" * KEY_BYTES))
    seen = writer.execute(
        "SELECT public.hmac(%s::bytea || uuid_send(%s) || 'visit'::bytea, d.key, 'sha256') FROM access.door AS d",
        [b"h" * 32, colleague],
    ).fetchone()
    assert seen is not None
    other = worlds.a_membership(writer, worlds.an_organisation(writer))
    assert service.execute(LET_IN, [other, b"h" * 32, seen[0]]).fetchone() == (None,)
    assert service.execute(LET_IN, [colleague, b"i" * 32, seen[0]]).fetchone() == (None,)
    assert service.execute(LET_IN, [colleague, b"h" * 32, seen[0]]).fetchone() != (None,)


@pytest.mark.parametrize("query", ["SELECT key FROM access.door", "UPDATE access.door SET key = key",
                                   "DELETE FROM access.door",
                                   "SELECT access.open_session(gen_random_uuid(), 'visit', sha256('a'))"])  # fmt: skip
def test_the_service_neither_reads_the_key_nor_goes_round_the_door(service: psycopg.Connection, query: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        service.execute(query.encode())


def test_people_sign_in_as_ever_once_the_door_is_laid(scene: Scene, cluster: Cluster) -> None:
    assert cluster.is_running()
    credentials = {"email": email_of("worker"), "password": PASSWORD, "purpose": "visit"}
    lay_door(scene.conn, scene.backing.vault)
    assert scene.send("POST", "/api/session", credentials, kind={}).status_code == 201
    lay_door(scene.conn, Vault(b"z" * KEY_BYTES))
    assert scene.send("POST", "/api/session", credentials, kind={}).status_code == 401


@pytest.mark.parametrize("role", ["waymark_app", "waymark_escalator"])
def test_no_role_that_signs_in_takes_a_lock_by_its_number(operator: psycopg.Connection, role: str) -> None:
    """Whoever took the lock of the ladders, or the watchdog's, would hold up every alarm for as long as they like."""
    query = (
        "SELECT p.oid::regprocedure::text FROM pg_proc AS p WHERE p.proname ~ 'advisory' "
        "AND has_function_privilege(%s, p.oid, 'EXECUTE')"
    )
    assert operator.execute(query, [role]).fetchall() == []
