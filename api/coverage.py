"""Coverage, over the API: where an analyst's own organisation went, and where it did not."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api.answers import json_answer
from api.identity import BackingNow, Token
from data.sessions import my_session
from layers.coverage import coverage
from layers.coverage_tables import coverage_rows

router = APIRouter(tags=["hotspots"])


class Asked(BaseModel):
    """In squares of which side, in which of one's areas, and how many weeks ahead visits are counted as planned."""

    metres: int = 500
    area: Annotated[str, Field(max_length=100)] | None = None
    weeks: int = 4


@router.get("/coverage")
def read_coverage(backing: BackingNow, token: Token, asked: Annotated[Asked, Query()]) -> Response:
    """Return where the organisation went, how long ago, and what it plans, beside what was noted there."""
    me = my_session(backing.pool, token)
    found = coverage(backing.pool, me, token, metres=asked.metres, area=asked.area, weeks=asked.weeks)
    told = {"today": found.today, "weeks": asked.weeks, "metres": asked.metres, "squares": coverage_rows(found)}
    return json_answer(told)
