"""Coverage: how long ago each square was visited and what is planned, beside what was noted; gaps first."""

from typing import Annotated, Any, Final, Literal

import numpy as np
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from geo.cells import Corners, cell_polygons
from layers.coverage import NEVER, RHYTHM, Coverage, coverage
from layers.coverage_tables import STATES, coverage_rows, coverage_state
from layers.hotspot_questions import QuestionRefused
from web.forms import Form, read, typed
from web.hotspot_forms import SQUARES
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
LISTED: Final = 50
DAYS: Final = (31, 61, 91, 181)
DAY_WORDS: Final = ("30 days or less", "31 to 60 days", "61 to 90 days", "91 to 180 days", "More than 180 days")
WEEKS: Final = ((2, "2 weeks"), (4, "4 weeks"), (8, "8 weeks"), (13, "a quarter"))
_SENTENCES: Final = {
    "metres": "Choose squares of 500 m, 1 km or 5 km.",
    "area": "Choose one of your areas, or all.",
    "weeks": "Choose how far ahead planned visits count.",
}


class TypedCoverage(BaseModel):
    """What the form asks; what is left out is as usual."""

    metres: Literal["500", "1000", "5000"] = "500"
    area: Annotated[str, Field(max_length=100)] | None = None
    weeks: Literal["2", "4", "8", "13"] = "4"


@router.get("/coverage")
def usual_page(visitor: VisitorNow) -> Response:
    """Show the coverage of all areas, in squares of 500 m."""
    return _page(visitor, TypedCoverage())


@router.post("/coverage")
def asked_page(visitor: VisitorNow, data: FormNow) -> Response:
    """Show what was asked; posted, so that no address tells what is looked at."""
    values = typed(data)
    asked = read(TypedCoverage, values, _SENTENCES)
    if isinstance(asked, dict):
        return _shown(visitor, TypedCoverage(), Form(values=values, faults=asked), status=422)
    return _page(visitor, asked, is_whole=values.get("list") == "whole")


def _page(visitor: Visitor, asked: TypedCoverage, *, is_whole: bool = False) -> Response:
    form = Form(values=asked.model_dump())
    try:
        return _shown(visitor, asked, form, is_whole=is_whole)
    except QuestionRefused as refusal:
        return _shown(visitor, TypedCoverage(), Form(values=form.values, faults={"area": str(refusal)}), status=422)


def _shown(
    visitor: Visitor, asked: TypedCoverage, form: Form, *, status: int = 200, is_whole: bool = False
) -> Response:
    me = visitor.me()
    found = coverage(
        visitor.backing.pool, me, visitor.token, metres=int(asked.metres), area=asked.area, weeks=int(asked.weeks)
    )
    listed = coverage_rows(found, most=None if is_whole else LISTED)
    return visitor.page(
        "coverage.html",
        me=me,
        status=status,
        form=form,
        rows=[row | {"words": STATES[row["state"]]} for row in listed],
        count=len(found.easting),
        gaps=int(found.is_gap.sum()),
        today=found.today,
        rhythm=RHYTHM,
        day_words=DAY_WORDS,
        squares=SQUARES,
        weeks=WEEKS,
        areas=[(name, name) for name in me.areas],
        drawn=drawn(found),
    )


def drawn(found: Coverage) -> dict[str, Any]:
    """Return what the browser draws, squares in the order of the table."""
    order = found.ranked()
    corners = Corners(found.easting[order], found.northing[order])
    days = found.days[order]
    classes = np.where(days == NEVER, -1, np.searchsorted(DAYS, days, side="right"))
    return {
        "metres": found.metres,
        "rings": cell_polygons(corners, found.metres).round(6)[:, :4].tolist(),
        "states": [coverage_state(found, int(index)) for index in order],
        "classes": classes.tolist(),
        "months": [],
    }
