"""The audit for its auditor: found by kind, person and record; verified; exported so that others can check it."""

import json
import re
from collections.abc import Iterator

import httpx2
import psycopg
import pytest

from data.audit_reading import ExportBroken, check_export
from tests.web.test_pages import signed_in
from tests.web.world import World


@pytest.fixture
def browser(world: World) -> Iterator[httpx2.Client]:
    with world.client(follow_redirects=False) as client:
        yield client


@pytest.fixture
def seen(world: World) -> None:
    """Have the worker open a card."""
    with world.client() as worker:
        signed_in(worker, "worker@charity")
        worker.get(f"/places/{world.places['Amber Yard']}")


def references(page: str) -> list[str]:
    return re.findall(r"/audit\?record=([0-9a-f]+)", page)


@pytest.mark.usefixtures("seen")
def test_an_auditor_reads_who_saw_what_without_names_of_places(browser: httpx2.Client, world: World) -> None:
    page = signed_in(browser, "auditor@charity", "audit").text
    assert "Opened the card of a place" in page
    assert "worker@charity.test.invalid (outreach)" in page
    assert "Signed in" in page
    assert not any(name in page for name in ("Amber Yard", "Canal Works", "Invented Row"))
    assert not any(str(id) in page for id in world.places.values())


def test_a_card_shows_the_reference_under_which_its_place_is_found(browser: httpx2.Client, world: World) -> None:
    with world.client() as worker:
        signed_in(worker, "worker@charity")
        card = worker.get(f"/places/{world.places['Canal Works']}").text
    reference = re.findall(r"<code>([0-9a-f]+)</code>", card)[0]
    signed_in(browser, "auditor@charity", "audit")
    assert "Opened the card of a place" in browser.get("/audit", params={"record": reference}).text


@pytest.mark.usefixtures("seen")
def test_entries_are_found_by_record_person_kind_and_day(browser: httpx2.Client) -> None:
    page = signed_in(browser, "auditor@charity", "audit").text
    record = references(page)[0]
    of_record = browser.get("/audit", params={"record": record}).text
    assert set(references(of_record)) == {record}
    assert "Signed in</td>" not in of_record
    decided = browser.get("/audit", params={"group": "decided"}).text
    assert "Opened the card" not in decided
    assert "Signed an agreement" in decided
    auditor = re.search(r'<option value="([0-9a-f-]{36})">auditor@charity', page)
    assert auditor is not None
    mine = browser.get("/audit", params={"actor": auditor.group(1)}).text
    assert "worker@charity.test.invalid (outreach)</bdi>" not in mine
    assert "No entry is like this." in browser.get("/audit", params={"to_day": "2020-01-01"}).text


@pytest.mark.parametrize(
    "asked", [{"record": "x"}, {"actor": "me"}, {"from_day": "yesterday"}, {"group": "gossip"}, {"before": "0"}]
)
def test_nonsense_is_told_in_a_sentence(browser: httpx2.Client, asked: dict[str, str]) -> None:
    signed_in(browser, "auditor@charity", "audit")
    answer = browser.get("/audit", params=asked)
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.text


def test_older_entries_follow(browser: httpx2.Client) -> None:
    with_many = signed_in(browser, "auditor@charity", "audit")
    for _ in range(60):
        browser.post("/audit/verify")
    with_many = browser.get("/audit")
    older = re.search(r'href="(/audit\?before=\d+)"', with_many.text)
    assert older is not None
    first, second = (numbers(page.text) for page in (with_many, browser.get(older.group(1))))
    assert len(first) == 50
    assert min(first) > max(second)


def numbers(page: str) -> list[int]:
    return [int(found) for found in re.findall(r'<th scope="row"[^>]*>(\d+)</th>', page)]


def test_the_chain_is_verified_and_a_change_is_found(browser: httpx2.Client, world: World) -> None:
    signed_in(browser, "auditor@charity", "audit")
    assert "The chain is unbroken" in browser.post("/audit/verify").text
    with psycopg.connect(world.operator, autocommit=True) as conn:
        alter(conn, "signed in", "signed-in")
        broken = browser.post("/audit/verify").text
        alter(conn, "signed-in", "signed in")
    assert "The chain is broken" in broken
    assert "The chain is unbroken" in browser.post("/audit/verify").text


def alter(conn: psycopg.Connection, was: str, becomes: str) -> None:
    with conn.transaction():
        conn.execute("ALTER TABLE audit.entry DISABLE TRIGGER never_changed")
        conn.execute(
            "UPDATE audit.entry AS e SET body = replace(body, %s, %s) WHERE seq = (SELECT min(seq) FROM audit.entry"
            " WHERE body LIKE %s AND organisation_id = e.organisation_id)",
            [f'"{was}"', f'"{becomes}"', f'%"{was}"%'],
        )
        conn.execute("ALTER TABLE audit.entry ENABLE TRIGGER never_changed")


def test_an_export_is_signed_and_every_change_to_it_is_found(browser: httpx2.Client, world: World) -> None:
    signed_in(browser, "auditor@charity", "audit")
    answer = browser.post("/audit/export")
    assert "waymark-audit.jsonl" in answer.headers["content-disposition"]
    lines = answer.text.splitlines(keepends=True)
    vault = world.backing.vault
    assert check_export(lines, vault) == ("Test Charity", len(lines) - 2)
    assert "Exported the audit" in browser.get("/audit").text
    assert json.loads(json.loads(lines[-2])["body"])["what"] == "exported the audit"
    changed = [line.replace("signed in", "sighed in") for line in lines]
    for wrong in (lines[:-1], lines[:3] + lines[4:], changed, lines[:1] + lines[-1:], []):
        with pytest.raises(ExportBroken):
            check_export(wrong, vault)
