"""Languages that a worker says they speak: chosen by them alone, told to who plans, counted for their team."""

from collections.abc import Iterator

import httpx2
import psycopg
import pytest

from tests.web.admins import add_person, email, signed_in_as, two_partners
from tests.web.test_plan_pages import made
from tests.web.world import World


@pytest.fixture
def partners(world: World) -> tuple[str, str]:
    names = two_partners(world)
    with psycopg.connect(world.operator) as conn:
        add_person(conn, world, names[0], "analyst")
    return names


@pytest.fixture
def worker(world: World, partners: tuple[str, str]) -> Iterator[httpx2.Client]:
    with signed_in_as(world, partners[0], "worker") as client:
        yield client


def test_they_are_chosen_seen_by_who_plans_and_cleared(
    worker: httpx2.Client, world: World, partners: tuple[str, str]
) -> None:
    assert "Languages that I speak" in worker.get("/account").text
    saved = worker.post("/account/languages", data={"languages": ["romanian", "polish"]})
    assert saved.headers["location"] == "/account?spoken"
    assert "speaks Polish, Romanian" in worker.get("/plans/new").text
    (me,) = worker.get("/api/colleagues").json()["colleagues"]
    assert me["languages"] == ["polish", "romanian"]
    assert spoken(world, made(worker, goers=1)) == ["polish", "romanian"]
    with signed_in_as(world, partners[1], "worker") as other:
        assert "Romanian</span>" not in other.get("/plans/new").text
        assert all(one["languages"] == [] for one in other.get("/api/colleagues").json()["colleagues"])
    worker.post("/account/languages", data={"nothing": ""})
    assert "speaks" not in worker.get("/plans/new").text.partition("Team 1: how it travels")[0]


def spoken(world: World, path: str) -> list[str]:
    with psycopg.connect(world.operator) as conn:
        query = "SELECT document #> '{asked,teams,0,languages}' FROM access.plan WHERE id = %s"
        row = conn.execute(query, [path.rpartition("/")[2]]).fetchone()
    assert row
    return sorted(row[0])


@pytest.mark.parametrize("who", ["admin", "analyst"])
def test_nobody_else_has_them(world: World, partners: tuple[str, str], who: str) -> None:
    with signed_in_as(world, partners[0], who) as client:
        assert "Languages that I speak" not in client.get("/account").text
        assert client.post("/account/languages", data={"languages": "polish"}).status_code == 403


@pytest.mark.parametrize("chosen", [["klingon"], ["polish", "'"]])
def test_what_is_in_no_list_is_refused(worker: httpx2.Client, chosen: list[str]) -> None:
    assert worker.post("/account/languages", data={"languages": chosen}).status_code == 422


def test_they_stand_in_no_audit_and_go_with_the_membership(
    worker: httpx2.Client, world: World, partners: tuple[str, str]
) -> None:
    worker.post("/account/languages", data={"languages": ["polish"]})
    with psycopg.connect(world.operator, autocommit=True) as conn:
        row = conn.execute("SELECT body FROM audit.entry ORDER BY body::jsonb ->> 'at' DESC LIMIT 1").fetchone()
        assert row
        assert "said what they speak" in row[0]
        assert "polish" not in row[0]
        conn.execute(
            "UPDATE access.membership SET valid_from = valid_from - interval '1 day',"
            " valid_until = now() - interval '1 second' FROM access.person AS p"
            " WHERE p.id = membership.person_id AND p.email = %s",
            [email(partners[0], "worker")],
        )
        conn.execute("SELECT access.forget()")
        left = conn.execute(
            "SELECT count(*) FROM access.membership_language AS k JOIN access.membership AS m ON m.id = k.membership_id"
            " JOIN access.person AS p ON p.id = m.person_id AND p.email = %s",
            [email(partners[0], "worker")],
        ).fetchone()
        assert left == (0,)
