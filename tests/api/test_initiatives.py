"""The register of initiatives: who writes, who reads, what is kept of changes, what the audit says."""

from collections.abc import Iterator

import pytest

from data.cluster import Cluster
from tests.api.reporting import Office, an_initiative, an_office, analysing
from tests.api.scene import Scene, a_scene
from tests.conftest import clone


@pytest.fixture(scope="module")
def scene(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with a_scene(cluster, clone(cluster), tmp_path_factory.mktemp("scene")) as made:
        yield made


@pytest.fixture(scope="module")
def office(scene: Scene) -> Office:
    return an_office(scene)


@pytest.fixture(autouse=True)
def an_empty_register(scene: Scene) -> None:
    scene.conn.execute("DELETE FROM access.initiative")


def added(scene: Scene, **more: object) -> str:
    answer = scene.send("POST", "/api/initiatives", an_initiative(**more), kind="ana")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def titles(scene: Scene, kind: str | dict[str, str]) -> list[str]:
    return [one["title"] for one in scene.get("/api/initiatives", kind).json()["initiatives"]]


def test_an_analyst_writes_and_the_organisation_reads(scene: Scene) -> None:
    id = added(scene)
    found = scene.get(f"/api/initiatives/{id}", "own").json()
    assert (found["title"], found["reach"], found["areas"]) == ("Spot the signs", 1200, [1, 2])
    assert titles(scene, "safe") == ["Spot the signs"]


@pytest.mark.parametrize("kind", ["own", "part"])
def test_outreach_workers_do_not_write(scene: Scene, kind: str) -> None:
    assert scene.send("POST", "/api/initiatives", an_initiative(), kind=kind).status_code == 403


@pytest.mark.parametrize("kind", ["part", "pana", "none"])
def test_other_organisations_read_nothing_of_it(scene: Scene, kind: str) -> None:
    id = added(scene)
    assert titles(scene, kind) == []
    assert scene.get(f"/api/initiatives/{id}", kind).status_code == 404


@pytest.mark.parametrize("kind", ["enf", "adm", "aud", "layr"])
def test_it_is_not_for_enforcement_nor_for_who_reads_no_content(scene: Scene, kind: str) -> None:
    assert scene.get("/api/initiatives", kind).status_code == 403


def test_the_commissioners_analysts_read_what_is_published_and_the_owners_audit_says_so(
    scene: Scene, office: Office
) -> None:
    added(scene)
    added(scene, title="For ourselves", is_published=False)
    before = len(scene.audit())
    assert titles(scene, analysing(scene, office.analyst)) == ["Spot the signs"]
    (entry,) = scene.audit()[before:]
    assert (entry["op"], entry["what"], entry["agreement"]) == ("disclosure", "initiatives", str(office.agreement))


def test_a_suspended_agreement_closes_it_for_the_next_request(scene: Scene, office: Office) -> None:
    id = added(scene)
    session = analysing(scene, office.analyst)
    assert titles(scene, session) == ["Spot the signs"]
    scene.conn.execute("UPDATE access.agreement SET suspended_at = access.clock() WHERE id = %s", [office.agreement])
    assert titles(scene, session) == []
    assert scene.get(f"/api/initiatives/{id}", session).status_code == 404
    scene.conn.execute("UPDATE access.agreement SET suspended_at = NULL WHERE id = %s", [office.agreement])


def test_a_change_keeps_what_it_was_and_who_was_slower_is_told(scene: Scene) -> None:
    id = added(scene)
    change = an_initiative(title="Know the signs", version=1)
    assert scene.send("PUT", f"/api/initiatives/{id}", change, kind="ana").json() == {"version": 2}
    assert scene.send("PUT", f"/api/initiatives/{id}", change, kind="ana").status_code == 409
    found = scene.get(f"/api/initiatives/{id}", "own").json()
    assert (found["title"], found["history"][0]["was"]["title"]) == ("Know the signs", "Spot the signs")
    assert found["history"][0]["was"]["areas"] == [1, 2]
    assert scene.audit()[-1]["what"] == "kept an initiative"


def test_one_that_is_withdrawn_is_gone_and_its_history_stays(scene: Scene) -> None:
    id = added(scene)
    assert scene.client.delete(f"/api/initiatives/{id}", headers=scene.a_session("ana")).status_code == 204
    assert titles(scene, "own") == []
    assert scene.get(f"/api/initiatives/{id}", "own").status_code == 404
    assert scene.one("SELECT count(*) FROM access.initiative_history WHERE initiative_id = %s", id) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"ends_on": "2025-11-02"}, {"areas": [4711]}, {"site_id": "3f2c7a52-9d0e-4c8b-8a6f-1d2e3c4b5a69"}, {"title": ""}],
    ids=str,
)
def test_what_cannot_be_is_refused(scene: Scene, wrong: dict[str, object]) -> None:
    assert scene.send("POST", "/api/initiatives", an_initiative(**wrong), kind="ana").status_code == 422


def test_no_entry_of_the_audit_says_a_title(scene: Scene) -> None:
    added(scene)
    assert "Spot the signs" not in str(scene.audit())
