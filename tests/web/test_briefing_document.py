"""A briefing as HTML and PDF: the same data give the same bytes in any process, and every figure can be traced."""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from geo.quarters import span
from layers.before_and_after import comparisons
from layers.briefings import CAUTION, checksum_of, faults_of, figures
from scripts.briefings import briefing as command
from tests.web.world import HOSTILE
from web.briefing_document import NotABriefing, briefing_html, document_in, faults_of_file, policy_of_the_file
from web.briefing_pdf import briefing_pdf, font_file
from web.briefing_views import compared_in_words, view_of
from web.vendor import VendorFiles

ROOT = Path(__file__).parents[2]
NAMES = ("Birmingham", "Coventry", "Dudley")
PRINT = """
import hashlib, json, sys
from web.briefing_document import briefing_html
from web.briefing_pdf import briefing_pdf, font_file
from web.vendor import VendorFiles
document = json.load(sys.stdin)
for printed in (briefing_html(document), briefing_pdf(document, font_file(VendorFiles()))):
    print(hashlib.sha256(printed).hexdigest())
"""


def a_document(**more: Any) -> dict[str, Any]:
    """Return a briefing's document of three boroughs and one initiative."""
    quarters = [one.isoformat() for one in span(date(2026, 1, 1), 8)]
    document: dict[str, Any] = {
        "edition": 1, "organisation": "Test Charity", "number": 1, "quarter": quarters[-1], "quarters": quarters,
        "data_at": "2026-06-01T12:00:00Z",
        "boroughs": [
            {"area": area, "code": f"E{area}", "name": name, "is_counted": True, "at": [40_150 + area * 300, 28_250],
             "rings": [[40_000 + area * 300, 28_000, 40_300 + area * 300, 28_000, 40_300 + area * 300, 28_500]]}
            for area, name in enumerate(NAMES, 1)
        ],
        "counts": [
            {"area": area, "quarter": quarter, "is_kept": False, "is_withheld": False,
             "value": (None, 5, 15, 40)[(area + number) % 4]}
            for area in (1, 2, 3) for number, quarter in enumerate(quarters)
        ],
        "initiatives": [{
            "id": "a", "kind": "campaign", "title": HOSTILE, "sector": "banking", "audience": "counter staff",
            "starts_on": "2025-10-03", "ends_on": "2025-11-01", "areas": [1], "site": "A bank", "reach": 1200,
        }],
        "estimates": [{
            "slug": "home_office", "version": 1, "said": "10,000 to 13,000", "scope": "possible victims",
            "source": "Home Office", "year": 2014,
        }],
    } | more  # fmt: skip
    document["comparisons"] = comparisons(document)
    document["figures"] = figures(document)
    return document


@pytest.fixture(scope="module")
def font() -> Path:
    return font_file(VendorFiles())


def hashes_in_another_process(document: dict[str, Any], seed: str) -> list[str]:
    zone = "Asia/Tokyo" if seed == "1" else "UTC"
    done = subprocess.run(
        [sys.executable, "-c", PRINT], input=json.dumps(document), capture_output=True, text=True, check=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "TZ": zone},
    )  # fmt: skip
    return done.stdout.split()


def test_two_processes_print_the_same_bytes(font: Path) -> None:
    document = a_document()
    here = [hashlib.sha256(one).hexdigest() for one in (briefing_html(document), briefing_pdf(document, font))]
    assert hashes_in_another_process(document, "1") == hashes_in_another_process(document, "2") == here


def test_what_the_database_gives_back_prints_the_same(font: Path) -> None:
    document = a_document()
    again = json.loads(json.dumps(document, sort_keys=True))
    assert briefing_html(again) == briefing_html(document)
    assert briefing_pdf(again, font) == briefing_pdf(document, font)


def test_no_estimate_prints_without_its_source_and_year() -> None:
    document = a_document()
    page = re.sub(r"\s+", " ", briefing_html(document).decode())
    for one in document["estimates"]:
        for found in re.finditer(re.escape(one["said"]), page.partition('<script type="application/json"')[0]):
            after = page[found.end() : found.end() + 200]
            assert re.match(rf"</b> [^<]+ Source: {re.escape(one['source'])}, {one['year']}\.", after), after


def test_the_caution_is_always_printed() -> None:
    for document in (a_document(), a_document(initiatives=[])):
        assert briefing_html(document).decode().count(CAUTION) == 2


def test_every_figure_of_the_page_stands_in_the_appendix_with_its_query_and_checksum() -> None:
    document = a_document()
    page = briefing_html(document).decode()
    linked = set(re.findall(r'href="#figure-(F\d+)"', page))
    assert linked == set(re.findall(r'id="figure-(F\d+)"', page)) == {one["ref"] for one in document["figures"]}
    for one in document["figures"]:
        assert one["query"] in page
        assert one["checksum"] in page
    assert checksum_of(document) in page


def test_what_people_typed_is_escaped() -> None:
    page = briefing_html(a_document()).decode()
    assert "<img src=x" not in page
    assert "</script><b>" not in page
    assert "&lt;img src=x" in page


def test_a_file_agrees_with_itself_until_a_number_is_changed() -> None:
    file = briefing_html(a_document())
    assert document_in(file) == a_document()
    assert faults_of_file(file) == []
    assert faults_of_file(
        file.replace(b'<td class="number"><bdi>15</bdi>', b'<td class="number"><bdi>20</bdi>', 1)
    ) == ["The file is not what its data print."]
    changed = file.replace(b'"value":15', b'"value":20', 1)
    assert "Figure F2 is not what its checksum says." in faults_of_file(changed)


@pytest.mark.parametrize(
    "file", [b"", b"\xff", b"<html></html>", b'<script type="application/json" id="briefing-data">{}</script>']
)
def test_a_file_that_is_no_briefing_is_refused(file: bytes) -> None:
    with pytest.raises(NotABriefing):
        faults_of_file(file)


def test_the_command_exits_with_1_where_a_byte_differs(tmp_path: Path) -> None:
    file = tmp_path / "briefing.html"
    file.write_bytes(briefing_html(a_document()))
    equal = CliRunner().invoke(command, ["verify", "--apart", str(file)])
    assert (equal.exit_code, equal.output[:6]) == (0, "Equal:")
    file.write_bytes(file.read_bytes() + b" ")
    assert CliRunner().invoke(command, ["verify", "--apart", str(file)]).exit_code == 1


def test_the_policy_of_the_file_allows_its_own_style_and_nothing_else() -> None:
    page = briefing_html(a_document()).decode()
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy_of_the_file()
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert " style=" not in page.partition('<script type="application/json"')[0]


def test_no_total_is_printed() -> None:
    view = view_of(a_document())
    assert [line[0] for line in view.places.lines] == list(NAMES)
    assert "otal" not in " ".join(view.places.headings)


def test_a_comparison_that_was_altered_is_a_fault() -> None:
    document = a_document()
    document["comparisons"][0]["own"][0]["values"][0] = 500
    assert len(faults_of(document)) == 2


def test_a_comparison_has_quarters_before_during_and_after() -> None:
    (one,) = a_document()["comparisons"]
    assert one["phases"] == ["before", "before", "during", "after"]
    assert [row["area"] for row in one["own"]] == [1]
    assert [row["area"] for row in one["others"]] == [2, 3]


def test_counting_again_is_told_in_a_sentence() -> None:
    document = a_document()
    assert "24 of 24 values are equal." in compared_in_words(document, 24, 24)
    assert "Records changed since" in compared_in_words(document, 23, 24)
    assert "none was drawn anew" in compared_in_words(document, 0, 0)


def test_letters_that_the_font_lacks_do_not_stop_the_print(font: Path) -> None:
    assert briefing_pdf(a_document(organisation="Łódź 北京 😀"), font).startswith(b"%PDF-")


def test_a_borough_that_was_not_counted_is_said_not_to_be() -> None:
    boroughs = [one | {"is_counted": one["area"] < 3} for one in a_document()["boroughs"]]
    document = a_document(boroughs=boroughs, counts=[one for one in a_document()["counts"] if one["area"] < 3])
    view = view_of(document)
    assert view.places.lines[2] == ("Dudley", *["not counted"] * 8)
    assert [one.sign for one in view.boroughs][2] == "?"
    assert [row["area"] for row in document["comparisons"][0]["others"]] == [2]


def test_a_value_that_was_withheld_is_not_given() -> None:
    counts = [one | {"is_withheld": one["area"] == 1, "value": None} for one in a_document()["counts"]]
    document = a_document(counts=counts)
    assert view_of(document).places.lines[0] == ("Birmingham", *["not given"] * 8)
    assert view_of(document).comparisons[0].own.lines[0][1:] == ("not given",) * 4
    assert view_of(document).boroughs[0].sign == "?"
