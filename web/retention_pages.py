"""How long shifts, plans and notices are kept: an admin's page, with what a change means in sentences before saving."""

from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from data.database import entered
from data.retention import Period, RetentionChanged, RetentionRefused, chosen, my_retention, set_retention
from web.forms import Form, typed
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_NOTICES: Final = {"saved": "Saved. It holds from tonight on."}
_WERE: Final = "were"
RULES: Final = (
    (
        "details",
        "Details of a shift",
        "Check-ins, when the team was at which stop, who read which briefing. Counted from when the shift was closed.",
    ),
    (
        "alarms",
        "Details of a shift on which somebody was told",
        "The same, and who was told when and how it ended: so that you can look back at what happened.",
    ),
    ("shifts", "That there was a shift", "Who was out, from when to when, and who was their contact."),
    ("plans", "Plans", "Plans of shifts and their packs, counted from the end of the shift that was planned."),
    ("notices", "Notices", "That somebody was told, in one fixed sentence, counted from when somebody saw to it."),
)
"""What each period is about: its rule, a heading, and what it means, in the order of the page."""


@router.get("/retention")
def retention_page(visitor: VisitorNow) -> Response:
    """Say what is kept how long."""
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        periods = my_retention(conn)
    return _page(visitor, periods, Form(values=_values_of(periods)))


@router.post("/retention")
def keep(visitor: VisitorNow, data: FormNow) -> Response:
    """Save other periods, or show what they would mean."""
    values = typed(data)
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        periods = my_retention(conn)
    try:
        wanted = [_wanted(period, values) for period in periods]
        if values.get("act") == "effect":
            return _page(visitor, periods, Form(values=values), wanted=wanted)
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            set_retention(conn, wanted, [_number(text) for text in str(values.get(_WERE, "")).split()])
    except _Fault as fault:
        return _page(visitor, periods, Form(values=values, faults={fault.rule: str(fault)}), status=422)
    except RetentionChanged as late:
        return _page(visitor, periods, Form(values=values, faults={"acts": str(late)}), status=409)
    return RedirectResponse("/retention?saved", status_code=303)


class _Fault(ValueError):
    """What is wrong with the days that were typed for a rule."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(sentence)
        self.rule = rule


def _wanted(period: Period, values: Mapping[str, object]) -> Period:
    try:
        return chosen([period], {period.rule: _number(str(values.get(period.rule, "")))})[0]
    except RetentionRefused as refusal:
        raise _Fault(period.rule, str(refusal)) from refusal


def _number(text: str) -> int:
    """Return a number as it was typed; one that no period has for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else -1


def _values_of(periods: Sequence[Period]) -> dict[str, object]:
    were = " ".join(str(one.days) for one in periods)
    return {**{one.rule: one.days for one in periods}, _WERE: were}


def _effects(periods: Sequence[Period], wanted: Sequence[Period]) -> list[str]:
    """Return in sentences what other periods mean."""
    headings = {rule: heading for rule, heading, _ in RULES}
    found = []
    for was, one in zip(periods, wanted, strict=True):
        if one.days < was.days:
            gone = "What is older is deleted with the next look, within a day, and nobody can bring it back."
            found.append(f"{headings[one.rule]}: {one.days} days instead of {was.days}. {gone}")
        elif one.days > was.days:
            found.append(f"{headings[one.rule]}: {one.days} days instead of {was.days}. What is gone stays gone.")
    return found or ["Nothing changes."]


def _page(
    visitor: Visitor, periods: Sequence[Period], form: Form, *, wanted: Sequence[Period] = (), status: int = 200
) -> Response:
    found = {one.rule: one for one in periods}
    return visitor.page(
        "retention.html",
        me=visitor.me(),
        status=status,
        form=form,
        notice=visitor.notice_among(_NOTICES),
        effects=_effects(periods, wanted) if wanted else (),
        rules=[(rule, heading, meaning, found[rule]) for rule, heading, meaning in RULES],
    )
