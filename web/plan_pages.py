"""Plans of shifts: ask for one, see why each place is in it or not, wish otherwise, and say that it is ready."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from api.plan_work import Asker, make_plan, opened_plan, plan_again, set_state
from data import plans
from data.database import entered
from data.notices import is_anybody_on_duty
from data.place_hours import languages
from data.planning_settings import planning_settings
from data.plans import NoSuchPlan, PlanRefused
from data.positions import find_position
from data.shifts import my_shifts
from data.teams import my_teams
from layers.plan_documents import SKILLS, read_document
from web.days import today
from web.forms import Form, typed
from web.notices import uuid_of
from web.plan_calendar import calendar
from web.plan_forms import DISTANCES, MODES, SHARES, TEAMS, read_plan
from web.plan_words import shown_plan
from web.team_choices import team_choices
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_MANY = tuple(f"{what}-{number}" for number in TEAMS for what in ("skills", "languages"))
_NOTICES = {
    "improved": "A better plan was looked for; this is the best one found.",
    "changed": "The plan was made again with your wish.",
    "ready": "The plan is ready: whoever goes finds it under Shifts, and sets out from Today.",
    "draft": "The plan is a draft again: nobody but you sees it.",
    "dropped": "The plan is thrown away.",
}
_FIRST = {
    "starts": "18:00", "ends": "22:00", "kilometres": "5", "most_stops": "8",
    **{f"mode-{number}": "car" for number in TEAMS},
}  # fmt: skip


@router.get("/plans")
def list_page(visitor: VisitorNow) -> Response:
    """List the plans that one made, or goes by."""
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        found, is_staffed = plans.my_plans(conn), is_anybody_on_duty(conn)
    rows = [(plan, read_document(plan.document)) for plan in found]
    return visitor.page(
        "plans.html",
        me=me,
        ahead=[row for row in rows if row[0].stage != "over"],
        over=[row for row in reversed(rows) if row[0].stage == "over"],
        notice=visitor.notice_among(_NOTICES),
        is_staffed=is_staffed,
    )


@router.get("/plans/new")
def new_page(visitor: VisitorNow) -> Response:
    """Ask when, from where, how far and who goes."""
    visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        usual = planning_settings(conn)
    share = min(30, usual.exploratory // 10 * 10)
    first = {**_FIRST, "day": today().isoformat(), "minutes": usual.minutes, "exploratory": share}
    return _form(visitor, Form(values=first))


@router.post("/plans/new")
def make(visitor: VisitorNow, data: FormNow) -> Response:
    """Plan the shift, keep it, and lead to it."""
    values = typed(data, many=_MANY)
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        read = read_plan(values, plans.colleagues(conn), partial(find_position, conn))
    if isinstance(read, dict):
        return _form(visitor, Form(values=values, faults=read), status=422)
    try:
        made = make_plan(_asker(visitor), *read)
    except PlanRefused as refusal:
        return _form(visitor, Form(values=values, faults={"kilometres": str(refusal)}), status=422)
    return RedirectResponse(f"/plans/{made}", status_code=303)


@router.get("/plans/{id}")
def plan_page(id: str, visitor: VisitorNow) -> Response:
    """Show a plan, with a sentence about each place."""
    return _page(visitor, _plan_id(id))


@router.post("/plans/{id}/improve")
def improve(id: str, visitor: VisitorNow) -> Response:
    """Look for a better plan for some seconds more."""
    return _again(visitor, id, "improved")


@router.post("/plans/{id}/wish")
def wish(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Wish a place into the plan, out of it or onto a team, and plan again."""
    values = typed(data)
    return _again(visitor, id, "changed", (str(values.get("place", "")), str(values.get("wish", ""))))


@router.post("/plans/{id}/state")
def change_state(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Say that a plan is ready, or a draft again."""
    state = "ready" if typed(data).get("state") == "ready" else "draft"
    try:
        set_state(_asker(visitor), _plan_id(id), state)
    except PlanRefused as refusal:
        return _page(visitor, _plan_id(id), fault=f"{refusal} Plan again without it.")
    return RedirectResponse(f"/plans/{_plan_id(id)}?{state}", status_code=303)


@router.post("/plans/{id}/drop")
def drop(id: str, visitor: VisitorNow) -> Response:
    """Throw a plan away."""
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        plans.drop_plan(conn, _plan_id(id))
    return RedirectResponse("/plans?dropped", status_code=303)


@router.get("/plans/{id}/calendar")
def calendar_file(id: str, visitor: VisitorNow) -> Response:
    """Return a calendar file that says "Shift" and when, and nothing else."""
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        plan = plans.my_plan(conn, _plan_id(id))
    headers = {"Content-Disposition": 'attachment; filename="shift.ics"'}
    return Response(calendar(plan), media_type="text/calendar", headers=headers)


def _again(visitor: Visitor, id: str, notice: str, wish: tuple[str, str] | None = None) -> Response:
    """Plan again, with one wish more, and lead back to the plan."""
    which = _plan_id(id)
    try:
        plan_again(_asker(visitor), which, wish)
    except PlanRefused as refusal:
        return _page(visitor, which, fault=str(refusal))
    return RedirectResponse(f"/plans/{which}?{notice}", status_code=303)


def _page(visitor: Visitor, id: UUID, *, fault: str = "") -> Response:
    me = visitor.me()
    plan, document, told = opened_plan(_asker(visitor), id)
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        people = {person.id: person.email for person in plans.colleagues(conn)}
        is_staffed = is_anybody_on_duty(conn)
        shift = next((one for one in my_shifts(conn) if one.is_mine and one.plan_id == id), None)
    return visitor.page(
        "plan.html",
        me=me,
        is_staffed=is_staffed,
        status=422 if fault else 200,
        fault=fault,
        notice=visitor.notice_among(_NOTICES),
        plan=plan,
        shift=shift,
        goes=any(who.membership_id in team.members for team in document.asked.teams),
        is_searched=plan.state == "draft" and (plan.version == 1 or "changed" in visitor.request.query_params),
        shown=shown_plan(document, told, people),
    )


def _form(visitor: Visitor, form: Form, *, status: int = 200) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        people, is_staffed = plans.colleagues(conn), is_anybody_on_duty(conn)
        spoken, teams = languages(conn), team_choices(my_teams(conn))
    mine = {f"team-{person.id}": 1 for person in people if person.is_me}
    return visitor.page(
        "plan_new.html",
        me=me,
        status=status,
        form=replace(form, values={**mine, **form.values}),
        people=people,
        is_staffed=is_staffed,
        numbers=TEAMS,
        modes=MODES,
        skills=[(flag, words, "") for flag, words in SKILLS.items()],
        titles=spoken,
        languages=[(slug, title, "") for slug, title in spoken.items()],
        teams=teams,
        distances=DISTANCES,
        shares=SHARES,
    )


def _asker(visitor: Visitor) -> Asker:
    return visitor.backing, visitor.token


def _plan_id(text: str) -> UUID:
    return uuid_of(text, NoSuchPlan("There is no such plan."))
