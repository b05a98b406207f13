"""The people of an organisation, its operations, and who sees what, as pages without scripts."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx2
import psycopg
import pytest

from layers.catalogue import LAYERS
from tests.web.admins import add_person, email, signed_in_as, two_partners
from tests.web.world import HOSTILE, PASSWORD, World

Sides = tuple[str, str]
SOON = (datetime.now(UTC) + timedelta(days=100)).date().isoformat()


@pytest.fixture(scope="module")
def sides(world: World) -> Sides:
    names = two_partners(world)
    with psycopg.connect(world.operator) as conn:
        for who in ("admin2", "analyst", "auditor"):
            add_person(conn, world, names[0], who)
    return names


@pytest.fixture
def admin(world: World, sides: Sides) -> Iterator[httpx2.Client]:
    with signed_in_as(world, sides[0], "admin") as client:
        yield client


def path_of(client: httpx2.Client, who: str) -> str:
    found = re.search(rf'href="(/people/[^"]+)"><bdi>{re.escape(who)}</bdi>', client.get("/people").text)
    assert found is not None
    return found[1]


def rights(client: httpx2.Client, path: str, **more: object) -> dict[str, object]:
    page = client.get(path).text
    found = re.search(r'name="facts_hash" value="([^"]*)"', page)
    return {
        "facts_hash": found[1] if found else "",
        "clearance": "2",
        "areas": re.findall(r'name="areas" type="checkbox" value="(\d+)"', page),
        "until": SOON,
        "act": "save",
    } | more


def somebody(client: httpx2.Client, address: str, **more: object) -> httpx2.Response:
    form = rights(client, "/people/new") | {"email": address, "role": "outreach"} | more
    return client.post("/people/new", data=form)


def test_people_are_listed_with_what_they_may_know_and_nobody_elses(admin: httpx2.Client, sides: Sides) -> None:
    page = admin.get("/people").text
    assert all(email(sides[0], who) in page for who in ("admin", "admin2", "worker"))
    assert email(sides[1], "worker") not in page
    assert "Admin (you)" in page
    assert "Every area" in page


def test_a_new_members_first_password_is_shown_this_once(admin: httpx2.Client, world: World) -> None:
    added = somebody(admin, "New.Person@example.org")
    assert added.status_code == 200
    assert added.headers["cache-control"] == "no-store"
    password = re.search(r"<code>([a-z0-9-]{23})</code>", added.text)
    assert password is not None
    assert password[1] not in admin.get(path_of(admin, "new.person@example.org")).text
    with world.client() as client:
        form = {"email": "new.person@example.org", "password": password[1], "purpose": "visit"}
        assert "six digits" in client.post("/sign-in", data=form).text, "the authenticator is asked for as well"


def test_whether_somebody_is_known_elsewhere_is_not_told(admin: httpx2.Client, sides: Sides) -> None:
    known, new = somebody(admin, email(sides[1], "admin")), somebody(admin, "another@example.org")
    pages = [
        re.sub(r"<code>.*?</code>|<bdi>.*?</bdi>|/people/[0-9a-f-]+", "", answer.text.partition("<main")[2])
        for answer in (known, new)
    ]
    assert known.status_code == new.status_code == 200
    assert pages[0] == pages[1]


def test_rights_change_at_once_and_the_effect_is_told_before(admin: httpx2.Client, world: World, sides: Sides) -> None:
    path = path_of(admin, email(sides[0], "worker"))
    would = admin.post(path, data=rights(admin, path, clearance="0", act="effect"))
    assert "The member would lose 3 places." in would.text
    assert re.search(r'value="0" checked', would.text), "what was typed stays"
    with signed_in_as(world, sides[0], "worker") as worker:
        assert "Lime Yard" in worker.get("/map").text
        saved = admin.post(path, data=rights(admin, path, clearance="0"))
        assert saved.headers["location"] == f"{path}?saved"
        assert "Lime Yard" not in worker.get("/map").text
        back = admin.post(path, data=rights(admin, path, clearance="2"))
        assert back.status_code == 303
        assert "Lime Yard" in worker.get("/map").text


def test_a_suspension_is_one_button_and_shuts_out_at_once(admin: httpx2.Client, world: World, sides: Sides) -> None:
    path = path_of(admin, email(sides[0], "worker"))
    assert "The member would lose 3 places." in admin.post(f"{path}/effect").text
    with signed_in_as(world, sides[0], "worker") as worker:
        assert admin.post(f"{path}/suspend").headers["location"] == f"{path}?suspended"
        assert worker.get("/map").headers["location"] == "/sign-in?ended"
    assert "Suspended" in admin.get(path).text
    assert admin.post(f"{path}/lift").headers["location"] == f"{path}?lifted"
    with signed_in_as(world, sides[0], "worker") as worker:
        assert "The person may sign in again" in admin.get(admin.post(f"{path}/sessions").headers["location"]).text
        assert worker.get("/map").status_code == 303


def test_nobody_changes_their_own_rights(admin: httpx2.Client, sides: Sides) -> None:
    path = path_of(admin, email(sides[0], "admin"))
    page = admin.get(path).text
    assert "This is you." in page
    assert "Suspend now" not in page
    refused = admin.post(f"{path}/suspend")
    assert refused.status_code == 409
    assert "Nobody changes their own rights" in refused.text


def test_who_changed_a_membership_meanwhile_is_not_overwritten(
    admin: httpx2.Client, world: World, sides: Sides
) -> None:
    path = path_of(admin, email(sides[0], "analyst"))
    read = rights(admin, path)
    with signed_in_as(world, sides[0], "admin2") as other:
        assert other.post(path, data=rights(other, path, clearance="1")).status_code == 303
    late = admin.post(path, data=read)
    assert late.status_code == 409
    assert "Somebody changed this membership meanwhile" in late.text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": "nobody"}, "e-mail address has a name"),
        ({"email": ""}, "Type an e-mail address"),
        ({"role": ""}, "Choose a role."),
        ({"clearance": "4"}, "Choose a clearance from 0 to 3."),
        ({"areas": []}, "Choose at least one area."),
        ({"until": "soon"}, "Type the last day"),
        ({"until": "2020-01-01"}, "ends in the future"),
        ({"until": "2090-01-01"}, "within two years"),
    ],
)
def test_what_is_missing_is_said(admin: httpx2.Client, given: dict[str, object], words: str) -> None:
    answer = somebody(admin, "typed@example.org", **given)
    assert answer.status_code == 422
    assert words in answer.text


def test_a_strangers_member_and_none_answer_alike(admin: httpx2.Client, world: World, sides: Sides) -> None:
    with signed_in_as(world, sides[1], "admin") as other:
        theirs = path_of(other, email(sides[1], "worker"))
    answers = [admin.get(path) for path in (theirs, "/people/00000000-0000-4000-8000-000000000000", "/people/nonsense")]
    answers.append(admin.post(f"{theirs}/suspend"))
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text.partition("<main")[2] for answer in answers}) == 1


def test_an_operation_is_there_for_who_looks_after_it_alone(admin: httpx2.Client, world: World, sides: Sides) -> None:
    assert "You look after none." in admin.get("/operations").text
    path = admin.post("/operations", data={"name": HOSTILE}).headers["location"].partition("?")[0]
    page = admin.get(path).text
    assert "<img src=x" not in page + admin.get("/operations").text
    partner = re.search(rf'<option value="([^"]+)">{sides[1]}</option>', page)
    own = re.search(rf'<option value="([^"]+)">{sides[0]}</option>', page)
    assert partner is not None
    assert own is not None
    stranger = {"organisation": partner[1], "email": "whoever@example.org", "role": "outreach"}
    assert admin.post(f"{path}/add", data=stranger).headers["location"] == f"{path}?named"
    assert "as you named them" in admin.get(path).text
    assert admin.post(f"{path}/remove", data=stranger).headers["location"] == f"{path}?removed"
    assert "as you named them" not in admin.get(path).text
    nobody = admin.post(f"{path}/add", data=stranger | {"organisation": own[1]})
    assert (nobody.status_code, "no member with this e-mail address" in nobody.text) == (422, True)
    wrong = admin.post(f"{path}/add", data={"email": "nobody"})
    assert all(words in wrong.text for words in ("Choose an organisation.", "Choose a role.", "with its @"))
    unnamed = admin.post("/operations", data={"name": ""})
    assert (unnamed.status_code, "1 to 100 characters" in unnamed.text) == (422, True)
    with signed_in_as(world, sides[0], "admin2") as other:
        assert "You look after none." in other.get("/operations").text
        answers = [other.get(path), other.get("/operations/nonsense"), other.post(f"{path}/add", data=stranger)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text.partition("<main")[2] for answer in answers}) == 1


@pytest.mark.parametrize("who", ["admin", "worker", "analyst", "auditor"])
def test_everybody_reads_who_sees_what(world: World, sides: Sides, who: str) -> None:
    with signed_in_as(world, sides[0], who) as client:
        page = client.get("/who-sees-what").text
    assert all(layer.title in page for layer in LAYERS)
    assert "100 m square" in page
    assert "every area" in page or "sees no records" in page
    assert "told of" in page


def test_who_sees_what_follows_the_databases_own_table(world: World, sides: Sides) -> None:
    with psycopg.connect(world.operator) as conn:
        conn.execute(
            "INSERT INTO access.precision_rule SELECT id, 'partner', 'visit', 0, 0 FROM access.organisation"
            " WHERE name = %s",
            [sides[0]],
        )
    words = "5 km square (your organisation&#39;s rule; otherwise 100 m square)"
    with signed_in_as(world, sides[0], "worker") as client:
        assert words in client.get("/who-sees-what").text
    with signed_in_as(world, sides[1], "worker") as client:
        assert "rule; otherwise" not in client.get("/who-sees-what").text


def test_live_agreements_are_told_to_those_whose_purpose_they_speak_of(world: World) -> None:
    told = {}
    for who, purpose in (
        ("worker@charity", "visit"),
        ("analyst@charity", "analysis"),
        ("admin@charity", "administration"),
    ):
        with world.client() as client:
            form = {"email": f"{who}.test.invalid", "password": PASSWORD, "purpose": purpose}
            answer = client.post("/sign-in", data=form)
            client.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
            told[purpose] = "Test Charity lets Test Police see places" in client.get("/who-sees-what").text
    assert told == {"visit": True, "analysis": False, "administration": True}
