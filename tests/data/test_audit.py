import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import rfc8785
from psycopg.types.json import Jsonb

from data.audit import NoSuchChain, export, genesis, heads, link, my_entries, verify
from data.audit_anchors import Anchor, AnchorsBroken, append_anchors, read_anchors
from data.vault import Vault
from tests.data.partners import VAULT, a_member, act, an_organisation

NAME = "Harbour Aid"


@pytest.fixture
def chain(operator: psycopg.Connection) -> int:
    """Twelve entries of one organisation, with its number; another organisation's chain stands beside it."""
    an_organisation(operator, NAME)
    an_organisation(operator, "Town Council")
    row = operator.execute("SELECT id FROM access.organisation WHERE name = %s", (NAME,)).fetchone()
    assert row is not None
    for number in range(11):
        append(operator, row[0], what=f'£{number} "seen"\n')
    operator.execute("ALTER TABLE audit.entry DISABLE TRIGGER never_changed")
    return int(row[0])


def append(conn: psycopg.Connection, chain: int, **details: object) -> None:
    conn.execute("SELECT audit.append_to(%s, 'administration', %s)", (chain, Jsonb(details)))


def found(conn: psycopg.Connection, anchors: list[Anchor] | None = None) -> list[tuple[int, int]]:
    _, faults = verify(conn, anchors or [])
    for fault in faults:
        assert re.fullmatch(rf"Organisation {fault.organisation_id}, entry {fault.seq}: .+\.", fault.sentence)
    return [(fault.organisation_id, fault.seq) for fault in faults]


def hash_at(conn: psycopg.Connection, chain: int, seq: int) -> bytes:
    row = conn.execute("SELECT hash FROM audit.entry WHERE (organisation_id, seq) = (%s, %s)", (chain, seq)).fetchone()
    assert row is not None
    return bytes(row[0])


def rewrite_from(conn: psycopg.Connection, chain: int, seq: int) -> None:
    """Make the hashes from an entry on fit again, head included: what a careful forger would do."""
    previous = hash_at(conn, chain, seq - 1) if seq > 1 else genesis(chain)
    rows = conn.execute(
        "SELECT seq, body FROM audit.entry WHERE organisation_id = %s AND seq >= %s ORDER BY seq", (chain, seq)
    ).fetchall()
    for number, body in rows:
        previous = link(previous, body)
        conn.execute(
            "UPDATE audit.entry SET hash = %s WHERE (organisation_id, seq) = (%s, %s)", (previous, chain, number)
        )
    conn.execute(
        "UPDATE audit.chain SET hash = %s, seq = (SELECT max(seq) FROM audit.entry WHERE organisation_id = %s) "
        "WHERE organisation_id = %s",
        (previous, chain, chain),
    )


def anchored(conn: psycopg.Connection, tmp_path: Path) -> list[Anchor]:
    append_anchors(tmp_path / "anchors.jsonl", VAULT, heads(conn))
    return read_anchors(tmp_path / "anchors.jsonl", VAULT)


def test_an_honest_chain_has_no_fault(operator: psycopg.Connection, chain: int, tmp_path: Path) -> None:
    anchors = anchored(operator, tmp_path)
    append(operator, chain, what="later")
    counted, faults = verify(operator, anchors)
    assert (counted, faults) == (14, [])


def test_the_first_entry_follows_a_hash_of_the_organisations_own(operator: psycopg.Connection, chain: int) -> None:
    (body,) = (
        operator.execute("SELECT body FROM audit.entry WHERE (organisation_id, seq) = (%s, 1)", (chain,)).fetchone()
        or ()
    )
    assert hash_at(operator, chain, 1) == hashlib.sha256(genesis(chain) + body.encode()).digest()


@pytest.mark.proof
@pytest.mark.parametrize("seq", [1, 5, 12])
@pytest.mark.parametrize(
    "change",
    [
        r"overlay(body PLACING 'X' FROM 12 FOR 1)",
        "replace(body, 'administration', 'disclosure')",
        "replace(body, ',', ', ')",
        "body || ' '",
        "'[' || body || ']'",
        "''",
    ],
)
def test_an_altered_text_is_found_where_it_is(operator: psycopg.Connection, chain: int, seq: int, change: str) -> None:
    operator.execute(
        f"UPDATE audit.entry SET body = {change} WHERE (organisation_id, seq) = (%s, %s)",
        (chain, seq),
    )
    assert found(operator) == [(chain, seq)]


@pytest.mark.proof
@pytest.mark.parametrize("seq", [1, 5])
def test_an_altered_hash_is_found_where_it_is(operator: psycopg.Connection, chain: int, seq: int) -> None:
    operator.execute(
        "UPDATE audit.entry SET hash = set_byte(hash, 3, get_byte(hash, 3) # 1) "
        "WHERE (organisation_id, seq) = (%s, %s)",
        (chain, seq),
    )
    assert found(operator) == [(chain, seq)]


@pytest.mark.proof
def test_neighbours_with_altered_hashes_are_each_found(operator: psycopg.Connection, chain: int) -> None:
    operator.execute(
        "UPDATE audit.entry SET hash = sha256(hash) WHERE organisation_id = %s AND seq IN (4, 5, 6)", (chain,)
    )
    assert found(operator) == [(chain, 4), (chain, 5), (chain, 6)]


def test_each_entry_is_hashed_once(operator: psycopg.Connection, chain: int, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = []

    def counting(previous: bytes, body: str) -> bytes:
        hashed.append(body)
        return link(previous, body)

    monkeypatch.setattr("data.audit.link", counting)
    assert chain
    assert verify(operator) == (13, [])
    assert len(hashed) == 13


@pytest.mark.proof
@pytest.mark.parametrize("seq", [1, 6, 11])
def test_a_deleted_entry_is_missed(operator: psycopg.Connection, chain: int, seq: int) -> None:
    operator.execute("DELETE FROM audit.entry WHERE (organisation_id, seq) = (%s, %s)", (chain, seq))
    assert found(operator) == [(chain, seq)]
    assert "is missing" in verify(operator)[1][0].sentence


@pytest.mark.proof
def test_deleted_and_renumbered_entries_are_found(operator: psycopg.Connection, chain: int) -> None:
    operator.execute("DELETE FROM audit.entry WHERE (organisation_id, seq) = (%s, 6)", (chain,))
    for seq in range(7, 13):
        operator.execute("UPDATE audit.entry SET seq = seq - 1 WHERE (organisation_id, seq) = (%s, %s)", (chain, seq))
    rewrite_from(operator, chain, 6)
    assert found(operator) == [(chain, seq) for seq in range(6, 12)]


@pytest.mark.proof
def test_two_entries_in_each_others_place_are_found(operator: psycopg.Connection, chain: int) -> None:
    for was, becomes in ((4, -1), (8, 4), (-1, 8)):
        operator.execute(
            "UPDATE audit.entry SET seq = %s WHERE (organisation_id, seq) = (%s, %s)", (becomes, chain, was)
        )
    assert {seq for _, seq in found(operator)} >= {4, 8}
    assert all(organisation == chain for organisation, _ in found(operator))


@pytest.mark.proof
def test_a_tail_cut_off_is_missed(operator: psycopg.Connection, chain: int) -> None:
    operator.execute("DELETE FROM audit.entry WHERE organisation_id = %s AND seq > 9", (chain,))
    assert found(operator) == [(chain, 10)]
    assert "up to 12 are missing from the end" in verify(operator)[1][0].sentence


@pytest.mark.proof
def test_a_tail_cut_off_with_its_head_rewritten_is_missed_by_its_anchor(
    operator: psycopg.Connection, chain: int, tmp_path: Path
) -> None:
    anchors = anchored(operator, tmp_path)
    operator.execute("DELETE FROM audit.entry WHERE organisation_id = %s AND seq > 9", (chain,))
    rewrite_from(operator, chain, 1)
    assert found(operator) == []
    assert found(operator, anchors) == [(chain, 12)]


@pytest.mark.proof
def test_a_fork_is_found_by_its_anchor(operator: psycopg.Connection, chain: int, tmp_path: Path) -> None:
    anchors = anchored(operator, tmp_path)
    operator.execute("DELETE FROM audit.entry WHERE organisation_id = %s AND seq > 6", (chain,))
    rewrite_from(operator, chain, 1)
    for _ in range(9):
        append(operator, chain, what="another story")
    assert found(operator) == []
    assert found(operator, anchors) == [(chain, 12)]
    assert "not the entry that was anchored" in verify(operator, anchors)[1][0].sentence


@pytest.mark.proof
def test_an_entry_grafted_beside_the_chain_is_found(operator: psycopg.Connection, chain: int) -> None:
    body = rfc8785.dumps({"seq": 13, "what": "grafted"}).decode()
    operator.execute(
        "INSERT INTO audit.entry VALUES (%s, 13, %s, %s)", (chain, body, link(hash_at(operator, chain, 8), body))
    )
    assert (chain, 13) in found(operator)


@pytest.mark.proof
def test_a_whole_chain_taken_away_is_missed_by_its_anchor(
    operator: psycopg.Connection, chain: int, tmp_path: Path
) -> None:
    anchors = anchored(operator, tmp_path)
    operator.execute("DELETE FROM audit.entry WHERE organisation_id = %s", (chain,))
    assert found(operator) == [(chain, 1)]
    operator.execute("DELETE FROM audit.chain WHERE organisation_id = %s", (chain,))
    assert found(operator) == []
    assert found(operator, anchors) == [(chain, 12)]


@pytest.mark.proof
@pytest.mark.parametrize("change", ["hash = sha256('x')", "seq = 11", "seq = 13"])
def test_an_altered_head_is_found(operator: psycopg.Connection, chain: int, change: str) -> None:
    operator.execute(f"UPDATE audit.chain SET {change} WHERE organisation_id = %s", (chain,))
    assert [organisation for organisation, _ in found(operator)] == [chain]
    operator.execute("DELETE FROM audit.chain WHERE organisation_id = %s", (chain,))
    assert found(operator) == [(chain, 12)]


def _flip(text: str) -> str:
    return text.replace('"seq": 12', '"seq": 11')


def _drop_first(text: str) -> str:
    return "".join(text.splitlines(keepends=True)[1:])


def _swap(text: str) -> str:
    return "".join(reversed(text.splitlines(keepends=True)))


def _garble(text: str) -> str:
    return text + "not json\n"


@pytest.mark.parametrize("change", [_flip, _drop_first, _swap, _garble])
def test_forged_anchors_are_refused(
    operator: psycopg.Connection, chain: int, tmp_path: Path, change: Callable[[str], str]
) -> None:
    assert {anchor.seq for anchor in anchored(operator, tmp_path) if anchor.organisation_id == chain} == {12}
    path = tmp_path / "anchors.jsonl"
    path.write_text(change(path.read_text()))
    with pytest.raises(AnchorsBroken, match=r"Line \d of .* was not written by Waymark"):
        read_anchors(path, VAULT)
    with pytest.raises(AnchorsBroken):
        append_anchors(path, VAULT, heads(operator))


def test_anchors_need_the_master_key(operator: psycopg.Connection, chain: int, tmp_path: Path) -> None:
    assert chain
    anchored(operator, tmp_path)
    with pytest.raises(AnchorsBroken):
        read_anchors(tmp_path / "anchors.jsonl", Vault(bytes(32)))


def test_only_what_moved_is_anchored_again(operator: psycopg.Connection, chain: int, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "anchors.jsonl"
    assert {anchor.organisation_id for anchor in append_anchors(path, VAULT, heads(operator))} > {chain}
    assert append_anchors(path, VAULT, heads(operator)) == []
    append(operator, chain, what="later")
    (new,) = append_anchors(path, VAULT, heads(operator))
    assert (new.organisation_id, new.seq, new.hash) == (chain, 13, hash_at(operator, chain, 13))
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(read_anchors(path, VAULT)) == 3


def test_an_export_can_be_verified_by_others(operator: psycopg.Connection, chain: int) -> None:
    previous = genesis(chain)
    lines = [json.loads(line) for line in export(operator, NAME)]
    for line in lines:
        previous = link(previous, line["body"])
        assert line["hash"] == previous.hex()
    assert [line["seq"] for line in lines] == list(range(1, 13))
    with pytest.raises(NoSuchChain, match="'Nobody' has an audit"):
        list(export(operator, "Nobody"))


def test_an_auditor_reads_their_own_chain_and_others_none(operator: psycopg.Connection, chain: int) -> None:
    assert chain
    a_member(operator, "aud@example.org", NAME, "auditor")
    a_member(operator, "ada@example.org", NAME)
    act(operator, "aud@example.org", NAME, "audit")
    page = my_entries(operator, after=3, at_most=4)
    assert [entry.seq for entry in page] == [4, 5, 6, 7]
    act(operator, "ada@example.org", NAME)
    assert my_entries(operator) == []
