"""Agreements as pages: drafted, read in sentences, signed by two people, suspended; the effect before saving."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from tests.web.admins import signed_in_as, two_partners
from tests.web.world import HOSTILE, World

Sides = tuple[str, str]
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def sides(world: World) -> Sides:
    return two_partners(world)


@pytest.fixture
def provider(world: World, sides: Sides) -> Iterator[httpx2.Client]:
    with signed_in_as(world, sides[0], "admin") as client:
        yield client


@pytest.fixture
def recipient(world: World, sides: Sides) -> Iterator[httpx2.Client]:
    with signed_in_as(world, sides[1], "admin") as client:
        yield client


@pytest.fixture
def officer(world: World, sides: Sides) -> Iterator[httpx2.Client]:
    with signed_in_as(world, sides[1], "worker") as client:
        yield client


def the_form(client: httpx2.Client, partner: str, **more: object) -> dict[str, object]:
    page = client.get("/agreements/new").text
    found = re.search(rf'<option value="([^"]+)">{partner}</option>', page)
    assert found is not None
    areas = re.findall(r'name="areas" type="checkbox" value="(\d+)"', page)
    return {
        "direction": "give",
        "partner": found[1],
        "title": "Shared visits",
        "purposes": ["visit"],
        "kinds": ["place"],
        "areas": areas,
        "max_sensitivity": "2",
        "finest_step": "1 km",
        "valid_from": (NOW - timedelta(days=1)).date().isoformat(),
        "valid_until": (NOW + timedelta(days=100)).date().isoformat(),
        "act": "save",
    } | more


def drafted(provider: httpx2.Client, sides: Sides, **more: object) -> str:
    answer = provider.post("/agreements/new", data=the_form(provider, sides[1], **more))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def hash_of(page: str) -> str:
    found = re.search(r'name="terms_hash" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def signed(client: httpx2.Client, path: str) -> httpx2.Response:
    return client.post(f"{path}/sign", data={"terms_hash": hash_of(client.get(path).text)})


def squares(officer: httpx2.Client) -> int:
    return officer.get("/map").text.count("1 km square")


def test_two_admins_sign_and_the_partners_next_page_shows_it_until_one_suspends(
    provider: httpx2.Client, recipient: httpx2.Client, officer: httpx2.Client, sides: Sides
) -> None:
    path = drafted(provider, sides)
    assert "Waiting for your signature" in provider.get(path).text
    assert squares(officer) == 0
    assert signed(provider, path).headers["location"] == f"{path}?signed"
    assert "Waiting for the other side" in provider.get(path).text
    assert squares(officer) == 0
    assert signed(recipient, path).status_code == 303
    assert squares(officer) > 0
    page = provider.get(f"{path}?signed").text
    assert "You signed the agreement for your organisation." in page
    assert "Live" in page
    assert f"admin@{sides[0].lower().replace(' ', '-')}.test.invalid" in page
    assert "An admin of theirs" in page
    assert f"admin@{sides[1].lower().replace(' ', '-')}.test.invalid" not in page
    assert recipient.post(f"{path}/suspend").headers["location"] == f"{path}?suspended"
    assert squares(officer) == 0
    assert "Suspended by the other side" in provider.get(path).text
    assert provider.post(f"{path}/resume").status_code == 303
    assert "Waiting for your signature" in provider.get(path).text
    assert squares(officer) == 0


def test_the_terms_read_as_a_sentence_and_hostile_text_as_text(provider: httpx2.Client, sides: Sides) -> None:
    path = drafted(provider, sides, title=HOSTILE)
    for page in (provider.get(path).text, provider.get("/agreements").text, provider.get(f"{path}/change").text):
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;" in page
        assert "Nails" not in page.partition("<title>")[2].partition("</title>")[0]
    assert (
        f"{sides[0]} lets {sides[1]} see places in every area, at 1 km at the finest and up to sensitivity 2, "
        "for the purpose visit." in provider.get(path).text
    )


def test_terms_that_changed_meanwhile_are_read_again(
    provider: httpx2.Client, recipient: httpx2.Client, sides: Sides
) -> None:
    path = drafted(provider, sides)
    form = the_form(recipient, sides[0]) | {"terms_hash": hash_of(recipient.get(f"{path}/change").text)}
    before = hash_of(provider.get(path).text)
    answer = recipient.post(f"{path}/change", data=form | {"finest_step": "5 km"})
    assert answer.headers["location"] == f"{path}?narrowed"
    late = provider.post(f"{path}/sign", data={"terms_hash": before})
    assert late.status_code == 409
    assert "read them again before you sign" in late.text
    late = recipient.post(f"{path}/change", data=form | {"finest_step": "500 m"})
    assert late.status_code == 409
    assert "Somebody changed the terms meanwhile." in late.text
    assert re.search(r'value="500 m" checked', late.text), "what was typed stays"


def test_a_wider_change_needs_both_signatures_again_and_says_so(
    provider: httpx2.Client, recipient: httpx2.Client, sides: Sides
) -> None:
    path = drafted(provider, sides)
    signed(provider, path)
    form = the_form(provider, sides[1], finest_step="100 m")
    answer = provider.post(f"{path}/change", data=form | {"terms_hash": hash_of(recipient.get(path).text)})
    assert answer.headers["location"] == f"{path}?changed"
    assert "Both sides sign them anew" in provider.get(answer.headers["location"]).text


def test_the_effect_is_told_before_saving_and_nothing_is_saved(
    provider: httpx2.Client, officer: httpx2.Client, sides: Sides
) -> None:
    count = provider.get("/agreements").text.count("/agreements/")
    answer = provider.post("/agreements/new", data=the_form(provider, sides[1], act="effect"))
    assert answer.status_code == 200
    assert "The other organisation would gain 3 places." in answer.text
    assert "<svg" in answer.text
    assert "5 km square, Birmingham" in answer.text
    assert 'value="Shared visits"' in answer.text
    assert provider.get("/agreements").text.count("/agreements/") == count
    assert squares(officer) == 0


def test_the_effect_of_signing_and_of_suspending_is_told_to_the_provider_in_numbers(
    provider: httpx2.Client, recipient: httpx2.Client, sides: Sides
) -> None:
    path = drafted(provider, sides)
    would = provider.post(f"{path}/effect", data={"of": "signing"}).text
    assert f"{sides[1]} would gain 3 places." in would
    signed(provider, path)
    signed(recipient, path)
    would = provider.post(f"{path}/effect", data={"of": "suspending"}).text
    assert f"{sides[1]} would lose 3 places." in would
    theirs = recipient.post(f"{path}/effect", data={"of": "suspending"}).text
    assert "how many there are is theirs to know" in theirs
    assert "3 places" not in theirs
    form = the_form(provider, sides[1], finest_step="5 km", act="effect")
    form |= {"terms_hash": hash_of(provider.get(f"{path}/change").text)}
    assert "would know 3 places less precisely." in provider.post(f"{path}/change", data=form).text
    provider.post(f"{path}/suspend")


def test_a_renewal_is_another_agreement(provider: httpx2.Client, sides: Sides) -> None:
    path = drafted(provider, sides)
    until = (NOW + timedelta(days=200)).date().isoformat()
    answer = provider.post(f"{path}/renew", data={"until": until})
    assert answer.headers["location"].partition("?")[2] == "renewed"
    assert path not in answer.headers["location"]
    wrong = provider.post(f"{path}/renew", data={"until": "soon"})
    assert (wrong.status_code, "A day is written as" in wrong.text) == (422, True)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"direction": ""}, "Choose who shares with whom."),
        ({"partner": ""}, "Choose the other organisation."),
        ({"title": ""}, "Give the agreement a title"),
        ({"purposes": []}, "Choose at least one purpose."),
        ({"kinds": []}, "Choose at least one kind of record."),
        ({"areas": []}, "Choose at least one area."),
        ({"max_sensitivity": "7"}, "Choose the highest sensitivity"),
        ({"finest_step": "exact"}, "Choose the finest precision."),
        ({"valid_from": "tomorrow"}, "Type the first day"),
        ({"valid_until": "2020-01-01"}, "ends after it begins"),
        ({"purposes": ["curiosity"]}, "are among visit"),
        ({"partner": "00000000-0000-4000-8000-000000000000"}, "between two different organisations"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence_and_what_was_typed_stays(
    provider: httpx2.Client, sides: Sides, given: dict[str, object], words: str
) -> None:
    form = the_form(provider, sides[1], title="Typed before") | given
    answer = provider.post("/agreements/new", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert given.get("title") == "" or 'value="Typed before"' in answer.text


def test_strangers_agreements_and_none_answer_alike(provider: httpx2.Client, world: World) -> None:
    with signed_in_as(world, two_partners(world)[0], "admin") as stranger:
        other = stranger.get("/agreements").text
        assert "There is none yet" in other
        hidden = [
            stranger.get(path) for path in re.findall(r"/agreements/[0-9a-f-]{36}", provider.get("/agreements").text)
        ]
        missing = [stranger.get(f"/agreements/{id}") for id in ("00000000-0000-4000-8000-000000000000", "nonsense")]
    assert {answer.status_code for answer in hidden + missing} == {404}
    assert len({answer.text.partition("<main")[2] for answer in hidden + missing}) == 1


@pytest.mark.parametrize("path", ["/agreements", "/agreements/new", "/people", "/people/new", "/operations"])
def test_only_admins_are_shown_these_pages(officer: httpx2.Client, path: str) -> None:
    answer = officer.get(path)
    assert answer.status_code == 403
    assert "That was refused" in answer.text
