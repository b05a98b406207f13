"""Work on an import that outlasts its request: what the page says while it goes on, and how it ended."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.waiting import until
from tests.web.test_pages import typed
from tests.web.world import World
from web.app import with_pages
from web.import_work import ImportWork
from web.vendor import vendor_files

ROWS = "".join(f"Slow Yard {n},-1.{n + 1000},52.47,w{n}\n" for n in range(200))


@pytest.fixture
def hasty(world: World) -> Iterator[TestClient]:
    """Give an admin's browser at a service that waits for no work."""
    app = with_pages(world.backing, vendor_files())
    app.state.import_work = ImportWork(patience=0)
    client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
    answer = client.post("/sign-in", data=typed("admin@charity", "administration"))
    client.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]
    yield client
    client.close()


def sent(client: TestClient, content: str) -> str:
    answer = client.post(
        "/imports/new", data={"collected_for": "welfare"}, files={"file": ("slow.csv", content.encode(), "text/csv")}
    )
    address = answer.headers["location"]
    assert address.endswith("?then=columns"), answer.text
    return str(address)


def ended(client: TestClient, address: str) -> str:
    """Look again and again, as the page's link does; where the work led, or the page that it ended on."""
    found: list[str] = []

    def looked() -> bool:
        answer = client.get(address)
        if answer.status_code == 303:
            found.append(answer.headers["location"])
        elif answer.status_code != 503 and 'id="work"' not in answer.text:  # A busy machine may answer: not now.
            found.append(answer.text)
        return bool(found)

    until(looked, every=0.3)
    return found[0]


def test_the_page_says_what_goes_on_and_leads_on_when_it_is_done(hasty: TestClient) -> None:
    address = sent(hasty, "name,lon,lat,ref\n" + ROWS)
    path = address.partition("?")[0]
    page = hasty.get(address)
    if page.status_code == 200:
        assert "The file is being read" in page.text
        assert ">Look again</a>" in page.text
    assert ended(hasty, address) == f"{path}/columns"
    assert hasty.post(f"{path}/commit").headers["location"] in (path, f"{path}?done=committed")
    assert "200 places were added" in ended_as(hasty, path, "committed")
    hasty.post(f"{path}/undo")
    assert "200 of 200 places were taken back." in ended_as(hasty, path, "undone")


def ended_as(client: TestClient, path: str, status: str) -> str:
    """Wait until the import has this status; its page."""
    until(lambda: client.get(f"/api{path}").json().get("status") == status, every=0.3)
    return ended(client, path)


def test_a_refusal_that_nobody_waited_for_is_told_later(hasty: TestClient) -> None:
    address = sent(hasty, "name,town\nSlow Yard,Birmingham\n")
    page = ended(hasty, address)
    assert "The file was not taken" in page
    assert "No column says where the places are" in page
    assert "Choose its columns" in page


def test_the_same_file_noticed_later_points_to_the_import_it_was(hasty: TestClient) -> None:
    content = "name,lon,lat,ref\nTwice Yard,-1.93,52.46,tw1\n"
    first = sent(hasty, content)
    path = ended(hasty, first).rpartition("/")[0]
    hasty.post(f"{path}/commit")
    ended_as(hasty, path, "committed")
    page = ended(hasty, sent(hasty, content))
    assert f'href="{path}">Open that import</a>' in page
