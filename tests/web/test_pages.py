"""The pages over HTTP, as a browser without JavaScript meets them."""

from collections.abc import Iterator

import httpx2
import pyotp
import pytest

from tests.web.world import HOSTILE, PASSWORD, VISITED_ON, World
from web.words import day

STRICT = ("require-trusted-types-for 'script'", "default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
ISOLATED = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@pytest.fixture
def browser(world: World) -> Iterator[httpx2.Client]:
    with world.client(follow_redirects=False) as client:
        yield client


def typed(who: str, purpose: str = "visit", **more: str) -> dict[str, str]:
    return {"email": f"{who}.test.invalid", "password": PASSWORD, "purpose": purpose, **more}


def signed_in(browser: httpx2.Client, who: str, purpose: str = "visit", **more: str) -> httpx2.Response:
    answer = browser.post("/sign-in", data=typed(who, purpose, **more))
    first = {"audit": "/audit", "administration": "/imports"}.get(purpose, "/map")
    assert (answer.status_code, answer.headers.get("location")) == (303, first), answer.text
    # Browsers send Secure cookies to the loopback without TLS; this client does not by itself.
    browser.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
    return browser.get(first)


@pytest.mark.parametrize(
    "path", ["/sign-in", "/help", "/map", "/nowhere", "/static/css/app.css", "/api/health", "/places/x"]
)
def test_every_answer_is_isolated_and_kept_nowhere(browser: httpx2.Client, path: str) -> None:
    answer = browser.get(path)
    assert all(part in answer.headers["content-security-policy"] for part in STRICT)
    assert {name: answer.headers[name] for name in ISOLATED} == ISOLATED


def test_only_vendor_files_may_be_kept(browser: httpx2.Client) -> None:
    sheet = browser.get("/static/css/app.css").text
    font = sheet.partition("../vendor/")[2].partition('"')[0]
    answer = browser.get(f"/static/vendor/{font}")
    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("path", ["/", "/map"])
def test_strangers_are_led_to_the_sign_in_page(browser: httpx2.Client, path: str) -> None:
    answer = browser.get(path)
    while answer.status_code == 303 and answer.headers["location"] != "/sign-in":
        answer = browser.get(answer.headers["location"])
    assert answer.headers["location"] == "/sign-in"


def test_the_form_opens_a_session_for_one_purpose(browser: httpx2.Client) -> None:
    shown = signed_in(browser, "worker@charity").text
    assert '<b>Test Charity</b> · <span class="bar__word">purpose: </span><b>visit</b>' in shown
    assert "OFFICIAL-SENSITIVE" in shown
    assert "Demonstration" in shown
    assert "tel:08000121700" in shown


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: httpx2.Client) -> None:
    cookie = browser.post("/sign-in", data=typed("worker@charity")).headers["set-cookie"]
    assert cookie.startswith("__Host-waymark=")
    assert all(word in cookie for word in ("HttpOnly", "Secure", "Path=/", "SameSite=strict"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"password": ""}, "Type your password."),
        ({"email": "nobody"}, "Type your e-mail address"),
        ({"purpose": "curiosity"}, "Choose what you are here to do."),
        ({"password": "wrong wrong wrong"}, "was not accepted"),
        ({"email": "nobody@nowhere.test.invalid"}, "was not accepted"),
        ({"purpose": "audit"}, "was not accepted"),
    ],
)
def test_what_is_missing_is_said_and_the_password_never_sent_back(
    browser: httpx2.Client, given: dict[str, str], words: str
) -> None:
    answer = browser.post("/sign-in", data=typed("worker@charity") | given)
    assert 400 <= answer.status_code < 500
    assert words in answer.text
    assert PASSWORD not in answer.text
    assert "set-cookie" not in answer.headers


def test_a_person_of_two_organisations_is_asked_which(browser: httpx2.Client) -> None:
    asked = browser.post("/sign-in", data=typed("both@police"))
    assert asked.status_code == 409
    assert '<option value="Test Charity">Test Charity</option>' in asked.text
    assert "<b>Test Police</b>" in signed_in(browser, "both@police", organisation="Test Police").text


def test_a_one_time_code_is_asked_for_when_one_was_set_up(browser: httpx2.Client, world: World) -> None:
    asked = browser.post("/sign-in", data=typed("code@charity"))
    assert asked.status_code == 401
    assert "Type the six digits" in asked.text
    assert "<b>Test Charity</b>" in signed_in(browser, "code@charity", code=pyotp.TOTP(world.totp_secret).now()).text


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/map/list"])
@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.invalid"}, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}]
)
def test_forms_of_other_origins_are_refused(browser: httpx2.Client, path: str, headers: dict[str, str]) -> None:
    signed_in(browser, "worker@charity")
    answer = browser.post(path, data=typed("worker@charity", box="-2,52,-1,53"), headers=headers)
    assert answer.status_code == 403
    assert "That was refused" in answer.text
    assert "set-cookie" not in answer.headers


def test_signing_out_ends_the_session_itself(browser: httpx2.Client) -> None:
    signed_in(browser, "worker@charity")
    answer = browser.post("/sign-out")
    assert answer.headers["location"] == "/sign-in?out"
    assert '__Host-waymark=""; expires=' in answer.headers["set-cookie"]
    assert browser.get("/map").headers["location"] == "/sign-in?ended"
    assert "Your session ended" in browser.get("/sign-in?ended").text


def test_three_kinds_of_people_are_listed_three_different_things(world: World) -> None:
    lists = []
    for who, purpose in (("worker@charity", "visit"), ("officer@police", "visit"), ("admin@charity", "administration")):
        with world.client() as browser:
            signed_in(browser, who, purpose)
            lists.append(browser.get("/map").text)
    worker, officer, admin = lists
    assert "Amber Yard" in worker
    assert "Two people, always" in worker
    assert "500 m square" in officer
    assert "Amber Yard" not in officer + admin
    assert not any(str(id) in officer + admin for id in world.places.values())
    assert "No records are shown for the purpose administration." in admin


def test_the_list_holds_what_lies_in_the_posted_box(browser: httpx2.Client) -> None:
    signed_in(browser, "worker@charity")
    near = browser.post("/map/list", data={"box": "-1.8995,52.4810,-1.8985,52.4820"}).text
    assert "1 place." in near
    assert "Canal Works" not in near
    nothing = browser.post("/map/list", data={"box": "-1.5,52.4,-1.4,52.5"}).text
    assert "Nothing here that this session may see." in nothing


def test_a_card_says_first_how_to_attend_then_what_it_is(browser: httpx2.Client, world: World) -> None:
    signed_in(browser, "worker@charity")
    card = browser.get(f"/places/{world.places[HOSTILE]}").text
    said = [
        "Do not attend",
        "&lt;b&gt;Nails&lt;/b&gt;",
        "Kind",
        "Nail bar",
        "Status",
        "Address",
        "Visits",
        "Risk notes",
    ]
    places = [card.index(words) for words in said]
    assert places == sorted(places)
    assert f"{day(VISITED_ON)}: done" in card
    assert "Seen: long hours, people seem fearful" in card
    assert "Forced labour, severity 3 of 5" in card
    assert "Two people sleep in the back room." in card


def test_what_people_typed_is_never_markup_nor_in_a_title(browser: httpx2.Client, world: World) -> None:
    listed = signed_in(browser, "worker@charity").text
    card = browser.get(f"/places/{world.places[HOSTILE]}").text
    for shown in (listed, card):
        assert "<img src=x" not in shown
        assert "alert(2)</script>" not in shown
        assert "Nails" not in shown.partition("<title>")[2].partition("</title>")[0]


def test_a_hidden_and_a_missing_place_answer_alike(browser: httpx2.Client, world: World) -> None:
    signed_in(browser, "officer@police")
    hidden = browser.get(f"/places/{world.places['Amber Yard']}")
    missing = browser.get("/places/00000000-0000-4000-8000-000000000000")
    nonsense = browser.get("/places/nonsense")
    assert hidden.status_code == missing.status_code == nonsense.status_code == 404
    assert hidden.text == missing.text == nonsense.text
    assert "Back to my first page" in hidden.text
    assert 'id="hide"' in hidden.text


@pytest.mark.parametrize("box", ["", "north", "1,2,3", "-1,53,-2,52"])
def test_a_box_that_is_none_gets_a_sentence(browser: httpx2.Client, box: str) -> None:
    signed_in(browser, "worker@charity")
    answer = browser.post("/map/list", data={"box": box})
    assert 400 <= answer.status_code < 500
    assert "<h1>" in answer.text


def test_the_api_keeps_its_problem_documents(browser: httpx2.Client) -> None:
    answer = browser.get("/api/session")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
