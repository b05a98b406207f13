"""The pages of imports over HTTP, as a browser without JavaScript meets them: every step, and what is refused."""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from data.database import entered
from data.sessions import SignIn, sign_in
from data.visits import NewVisit, add_visit
from tests.waiting import PATIENCE
from tests.web.importing import HOSTILE, Admin, said
from tests.web.world import PASSWORD, World

HEADER = "name,address,postcode,lon,lat,ref\n"


@pytest.fixture
def admin(world: World) -> Iterator[Admin]:
    with world.client(follow_redirects=False) as browser:
        made = Admin(browser)
        made.sign_in()
        yield made


def test_without_imports_the_list_says_what_a_file_needs(world: World) -> None:
    with world.client() as browser:
        other = Admin(browser)
        other.sign_in("admin@police")
        words = said(browser.get("/imports"))
    assert "Nothing was imported yet" in words
    assert "zipped Shapefile, KML or GeoParquet. At most 200 MB, 5,000,000 rows and 500 columns." in words


@pytest.mark.parametrize(
    ("content", "fields", "words"),
    [
        (HEADER + "A,,,-1.9,52.48,1\n", {"collected_for": ""}, "Choose what the records were collected for."),
        (HEADER + "A,,,-1.9,52.48,1\n", {"sensitivity": "9"}, "Choose a sensitivity."),
        (HEADER + "A,,,-1.9,52.48,1\n", {"operation": "x"}, "Choose one of the operations, or none."),
        ("", {}, "The file is empty"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, {}, "The file is a picture; expected CSV"),
        (b"PK\x03\x04 nothing", {}, "damaged or cut short"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_and_nothing_of_it_is_kept(
    admin: Admin, content: str | bytes, fields: dict[str, str], words: str
) -> None:
    before = admin.browser.get("/imports").text.count('<th scope="row">')
    answer = admin.send(content, source="kept as typed", **fields)
    assert answer.status_code == 422
    assert words in said(answer)
    assert "kept as typed" in answer.text
    assert "<title>Error: Import a file" in answer.text
    assert admin.browser.get("/imports").text.count('<th scope="row">') == before


def test_a_form_without_a_file_asks_for_one(admin: Admin) -> None:
    answer = admin.browser.post("/imports/new", data={"collected_for": "welfare", "source": "kept"})
    assert answer.status_code == 422
    assert "Choose the file." in said(answer)
    assert 'value="welfare" checked' in answer.text


def test_an_operation_that_is_not_the_admins_reads_like_none(admin: Admin) -> None:
    answer = admin.send(HEADER + "A,,,-1.9,52.48,1\n", operation=str(uuid4()))
    assert answer.status_code == 403


def test_a_request_larger_than_any_file_may_be_is_refused_unread(world: World, admin: Admin) -> None:
    where = urlsplit(world.url)
    head = (
        f"POST /imports/new HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: {admin.browser.headers['Cookie']}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 900000000\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((str(where.hostname), where.port or 80), timeout=PATIENCE) as open_socket:
        open_socket.sendall(head.encode())
        answer = open_socket.makefile("rb").read().decode()
    assert answer.startswith("HTTP/1.1 413")
    assert "The file is larger than is taken; expected at most 200 MB." in answer


def test_a_stranger_s_file_is_not_read_to_hold_it(world: World) -> None:
    with world.client() as browser:
        answer = browser.post("/imports/new", files={"file": ("places.csv", b"x" * (2 << 20), "text/csv")})
        assert (answer.status_code, answer.headers.get("location")) == (303, "/sign-in")


def test_a_refusal_names_line_column_said_and_expected_and_the_columns_can_be_chosen(admin: Admin) -> None:
    path = admin.staged("name,Longitude,Latitude,ref\nUnclear Yard,52.4801,-1.9101,u1\n")
    page = said(admin.browser.get(f"{path}/columns"))
    for words in (
        "exchanged",
        "Line 2",
        "Column Longitude and Latitude",
        "Said 52.4801, -1.9101",
        "Expected longitude",
    ):
        assert words in page
    chosen = {"column-0": "name", "column-1": "latitude", "column-2": "longitude", "column-3": "source_id"}
    answer = admin.browser.post(f"{path}/columns", data=admin.choices(path) | chosen)
    assert answer.headers.get("location") == f"{path}/check", said(answer)
    assert admin.counts(path) == {"good": 1, "warning": 0, "duplicate": 0, "rejected": 0}


def test_each_column_has_three_samples_its_guess_and_none(admin: Admin) -> None:
    path = admin.staged(HEADER + "".join(f"Sample {n},{n} Row,,-1.9{n},52.48,s{n}\n" for n in range(5)))
    page = admin.browser.get(f"{path}/columns").text
    assert admin.choices(path)["column-0"] == "name"
    assert page.count('<option value="">None</option>') == 6
    assert [f"Sample {n}" in page for n in range(4)] == [True, True, True, False]
    assert "The column is called name." in page


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"column-4": ""}, "Longitude alone is not enough; choose the column of the latitude too."),
        ({"column-1": "name"}, "Name is chosen for several columns; choose one of them."),
        ({"column-1": "grid_reference"}, "Where the places are is said in two ways"),
    ],
)
def test_choices_that_do_not_fit_together_are_pointed_out(admin: Admin, chosen: dict[str, str], words: str) -> None:
    path = admin.staged(HEADER + "Odd Yard,SP 0686,,-1.9,52.48,o1\n")
    answer = admin.browser.post(f"{path}/columns", data=admin.choices(path) | chosen)
    assert answer.status_code == 422
    assert answer.text.count(words) == 2
    assert "<title>Error: " in answer.text


def test_none_leaves_a_column_out_and_a_missing_name_is_refused(admin: Admin) -> None:
    path = admin.staged(HEADER + "Left Yard,1 Left Row,,-1.9,52.48,l1\n")
    answer = admin.browser.post(f"{path}/columns", data=admin.choices(path) | {"column-1": ""})
    assert answer.headers.get("location") == f"{path}/check"
    assert "1 Left Row" not in admin.browser.get(f"{path}/check").text
    refused = admin.browser.post(f"{path}/columns", data=admin.choices(path) | {"column-0": ""})
    assert refused.status_code == 422
    assert "No column says what the places are called" in said(refused)


def test_hostile_cells_are_text_at_every_step(admin: Admin) -> None:
    name = "<script>alert(9)</script>.csv"
    path = admin.staged(HOSTILE, name, source="<svg onload=alert(8)>")
    assert admin.counts(path) == {"good": 1, "warning": 2, "duplicate": 1, "rejected": 1}
    steps = ("/columns", "/check", "/check?show=warning", "/check?show=duplicate", "/check?show=rejected", "/commit")
    pages = [admin.browser.get(path + step).text for step in steps] + [admin.browser.get("/imports").text]
    for page in pages:
        assert not [tag for tag in ("<img src=x", "<script>alert", "<b onmouse", "<svg onload") if tag in page]
    assert all("&lt;img src=x onerror=alert(1)&gt;" in page for page in pages[:2])
    assert "<bdi>\u202eliaN\u202c bar</bdi>" in pages[0] or "<bdi>Nail bar</bdi>" in pages[0] + pages[1]
    rejects = admin.browser.get(f"{path}/rejects")
    assert rejects.headers["content-disposition"] == f'attachment; filename="rejects-{path.rpartition("/")[2]}.csv"'
    assert not [line for line in rejects.text.splitlines() if line.startswith(("=", "+", "-", "@"))]


def test_rows_come_in_pages_and_by_verdict(admin: Admin) -> None:
    rows = "".join(f"Row {n},,,-1.{n + 100},52.4{n},r{n}\n" for n in range(60))
    path = admin.staged(HEADER + rows + "Nowhere,,,0,0,r99\n")
    first = admin.browser.get(f"{path}/check").text
    assert ("Row 49" in first, "Row 50" in first) == (True, False)
    rest = admin.browser.get(f"{path}/check?show=&after=51").text
    assert ("Row 49" in rest, "Row 50" in rest, "First rows" in rest) == (False, True, True)
    rejected = said(admin.browser.get(f"{path}/check?show=rejected"))
    assert "62 Rejected Column lon, lat Said 0, 0 Expected The position is 0, 0" in rejected


def test_duplicates_stand_beside_what_they_repeat_as_far_as_an_admin_may_know_it(admin: Admin) -> None:
    earlier = admin.committed(HEADER + "Twin Yard,9 Secret Row,,-1.9333,52.4933,t1\n", "earlier.csv", source="twins")
    path = admin.staged(
        HEADER + "Twin Yard,1 New Row,,-1.9333,52.4933,t2\nSame,,,-1.95,52.5,t3\nSame,,,-1.95,52.5,t4\n"
    )
    page = admin.browser.get(f"{path}/check?show=duplicate")
    words = said(page)
    assert "Line 2 Twin Yard 1 New Row" in words
    assert "A place imported before Line 2 of earlier.csv , imported" in words
    assert f'href="{earlier}"' in page.text
    assert "Line 4 Same" in words
    assert "Line 3 of the same file Same" in words
    assert "9 Secret Row" not in page.text
    assert admin.browser.post(f"{earlier}/undo").headers["location"] == f"{earlier}?done=undone"


def test_the_same_file_again_leads_to_the_import_it_was(admin: Admin) -> None:
    content = HEADER + "Again Yard,,,-1.9444,52.4944,a1\n"
    path = admin.committed(content, "again.csv")
    assert "1 place was added" in said(admin.browser.get(path))
    again = admin.send(content, "again.csv")
    assert again.headers["location"] == f"{path}?done=before"
    assert "This file was imported before with the same choices." in said(admin.browser.get(f"{path}?done=before"))
    assert admin.browser.post(f"{path}/commit").status_code == 409
    for step in ("columns", "check", "commit", "discard"):
        assert admin.browser.get(f"{path}/{step}").headers["location"] == path


def test_the_confirmation_says_in_a_sentence_what_will_happen(admin: Admin) -> None:
    rows = "One Yard,,,-1.9,52.47,c1\nTwo Yard,,,-1.91,52.47,c2\nOne Yard,,,-1.9,52.47,c3\nNo,,,0,0,c4\n"
    words = said(admin.browser.get(f"{admin.staged(HEADER + rows)}/commit"))
    assert (
        "2 places will be added for Test Charity, collected for safeguarding, sensitivity 2 unless a row says another."
        " 1 duplicate and 1 rejected row will be left out."
    ) in words


def test_undoing_leaves_what_somebody_has_used_and_lists_it(world: World, admin: Admin) -> None:
    path = admin.committed(HEADER + "Used Yard,,,-1.9555,52.4955,k1\nUnused Yard,,,-1.9666,52.4966,k2\n", "used.csv")
    asked = SignIn(email="worker@charity.test.invalid", password=PASSWORD, purpose="visit")
    token = sign_in(world.backing.pool, world.backing.vault, asked).token
    with world.client(headers={"Authorization": f"Bearer {token}"}) as worker:
        found = worker.get("/api/collections/places/items", params={"bbox": "-1.956,52.495,-1.955,52.496"}).json()
    with entered(world.backing.pool, token) as (conn, who):
        visit = NewVisit(status="planned", visited_on=who.expires_at.date())
        add_visit(conn, who, world.backing.vault, (found["features"][0]["id"], visit))
    assert "except those that somebody has changed or used" in said(admin.browser.get(f"{path}/undo"))
    admin.browser.post(f"{path}/undo")
    words = said(admin.browser.get(f"{path}?done=undone"))
    assert "1 of 2 places were taken back." in words
    assert "1 place stayed" in words
    assert "Line 2" in words


def test_an_import_is_discarded_after_asking(admin: Admin) -> None:
    path = admin.staged(HEADER + "Gone Yard,,,-1.9,52.46,g1\n")
    assert "Discard this import?" in said(admin.browser.get(f"{path}/discard"))
    assert admin.browser.post(f"{path}/discard").headers["location"] == "/imports?done=discarded"
    assert "Nothing was added." in said(admin.browser.get("/imports?done=discarded"))
    assert admin.browser.get(path).status_code == 404


@pytest.mark.parametrize("id", ["nonsense", "00000000-0000-4000-8000-000000000000"])
def test_an_import_that_is_not_there_reads_like_one_that_is_hidden(admin: Admin, id: str) -> None:
    for step in ("", "/columns", "/check", "/commit", "/undo", "/discard", "/rejects"):
        assert admin.browser.get(f"/imports/{id}{step}").status_code == 404
    for step in ("columns", "sheet", "commit", "undo", "discard"):
        assert admin.browser.post(f"/imports/{id}/{step}", data={"sheet": "x"}).status_code == 404


def test_a_hidden_browser_changes_nothing(admin: Admin) -> None:
    path = admin.staged(HEADER + "Hidden Yard,,,-1.9,52.45,x1\n")
    admin.browser.headers["Cookie"] += "; measures=cups"
    assert admin.browser.post(f"{path}/commit").headers["location"] == "/measures"


def test_the_template_is_understood_without_choosing_anything(admin: Admin) -> None:
    template = admin.browser.get("/imports/template")
    assert template.headers["content-disposition"] == 'attachment; filename="template.csv"'
    row = "Template Yard,Nail bar,1 Row,,-1.97,52.47,t9,active,two_people,1\n"
    path = admin.staged(template.content + row.encode())
    roles = [role for name, role in admin.choices(path).items() if name.startswith("column-")]
    assert roles == [
        "name", "kind", "address", "postcode", "longitude", "latitude", "source_id", "status", "attend_rule",
        "sensitivity",
    ]  # fmt: skip
    assert admin.counts(path)["good"] == 1


def test_another_sheet_of_a_workbook_can_be_read(admin: Admin, testdata: Path) -> None:
    workbook = (testdata / "messy" / "codepoint_open_Codelist.xls").read_bytes()
    path = admin.staged(workbook, "codes.xls")
    assert 'value="AREA_CODES"' in admin.browser.get(f"{path}/columns").text
    admin.browser.post(f"{path}/sheet", data={"sheet": "CTY"})
    assert '<option value="CTY" selected>' in admin.browser.get(f"{path}/columns").text


def test_a_real_file_in_the_irish_grid_says_why_it_does_not_fit(admin: Admin, testdata: Path) -> None:
    file = testdata / "messy" / "translink_stationsni_irish_grid.csv"
    path = admin.staged(file.read_bytes(), file.name)
    assert "in the Irish Grid" in said(admin.browser.get(f"{path}/columns"))


def test_a_real_file_with_coordinates_is_checked_row_by_row(admin: Admin, testdata: Path) -> None:
    path = admin.staged((testdata / "sites" / "wm_bank_branches_geolytix.csv").read_bytes(), "banks.csv")
    assert sum(admin.counts(path).values()) == 207
