"""How an organisation plans its shifts: an admin's page, with what the settings mean in sentences before saving."""

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from api.planning_settings import SettingsBody
from data.database import entered
from data.places import coded_list
from data.planning_settings import SettingsChanged, SettingsRefused, keep_planning_settings, planning_settings
from data.refusals import NotAnAdmin
from geo.shifts.settings import PARTS_OF_DAY, Settings, effects
from web.forms import Form, read, typed
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_NOTICES = {"saved": "Saved: shifts are planned so from now on. Plans that were made stay as they are."}
_LISTS: Final = {"severity_shares": "severity", "car_speeds": "car"}
_RHYTHM: Final = "rhythm-"
_SENTENCES: Final = {
    "version": "Open the page again: it was sent incomplete.",
    "risk": "A risk note weighs 0 to 1,000 minutes.",
    "severity_shares": "Each severity counts 0 to 100 per cent.",
    "half_life": "A risk note counts half after 1 to 3,650 days.",
    "risk_most": "All risk notes of a place count 0 to 5,000 minutes.",
    "overdue": "A place that is due weighs 0 to 1,000 minutes.",
    "overdue_most": "It counts 1 to 10 times at most.",
    "request": "A request weighs 0 to 1,000 minutes.",
    "follow_up": "A follow-up weighs 0 to 1,000 minutes.",
    "exploration": "A place that is little known weighs 0 to 1,000 minutes more.",
    "exploratory": "0 to 50 of 100 visits explore.",
    "minutes": "A visit takes 5 to 120 minutes.",
    "car_speeds": "By car one gets on with 1 to 120 km/h.",
    "foot_speed": "On foot one gets on with 1 to 12 km/h.",
    "parking": "To park takes 0 to 60 minutes.",
    "slack": "The slack is 0 to 200 per cent.",
    "rhythms": "A place is to be seen again after 1 to 730 days.",
}


@router.get("/planning")
def planning_page(visitor: VisitorNow) -> Response:
    """Show how shifts are planned, to be changed."""
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        if who.role != "admin":
            raise NotAnAdmin("This needs a session of an admin whose purpose is administration.")
        settings = planning_settings(conn)
    return _page(visitor, Form(values=_values_of(settings)), settings)


@router.post("/planning")
def keep(visitor: VisitorNow, data: FormNow) -> Response:
    """Save other settings, or show what they would mean."""
    values = typed(data)
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        if who.role != "admin":
            raise NotAnAdmin("This needs a session of an admin whose purpose is administration.")
    given = read(SettingsBody, _whole(values), _SENTENCES)
    if isinstance(given, dict):
        return _page(visitor, Form(values=values, faults=given), None, status=422)
    if values.get("act") == "effect":
        return _page(visitor, Form(values=values), given.settings())
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            keep_planning_settings(conn, given.settings())
    except SettingsChanged as late:
        return _page(visitor, Form(values=values, faults={"risk": str(late)}), None, status=409)
    except SettingsRefused as refusal:
        return _page(visitor, Form(values=values, faults={"rhythms": str(refusal)}), None, status=422)
    return RedirectResponse("/planning?saved", status_code=303)


def _values_of(settings: Settings) -> dict[str, object]:
    """Return what the form shows of settings: lists as numbered fields, rhythms by kind."""
    values: dict[str, object] = {name: getattr(settings, name) for name in SettingsBody.model_fields}
    for name, field in _LISTS.items():
        numbered = enumerate(getattr(settings, name), 1)
        values.update({f"{field}-{number}": value for number, value in numbered})
    return values | {f"{_RHYTHM}{kind}": days for kind, days in settings.rhythms.items()}


def _whole(values: Mapping[str, object]) -> dict[str, object]:
    """Return typed values with their numbered fields as lists and their rhythms as one."""
    lists = {name: [values.get(f"{field}-{number}", "") for number in range(1, 6)] for name, field in _LISTS.items()}
    rhythms = {name.removeprefix(_RHYTHM): days for name, days in values.items() if name.startswith(_RHYTHM)}
    return {**values, **lists, "rhythms": rhythms}


def _page(visitor: Visitor, form: Form, settings: Settings | None, *, status: int = 200) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        kinds = coded_list(conn, "site_kind")
    return visitor.page(
        "planning.html",
        me=me,
        status=status,
        notice=visitor.notice_among(_NOTICES),
        form=form,
        effects=effects(settings) if settings else (),
        parts=[words for words, _ in PARTS_OF_DAY],
        kinds=list(kinds.items()),
    )
