"""A briefing as a PDF: the same words, tables and map as its HTML, drawn anew from the same data.

fpdf2 draws it, pure Python with our own font, so that the bytes depend on the data and on the locked versions alone:
no library of the machine's takes part. The font has Latin letters; what it lacks is printed as a question mark here,
and in full in the HTML.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from fpdf import FPDF
from fpdf.enums import TableCellFillMode
from fpdf.fonts import FontFace, TTFFont

from web.briefing_views import Borough, Table, View, view_of
from web.vendor import STATIC, VendorFiles

_FONT: Final = "@fontsource-variable/atkinson-hyperlegible-next/atkinson-hyperlegible-next-latin-wght-normal.woff2"
_WIDTH, _MAP_HEIGHT = 180.0, 95.0
_SHADES: Final = {"none": 255, "some": 226, "more": 192, "most": 160}
_LINE = 5.2


class Print(FPDF):
    """A4 pages with a marking above and a number below, in the product's own font."""

    def __init__(self, font: Path, foot: str) -> None:
        super().__init__(format="A4")
        self.foot = foot
        self.add_font("app", fname=font, variations={"": {"wght": 400.0}, "B": {"wght": 700.0}})
        own = self.fonts["app"]
        self.glyphs = frozenset(own.cmap) if isinstance(own, TTFFont) else frozenset()
        self.set_margins(15, 18)
        self.set_auto_page_break(True, margin=18)
        self.set_lang("en-GB")
        self.set_title("Briefing")
        self.set_producer("Waymark")

    def header(self) -> None:
        """Draw the marking."""
        self.set_font("app", "B", 9)
        self.set_y(8)
        self.cell(_WIDTH, 5, "OFFICIAL-SENSITIVE", align="C")
        self.set_y(18)

    def footer(self) -> None:
        """Draw of what this is a page, and which."""
        self.set_font("app", "", 8)
        self.set_y(-12)
        self.cell(_WIDTH, 5, f"{self.foot} · page {self.page_no()}", align="C")

    def said(self, text: str, *, size: float = 10, style: str = "", gap: float = 2) -> None:
        """Write a paragraph."""
        self.set_font("app", style, size)
        self.multi_cell(_WIDTH, size * 0.5, self.known(text), new_x="LMARGIN", new_y="NEXT", align="L")
        self.ln(gap)

    def headed(self, text: str, *, size: float = 14) -> None:
        """Write a heading that does not stand alone at the foot of a page."""
        if self.will_page_break(30):
            self.add_page()
        self.said(text, size=size, style="B", gap=1)

    def known(self, text: str) -> str:
        """Return a text with a question mark for each letter that the font lacks."""
        return "".join(letter if ord(letter) in self.glyphs or letter == "\n" else "?" for letter in text)


def font_file(files: VendorFiles) -> Path:
    """Return the file of the product's own font."""
    return STATIC / files.address(_FONT).removeprefix("/static/")


def briefing_pdf(document: Mapping[str, Any], font: Path) -> bytes:
    """Return a briefing as a PDF file: a function of its document, the font, and the locked libraries."""
    view = view_of(document)
    pdf = Print(font, f"Briefing, {view.quarter}, edition {view.number}, SHA-256 {view.checksum[:16]}…")
    pdf.set_creation_date(datetime.fromisoformat(document["data_at"]))
    pdf.add_page()
    pdf.said("Briefing for the commissioner's office", size=20, style="B")
    pdf.said(f"{view.organisation} · {view.quarter} · edition {view.number} · data of {view.data_at}")
    pdf.said(f"Read this first. {view.caution}", style="B")
    pdf.said(view.control)
    _initiatives(pdf, view)
    _places(pdf, view)
    _comparisons(pdf, view)
    _estimates(pdf, view)
    _figures(pdf, view)
    return bytes(pdf.output())


def _initiatives(pdf: Print, view: View) -> None:
    pdf.headed("Initiatives")
    pdf.said(f"Figure {view.refs['initiatives']}")
    if view.initiatives.lines:
        _table(pdf, view.initiatives)
    else:
        pdf.said("None was published for this quarter or the year before it.")


def _places(pdf: Print, view: View) -> None:
    pdf.headed("Places with a risk note")
    pdf.said(f"Figure {view.refs['places']}")
    _map(pdf, view)
    pdf.said(
        f"{view.quarter}: the number of places in each borough, “<5” for fewer than 5, “?” where none is given.",
        size=8,
    )
    _table(pdf, view.places)


def _comparisons(pdf: Print, view: View) -> None:
    pdf.headed("Before and after")
    pdf.said(f"Caution. {view.caution}", style="B")
    if not view.comparisons:
        pdf.said("No published initiative has quarters before it in this briefing.")
    for one in view.comparisons:
        pdf.headed(one.title, size=12)
        pdf.said(f"Figure {one.ref}")
        _table(pdf, one.own)
        if one.others:
            _table(pdf, one.others)
        else:
            pdf.said("An initiative ran in every borough in these quarters: there is nothing to compare with.")


def _estimates(pdf: Print, view: View) -> None:
    pdf.headed("Published estimates")
    pdf.said(f"Figure {view.refs['estimates']}. Estimates of how many people may be in modern slavery in the United "
             "Kingdom differ tenfold; none of them is a count.")  # fmt: skip
    for said, scope, source, year in view.estimates:
        pdf.said(f"{said} {scope}. Source: {source}, {year}.")
    pdf.headed("Where to turn")
    pdf.said("Danger now: 999. Police: 101. Modern Slavery & Exploitation Helpline: 08000 121 700.")


def _figures(pdf: Print, view: View) -> None:
    pdf.headed("How each figure was made")
    for one in view.figures:
        pdf.said(f"Figure {one['ref']}: {one['title']}", size=9, style="B", gap=0)
        pdf.said(f"Query {one['query']}, parameters {one['parameters']}, data of {one['data_at']}, "
                 f"SHA-256 {one['checksum']}", size=8)  # fmt: skip
    pdf.said(f"SHA-256 of all data of this briefing: {view.checksum}", size=8)


def _table(pdf: Print, table: Table) -> None:
    """Draw a table; its head is repeated on each page."""
    pdf.said(table.caption, style="B", gap=0)
    pdf.set_font("app", "", 8)
    heads = FontFace(emphasis="BOLD", fill_color=(238, 241, 243))
    first = 2 if len(table.headings) > 5 else 1.5
    widths = (first, *(1 for _ in table.headings[1:]))
    with pdf.table(
        width=_WIDTH, col_widths=widths, line_height=_LINE - 1, headings_style=heads, text_align="LEFT",
        cell_fill_mode=TableCellFillMode.NONE, padding=1,
    ) as drawn:  # fmt: skip
        for line in (table.headings, *table.lines):
            row = drawn.row()
            for words in line:
                row.cell(pdf.known(words))
    pdf.ln(4)


def _map(pdf: Print, view: View) -> None:
    """Draw the boroughs as large as their frame allows, each with its name and its number."""
    west, north, width, height = (int(side) for side in view.frame.split())
    if pdf.will_page_break(_MAP_HEIGHT):
        pdf.add_page()
    scale = min(_WIDTH / width, _MAP_HEIGHT / height)
    left, top = pdf.l_margin + (_WIDTH - width * scale) / 2, pdf.get_y()

    def at(x: int, y: int) -> tuple[float, float]:
        return round(left + (x - west) * scale, 2), round(top + (y - north) * scale, 2)

    pdf.set_line_width(0.2)
    for one in view.boroughs:
        pdf.set_fill_color(_SHADES[one.shade])
        for ring in one.rings:
            pdf.polygon([at(x, y) for x, y in zip(ring[::2], ring[1::2], strict=True)], style="DF")
    for one in view.boroughs:
        _words_on_map(pdf, one, at(one.x, one.y))
    pdf.set_y(top + _MAP_HEIGHT)


def _words_on_map(pdf: Print, one: Borough, at: tuple[float, float]) -> None:
    for words, style, size, down in ((one.name, "", 7, -3.0), (one.sign, "B", 10, 0.5)):
        pdf.set_font("app", style, size)
        width = pdf.get_string_width(words)
        pdf.set_xy(at[0] - width / 2 - 1, at[1] + down)
        pdf.cell(width + 2, 3.5, pdf.known(words), align="C")
