"""Search: posted, so that no address holds what somebody looks for; results are rows that the map and list follow."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from geo.grid_references import IrishGridReference, NotAGridReference, parse
from geo.positions import Reading
from layers.search import SHORTEST, Found, search
from web import facts
from web.facts import Row
from web.forms import Form, read, typed
from web.map_pages import map_with
from web.visitors import FormNow, VisitorNow
from web.words import square_in_words

router = APIRouter(include_in_schema=False)
NOTHING = (
    "Nothing was found that this session may see. Search by part of a name, a postcode such as B1 1AY, a grid "
    "reference such as SP 0686, latitude and longitude such as 52.48, -1.90, or easting and northing such as 406874, "
    "286943."
)
_EXPECTED = {"text": f"Type what to look for: {SHORTEST} to 100 characters."}


class TypedSearch(BaseModel):
    """What was typed in the search box."""

    text: Annotated[str, Field(min_length=SHORTEST, max_length=100)]


@router.post("/map/search")
def search_page(visitor: VisitorNow, data: FormNow) -> Response:
    """Show what a text finds: positions first, then places by name."""
    values = typed(data)
    asked = read(TypedSearch, values, _EXPECTED)
    if not isinstance(asked, TypedSearch):
        return map_with(visitor, search=Form(values=values, faults=asked), status=422)
    found = search((visitor.backing.pool, visitor.backing.vault), asked.text, visitor.token)
    rows = [*_positions(found), *(facts.row(feature) for feature in found.places)]
    return map_with(visitor, search=Form(values=values), found=rows, found_words=_words(found, asked.text, len(rows)))


def _positions(found: Found) -> Iterator[Row]:
    if found.postcode and found.postcode.box:
        yield _row(found.postcode.text, "Around this postcode", found.postcode.box)
    for reading in found.positions:
        yield _row(*_told(reading), reading.box)


def _row(title: str, fact: str, box: tuple[float, float, float, float]) -> Row:
    return Row(id=None, box=box, sign="here", attend_rule=None, title=title, facts=(fact,))


def _told(reading: Reading) -> tuple[str, str]:
    """Return a position in words, and what the text was taken for."""
    if reading.kind == "square":
        return f"Grid reference: {square_in_words(reading.metres)}", "A square of the British National Grid"
    if reading.kind in {"latitude first", "longitude first"}:
        return f"Latitude {reading.latitude:.5f}, longitude {reading.longitude:.5f}", f"Read as {reading.kind}"
    title = f"Easting {reading.easting:.0f}, northing {reading.northing:.0f}"
    return title, f"Read as {reading.kind}, British National Grid"


def _words(found: Found, text: str, count: int) -> str:
    if found.postcode and found.postcode.box is None and not found.places:
        return "The position of this postcode is not known here, and no place that this session may see has it."
    if not count:
        return _irish(text) or NOTHING
    if not found.is_whole:
        return f"The first {len(found.places)} places by name. Type more to find others."
    return "1 result." if count == 1 else f"{count} results."


def _irish(text: str) -> str:
    """Return why an Irish grid reference finds nothing, empty for other texts."""
    try:
        parse(text)
    except IrishGridReference as error:
        return str(error)
    except NotAGridReference:
        return ""
    return ""
