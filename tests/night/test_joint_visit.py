"""A night in the life of a joint visit: who can see what, minute by minute, on every surface, beside a written table.

Amber Yard is the charity's. Its worker proposes it to the police, who name one officer. The clock is moved by hand,
and at each moment every surface is asked by everybody: API, tiles, exports, pages, search and a printed sheet.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from tests import worlds
from tests.api.scene import BASE, Kind, Scene, a_proposal, bearer
from tests.night.surfaces import Asker, seen
from tests.worlds import NOON
from web.app import with_pages
from web.vendor import vendor_files

DAY, HOUR, SECOND = timedelta(hours=24), timedelta(hours=1), timedelta(seconds=1)
STARTS = NOON + 5 * DAY
EVERYBODY = {
    "worker": Kind("worker", "visit"),
    "officer": Kind("officer", "visit"),
    "enforcing": Kind("officer", "enforcement"),
    "another": Kind("joint officer", "visit"),
    "council": Kind("council worker", "visit"),
    "analyst": Kind("analyst", "analysis"),
    "police analyst": Kind("police analyst", "analysis"),
    "admin": Kind("admin", "administration"),
    "auditor": Kind("auditor", "audit"),
}
"""Those who ask. The officer is named on the joint visit, and asks for enforcement as well; another is not."""

COLUMNS = ("card", "places", "risk", "risks", "visits", "visit", "joint visit")
Seen = Mapping[str, tuple[str, ...]]
CLOSED: Seen = {
    #                  card       places     risk       risks      visits     visit      joint visit
    "worker":         ("exact",   "exact",   "exact",   "exact",   "exact",   "exact",   "exact"),
    "officer":        ("nothing", "500",     "nothing", "500",     "500",     "nothing", "500"),
    "enforcing":      ("nothing", "5000",    "nothing", "5000",    "5000",    "nothing", "nothing"),
    "another":        ("nothing", "500",     "nothing", "500",     "500",     "nothing", "500"),
    "council":        ("nothing", "nothing", "nothing", "nothing", "nothing", "nothing", "nothing"),
    "analyst":        ("nothing", "500",     "nothing", "500",     "500",     "nothing", "nothing"),
    "police analyst": ("nothing", "1000",    "nothing", "1000",    "1000",    "nothing", "nothing"),
    "admin":          ("nothing", "nothing", "nothing", "nothing", "nothing", "nothing", "nothing"),
    "auditor":        ("nothing", "nothing", "nothing", "nothing", "nothing", "nothing", "nothing"),
}  # fmt: skip
OPEN: Seen = {
    **CLOSED,
    "officer":        ("exact",   "exact",   "exact",   "exact",   "500",     "nothing", "exact"),
}  # fmt: skip
NIGHT: tuple[tuple[str, timedelta, Seen], ...] = (
    ("propose", -4 * DAY, CLOSED),
    ("accept", -4 * DAY, CLOSED),
    ("", -DAY - SECOND, CLOSED),
    ("", -DAY, OPEN),
    ("", timedelta(), OPEN),
    ("ask for more time", HOUR, OPEN),
    ("", 2 * HOUR + DAY - SECOND, OPEN),
    ("", 2 * HOUR + DAY, CLOSED),
    ("agree to more time", HOUR, OPEN),
    ("", 2 * HOUR + DAY, OPEN),
    ("", 3 * HOUR + DAY - SECOND, OPEN),
    ("", 3 * HOUR + DAY, CLOSED),
    ("cancel", 2 * HOUR, CLOSED),
)
"""What is done, when (from the start of the joint visit), and what everybody sees right after."""


@pytest.fixture
def asker(scene: Scene) -> Iterator[Asker]:
    """Give the whole application over the scene, which has no joint visit yet, and a second worker at the charity."""
    scene.conn.execute("DELETE FROM store.joint_visit")
    scene.members["colleague"] = worlds.a_membership(scene.conn, scene.organisations["charity"])
    client = TestClient(with_pages(scene.backing, vendor_files()), base_url=BASE)
    yield Asker(scene, client)
    worlds.set_clock(scene.conn, NOON)


def session(scene: Scene, kind: Kind) -> dict[str, str]:
    now = scene.one("SELECT access.clock()")
    return bearer(worlds.a_session(scene.conn, scene.members[kind.member], purpose=kind.purpose, at=now))


def act(asker: Asker, what: str) -> None:
    """Do what the night's table says, as whoever does it, over the API."""
    scene, until = asker.scene, {"until": (STARTS + 3 * HOUR).isoformat()}
    who, path, body = {
        "propose": ("worker", "", a_proposal(scene, days=5)),
        "accept": ("officer", "/accept", {"members": [str(scene.members["officer"])]}),
        "ask for more time": ("worker", "/extend", until),
        "agree to more time": ("colleague", "/agree-extension", until),
        "cancel": ("worker", "/cancel", {}),
    }[what]
    path = f"/api/joint-visits/{asker.joint_visit}{path}".rstrip("/")
    answer = scene.send("POST", path, body, kind=session(scene, Kind(who, "visit")))
    assert answer.status_code in {201, 204}, answer.text
    if what == "propose":
        asker.joint_visit = answer.json()["id"]


def test_everybody_sees_what_the_table_says_at_each_minute_on_every_surface(asker: Asker) -> None:
    scene, wrong = asker.scene, []
    for what, moment, table in NIGHT:
        worlds.set_clock(scene.conn, STARTS + moment)
        if what:
            act(asker, what)
        for name, kind in EVERYBODY.items():
            headers = session(scene, kind)
            for column, expected in zip(COLUMNS, table[name], strict=True):
                for surface, found in seen(asker, column, name, headers).items():
                    if found != expected:
                        wrong.append(f"{what} {moment}: {name}, {surface}: {found}, expected {expected}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_opening_of_the_night_is_a_disclosure_in_the_owners_audit(asker: Asker) -> None:
    scene = asker.scene
    worlds.set_clock(scene.conn, STARTS - 4 * DAY)
    act(asker, "propose")
    act(asker, "accept")
    for moment, is_open in (
        (-DAY - SECOND, False),
        (-DAY, True),
        (2 * HOUR + DAY - SECOND, True),
        (2 * HOUR + DAY, False),
    ):
        worlds.set_clock(scene.conn, STARTS + moment)
        before = len(scene.audit())
        headers = session(scene, EVERYBODY["officer"])
        asker.get(f"/api/places/{scene.places['amber']}", headers)
        asker.get(f"/joint-visits/{asker.joint_visit}", headers)
        told = [one for one in scene.audit()[before:] if one["op"] == "disclosure" and one.get("precision") == "exact"]
        assert [one["what"] for one in told] == ["opened place"] * (2 * is_open)
        assert all(one["actor"] == str(scene.members["officer"]) for one in told)
