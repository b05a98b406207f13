"""Cookies, and requests that pages of other origins make with them."""

import pytest

from tests.api.scene import BASE, PASSWORD, Scene, email_of

CREDENTIALS = {"email": email_of("worker"), "password": PASSWORD, "purpose": "visit"}


def with_cookie(scene: Scene, **headers: str) -> dict[str, str]:
    token = scene.a_session()["Authorization"].removeprefix("Bearer ")
    return {"Cookie": f"__Host-waymark={token}"} | {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.mark.parametrize(
    ("address", "name", "is_secure"),
    [
        (BASE, "__Host-waymark", True),
        ("https://waymark.test.invalid", "__Host-waymark", True),
        ("http://waymark.test.invalid", "waymark", False),
    ],
)
def test_the_cookie_is_out_of_reach(scene: Scene, address: str, name: str, *, is_secure: bool) -> None:
    answer = scene.client.post(f"{address}/api/session", json=CREDENTIALS)
    scene.client.cookies.clear()
    kept, *flags = answer.headers["set-cookie"].split("; ")
    assert kept == f"{name}={answer.json()['token']}"
    expected = {"HttpOnly", "Path=/", "SameSite=strict"} | ({"Secure"} if is_secure else set())
    assert set(flags) == expected


def test_signing_out_takes_the_cookie_away(scene: Scene) -> None:
    answer = scene.client.delete("/api/session", headers=with_cookie(scene))
    assert answer.status_code == 204
    assert "__Host-waymark=" in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert answer.headers["clear-site-data"] == '"cache", "cookies"'


def test_a_cookie_signs_in_and_a_bearer_header_goes_before_it(scene: Scene) -> None:
    assert scene.get("/api/session", with_cookie(scene)).json()["purpose"] == "visit"
    both = with_cookie(scene) | scene.a_session("aud")
    assert scene.get("/api/session", both).json()["purpose"] == "audit"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec_fetch_site": "same-origin"}, 200),
        ({"sec_fetch_site": "none"}, 200),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"sec_fetch_site": "nonsense"}, 403),
        ({"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}, 200),
        ({"origin": "https://elsewhere.test.invalid"}, 200),
    ],
)
def test_reading_with_a_cookie_is_for_our_own_pages(scene: Scene, headers: dict[str, str], status: int) -> None:
    assert scene.get("/api/session", with_cookie(scene, **headers)).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"origin": BASE}, 201),
        ({"sec_fetch_site": "same-origin", "origin": BASE}, 201),
        ({"origin": "https://elsewhere.test.invalid"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": f"{BASE}.elsewhere.test.invalid"}, 403),
        ({"origin": BASE, "sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}, 403),
    ],
)
def test_changing_with_a_cookie_is_for_our_own_pages(scene: Scene, headers: dict[str, str], status: int) -> None:
    answer = scene.send("POST", "/api/session/tokens", {}, kind=with_cookie(scene, **headers))
    assert answer.status_code == status


def test_a_page_of_another_origin_cannot_sign_anybody_in(scene: Scene) -> None:
    answer = scene.client.post("/api/session", json=CREDENTIALS, headers={"Origin": "https://elsewhere.test.invalid"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "cookie",
    ["__Host-waymark=", '__Host-waymark="\\000"', "__Host-waymark=\xff", "=;;=", "waymark=a; waymark=b"],
)
def test_a_cookie_of_nonsense_is_a_stranger(scene: Scene, cookie: str) -> None:
    answer = scene.client.get("/api/session", headers={b"Cookie": cookie.encode("latin-1")})
    assert answer.status_code == 401


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "Bearer \xff", "bearer x" * 200, "é"])
def test_a_header_of_nonsense_is_a_stranger(scene: Scene, value: str) -> None:
    answer = scene.client.get("/api/session", headers={b"Authorization": value.encode("latin-1")})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="waymark"'
