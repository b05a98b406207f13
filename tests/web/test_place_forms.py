"""Adding, changing and reviewing places by form, and what a card says before anybody goes."""

import re
from collections.abc import Iterator
from uuid import UUID

import httpx2
import psycopg
import pytest

from tests.web.recording import a_client, a_note_form, added, facts_of, faults, hidden_fields, in_days
from tests.web.world import HOSTILE, World


@pytest.fixture
def worker(world: World) -> Iterator[httpx2.Client]:
    with a_client(world) as client:
        yield client


def an_edit(worker: httpx2.Client, path: str, **more: str) -> dict[str, str]:
    page = worker.get(f"{path}/edit").text
    return {
        "version": hidden_fields(page)["version"],
        "name": "Elder Yard",
        "kind": "car_wash",
        "status": "active",
        "attend_rule": "two_people",
    } | more


@pytest.mark.parametrize("where", ["SP 0540 8520", "52.4600, -1.9300", "-1.9300 52.4600", "405400, 285200"])
def test_a_position_is_found_and_then_the_facts_are_asked(worker: httpx2.Client, where: str) -> None:
    page = worker.post("/places/new", data={"where": where})
    assert page.status_code == 200
    assert 'name="longitude"' in page.text
    assert "Name of the place" in page.text


@pytest.mark.parametrize("where", ["", "somewhere", "ZZ99 9ZZ", "1, 2", "SP 068", "B1 1ZZ"])
def test_what_names_no_position_gets_a_sentence(worker: httpx2.Client, where: str) -> None:
    page = worker.post("/places/new", data={"where": where})
    assert page.status_code == 422
    assert list(faults(page.text)) == ["where"]


def test_a_postcode_in_an_address_gives_the_position(worker: httpx2.Client, world: World) -> None:
    with psycopg.connect(world.operator) as conn:
        conn.execute("INSERT INTO reference.postcode VALUES ('B15 2TT', 404700, 283600) ON CONFLICT DO NOTHING")
    page = worker.post("/places/new", data={"where": "7 Invented Lane, b152tt"}).text
    assert 'value="7 Invented Lane"' in page
    assert 'value="B15 2TT"' in page


def test_a_place_is_added_where_the_map_said(worker: httpx2.Client) -> None:
    path = added(worker, name="Far Yard", longitude="-1.7000", latitude="52.5000")
    near = worker.post("/places/new", data={"longitude": "-1.7001", "latitude": "52.5000"}).text
    assert "Already known near there" in near
    assert "Far Yard" in near
    card = worker.get(f"{path}?added").text
    assert "The place is saved." in card
    assert "Far Yard" in card
    assert "Two people, always" in card


def test_what_is_near_is_shown_beside_it_and_asked_once(worker: httpx2.Client) -> None:
    added(worker, name="Beech Yard", longitude="-1.9400", latitude="52.4650")
    near = facts_of(name="Another name", longitude="-1.9402", latitude="52.4651")
    asked = worker.post("/places/new", data=near)
    assert asked.status_code == 422
    assert "Beech Yard" in asked.text
    assert "Save all the same" in asked.text
    alike = worker.post("/places/new", data=facts_of(name="yard BEECH", longitude="-1.9480", latitude="52.4650"))
    assert "nearly the same name" in alike.text
    saved = worker.post("/places/new", data=near | {"seen": hidden_fields(asked.text)["seen"]})
    assert saved.status_code == 303


def test_only_what_one_may_see_counts_as_near(worker: httpx2.Client, world: World) -> None:
    added(worker, name="Cedar Yard", longitude="-1.9600", latitude="52.4500")
    with a_client(world, "officer@police") as officer:
        form = facts_of(longitude="-1.9600", latitude="52.4500", collected_for="safeguarding")
        assert officer.post("/places/new", data=form).status_code == 303


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": ""}, "kind"),
        ({"postcode": "nonsense"}, "postcode"),
        ({"attend_rule": "never"}, "attend_rule"),
        ({"sensitivity": "4"}, "sensitivity"),
        ({"collected_for": ""}, "collected_for"),
        ({"review_on": in_days(-3)}, "review_on"),
    ],
)
def test_what_is_missing_is_linked(worker: httpx2.Client, given: dict[str, str], field: str) -> None:
    answer = worker.post("/places/new", data=facts_of(longitude="-1.6", latitude="52.4") | given)
    assert answer.status_code == 422
    assert list(faults(answer.text)) == [field]


def test_analysts_and_admins_add_no_places(world: World) -> None:
    for who, purpose in (("analyst@charity", "analysis"), ("admin@charity", "administration")):
        with a_client(world, who, purpose) as client:
            assert client.get("/places/new").status_code == 403
            assert client.post("/places/new", data=facts_of()).status_code in {403, 404}


def test_a_change_is_kept_beside_what_it_was(worker: httpx2.Client) -> None:
    path = added(worker, name="Elder Yard", longitude="-1.7100", latitude="52.5100")
    changed = worker.post(f"{path}/edit", data=an_edit(worker, path, name=HOSTILE, attend_rule="do_not_attend"))
    assert (changed.status_code, changed.headers["location"]) == (303, f"{path}?edited")
    history = worker.get(f"{path}/history").text
    assert "<img src=x" not in history
    assert "Elder Yard" in history
    assert "Attend rule" in history
    assert "changed by you" in history
    assert "recorded by you" in history
    assert "@" not in history.partition("<main")[2].partition("</main")[0]


def test_somebody_quicker_shows_both_versions(worker: httpx2.Client) -> None:
    path = added(worker, name="Elder Yard", longitude="-1.7200", latitude="52.5200")
    mine = an_edit(worker, path, name="Mine")
    assert worker.post(f"{path}/edit", data=an_edit(worker, path, name="Theirs")).status_code == 303
    late = worker.post(f"{path}/edit", data=mine)
    assert late.status_code == 409
    assert "Theirs" in late.text
    assert 'value="Mine"' in late.text
    again = worker.post(f"{path}/edit", data=mine | {"version": hidden_fields(late.text)["version"]})
    assert again.status_code == 303
    assert "Mine" in worker.get(path).text


def test_flags_come_first_and_what_is_not_known_to_be_safe_is_forbidden(worker: httpx2.Client) -> None:
    path = added(worker, name="Elder Yard", longitude="-1.7300", latitude="52.5300")
    assert "Leave no letter, no card through the door and no voicemail" in worker.get(path).text
    form = an_edit(worker, path) | {"add": ["weapons", "letter_safe", "no_uniform"]}
    assert worker.post(f"{path}/edit", data=form).status_code == 303
    card = worker.get(path).text
    said = [
        "rule__words",
        "Dangers",
        "Weapons",
        "Contact safety",
        "Leave no card through the door and no voicemail",
        "No uniform",
    ]
    places = [card.index(words) for words in [*said, 'id="card-title"']]
    assert places == sorted(places)
    assert (
        worker.post(f"{path}/edit", data=an_edit(worker, path) | {"add": ["no_letter"], "end": ["weapons"]}).status_code
        == 303
    )
    card = worker.get(path).text
    assert "Weapons" not in card
    assert "Leave no letter, no card" in card


def test_others_places_are_not_changed(world: World) -> None:
    path = f"/places/{world.places['Amber Yard']}"
    with a_client(world, "officer@police") as officer:
        for method, page in (("GET", "edit"), ("POST", "edit"), ("GET", "history"), ("POST", "review")):
            data = facts_of(version="1", status="active") if method == "POST" else None
            assert officer.request(method, f"{path}/{page}", data=data).status_code == 404


def test_who_saw_it_is_told_to_its_owners_as_roles(world: World, worker: httpx2.Client) -> None:
    path = added(worker, name="Elder Yard", longitude="-1.7400", latitude="52.5400")
    with a_client(world, "both@police", organisation="Test Charity") as other:
        other.get(path)
    card = worker.get(path).text
    seen = card.partition("Who in your organisation saw it")[2].partition("</ul>")[0]
    assert "an outreach worker" in seen
    assert ": you" in seen
    assert "@" not in seen


def test_reviews_keep_close_and_erase(worker: httpx2.Client, world: World) -> None:
    path = added(worker, name="Elder Yard", longitude="-1.7500", latitude="52.5500")
    assert worker.post(f"{path}/review").headers["location"] == f"{path}?marked"
    assert (
        worker.post(f"{path}/note", data=a_note_form(text="A chained gate.", review_on=in_days(3))).status_code == 303
    )
    page = worker.get("/reviews").text
    forms = re.findall(r'<form class="review__acts".*?</form>', page, re.DOTALL)
    place, note = (
        next(
            hidden_fields(form) for form in forms if f'value="{kind}"' in form and (kind == "note" or path[8:] in form)
        )
        for kind in ("place", "note")
    )
    assert (
        worker.post("/reviews", data=note | {"act": "keep", "review_on": in_days(100)}).headers["location"]
        == "/reviews?kept"
    )
    assert worker.post("/reviews", data=note | {"act": "keep", "review_on": in_days(100)}).status_code == 409
    assert worker.post("/reviews", data=note | {"act": "erase"}).headers["location"] == "/reviews?erased"
    assert worker.post("/reviews", data=note | {"act": "erase"}).status_code == 404
    assert "A chained gate." not in worker.get(path).text
    assert worker.post("/reviews", data=place | {"act": "close"}).headers["location"] == "/reviews?closed"
    assert "Closed" in worker.get(path).text
    with psycopg.connect(world.operator) as conn:
        row = conn.execute("SELECT count(*) FROM store.note_key WHERE note_id = %s", [note["id"]]).fetchone()
        record = world.backing.vault.hashed_id("note", UUID(note["id"]))
        query = 'SELECT count(*) FROM audit.entry WHERE body LIKE \'%%"op":"erasure"%%\' AND body LIKE %s'
        kept = conn.execute(query, [f"%{record}%"]).fetchone()
    assert (row, kept) == ((0,), (1,))


def test_a_place_is_coarsened_with_what_hangs_on_it(worker: httpx2.Client, world: World) -> None:
    path = added(worker, name="Rowan Yard", longitude="-1.7600", latitude="52.5600", sensitivity="1")
    assert worker.post(f"{path}/note", data=a_note_form(text="A chained gate.")).status_code == 303
    worker.post(f"{path}/review")
    forms = re.findall(r'<form class="review__acts".*?</form>', worker.get("/reviews").text, re.DOTALL)
    place = next(hidden_fields(form) for form in forms if path[8:] in form and 'value="place"' in form)
    assert place["sensitivity"] == "2"
    answer = worker.post("/reviews", data=place | {"act": "coarsen"})
    assert answer.headers["location"] == "/reviews?coarser"
    assert "A chained gate." in worker.get(path).text, "its notes were sealed again, and open"
    with psycopg.connect(world.operator) as conn:
        query = "SELECT access.sensitivity FROM access.label AS access JOIN store.{} AS r ON access.id = r.lock_id >> 5"
        levels = [
            conn.execute(query.format(table).encode() + b" WHERE r." + column + b" = %s", [path[8:]]).fetchall()
            for table, column in (("place", b"id"), ("note", b"place_id"), ("place_point", b"place_id"))
        ]
    assert levels == [[(2,)], [(2,)], [(2,)]]
    assert worker.post("/reviews", data=place | {"act": "coarsen"}).status_code == 409


@pytest.mark.parametrize(
    "act",
    [
        {},
        {"act": "coarsen", "kind": "note"},
        {"act": "coarsen", "sensitivity": "4"},
        {"act": "close", "kind": "note"},
        {"act": "erase", "kind": "place"},
        {"act": "keep", "review_on": in_days(-1)},
    ],
)
def test_a_review_that_says_nothing_changes_nothing(worker: httpx2.Client, world: World, act: dict[str, str]) -> None:
    data = {"kind": "place", "id": str(world.places["Amber Yard"]), "version": "1"} | act
    answer = worker.post("/reviews", data=data)
    assert (answer.status_code, '<h1 id="due"' in answer.text, bool(faults(answer.text))) == (422, True, True)


def test_a_day_that_will_not_do_is_told_beside_its_record(worker: httpx2.Client) -> None:
    path = added(worker, name="Ash Yard", longitude="-1.7700", latitude="52.5700")
    worker.post(f"{path}/review")
    forms = re.findall(r'<form class="review__acts".*?</form>', worker.get("/reviews").text, re.DOTALL)
    place, field = next(hidden_fields(form) for form in forms if path[8:] in form), f"until-{path[8:]}"
    for day in ("soon", in_days(-1), in_days(6 * 366)):
        answer = worker.post("/reviews", data=place | {"act": "keep", "review_on": day})
        assert answer.status_code == 422
        assert faults(answer.text) == {field: "Keep it until a day after today, within five years."}
        assert f'id="{field}" type="date" name="review_on" value="{day}" aria-invalid="true"' in answer.text


def test_admins_see_numbers_alone_and_others_nothing(world: World) -> None:
    with a_client(world, "admin@charity", "administration") as admin:
        page = admin.get("/reviews").text
        assert "fewer than 5" in page
        assert not any(str(id) in page for id in world.places.values())
        assert "Yard" not in page
    with a_client(world, "analyst@charity", "analysis") as analyst:
        assert analyst.get("/reviews").status_code == 403
