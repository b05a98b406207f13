"""Recording a visit, one screen a step, without scripts: hidden fields carry the answers, the last step saves all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from data.database import entered
from data.flags import FlagEdit, edit_flags, flags
from data.free_text.found import Finding
from data.notes import add_note, look_over_note
from data.places import coded_list, may_record_at, refuse_layer_token, see_place
from data.teams import NotATeam, my_team, my_teams
from data.visits import add_visit
from web import visit_steps
from web.card_pages import place_id_of
from web.days import today
from web.facts import flag_choices
from web.forms import Form, typed
from web.note_pages import REVIEW_AFTER, TypedNote, note_choices, read_note, seal_of, shown_findings
from web.team_choices import NOT_YOURS, team_choices
from web.visit_steps import MANY, NAMES, QUESTIONS, Step, step_named, steps_for
from web.visit_summary import summary
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_LISTS = ("outcome", "need", "indicator", "exploitation", "danger_flag", "contact_flag")


@dataclass(frozen=True, kw_only=True)
class _Here:
    """The place that a visit is recorded at, as far as the form needs it: the coded lists, its flags, whose it is.

    `team` is offered first, among the teams that are in the lists.
    """

    id: UUID
    is_own: bool
    lists: Mapping[str, Mapping[str, str]]
    flags: Sequence[Mapping[str, Any]]
    team: int


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """The step to be shown, with what was answered so far, and what is wrong with it."""

    step: Step
    values: Mapping[str, object]
    faults: Mapping[str, str] = field(default_factory=dict)
    found: tuple[Finding, ...] = ()
    status: int = 200


@router.get("/places/{id}/visit")
def visit_page(id: str, visitor: VisitorNow) -> Response:
    """Begin at the door. Whoever comes from the page of their shift is led back there."""
    values = _then(visitor.request.query_params)
    return _page(visitor, _here(visitor, id), _Shown(step=visit_steps.STEPS[0], values=values))


@router.post("/places/{id}/visit")
def visit_step(id: str, data: FormNow, visitor: VisitorNow) -> Response:
    """Lead from step to step, and save at the last one: visit, note and flags together, or nothing."""
    values = typed(data, many=MANY)
    step, go = step_named(values.pop("step", "")), str(values.pop("go", "next"))
    here = _here(visitor, id)
    steps = steps_for(values, is_own=here.is_own)
    if go == "save":
        return _save(visitor, here, values)
    if go == "back" or (go in NAMES and go != "check"):
        before = [name for name in steps if NAMES.index(name) < NAMES.index(step.name)]
        wanted = go if go in steps else (before or ["door"])[-1]
        return _page(visitor, here, _Shown(step=step_named(wanted), values=values))
    faults = visit_steps.faults_of(step, values)
    found = () if faults or step.name != "note" else _unseen(visitor, here.id, values)
    if faults or found:
        return _page(visitor, here, _Shown(step=step, values=values, faults=faults, found=found, status=422))
    following = (name for name in steps if NAMES.index(name) > NAMES.index(step.name))
    after = "check" if go == "check" else next(following, "check")
    return _page(visitor, here, _Shown(step=step_named(after), values=values))


def _save(visitor: Visitor, here: _Here, values: Mapping[str, object]) -> Response:
    steps = steps_for(values, is_own=here.is_own)
    faulty = visit_steps.faulty_step(values, steps)
    if faulty is not None:
        faults = visit_steps.faults_of(faulty, values)
        return _page(visitor, here, _Shown(step=faulty, values=values, faults=faults, status=422))
    if "note" in steps and (found := _unseen(visitor, here.id, values)):
        return _page(visitor, here, _Shown(step=step_named("note"), values=values, found=found, status=422))
    try:
        _record(visitor, here, values, steps)
    except NotATeam:
        faults = {"team": NOT_YOURS}
        return _page(visitor, here, _Shown(step=step_named("outcome"), values=values, faults=faults, status=422))
    return RedirectResponse(f"{'/today' if _then(values) else f'/places/{here.id}'}?visited", status_code=303)


def _record(visitor: Visitor, here: _Here, values: Mapping[str, object], steps: Sequence[str]) -> None:
    """Record the visit, its note and the flags, or nothing. Raises NotATeam for a team that was closed meanwhile."""
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        vault = visitor.backing.vault
        made = add_visit(conn, who, vault, (here.id, visit_steps.visit_of(values, who.purpose)))
        note = read_note(values) if "note" in steps and visit_steps.has_note(values) else None
        if isinstance(note, TypedNote):
            add_note(conn, who, vault, (here.id, note.note(who.purpose, visit=made)))
        edit = FlagEdit(add=_words(values, "add"), end=_words(values, "end"))
        if "flags" in steps and (edit.add or edit.end):
            edit_flags(conn, who, vault, (here.id, edit))


def _unseen(visitor: Visitor, place_id: UUID, values: Mapping[str, object]) -> tuple[Finding, ...]:
    """Return what the check finds in the note, unless its author has seen this text marked."""
    note = read_note(values) if visit_steps.has_note(values) else None
    if not isinstance(note, TypedNote) or values.get("looked") == seal_of(note.text):
        return ()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        return look_over_note(conn, place_id, note.text)


def _here(visitor: Visitor, id: str) -> _Here:
    place_id = place_id_of(id)
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        refuse_layer_token(who)
        see_place(conn, place_id)
        return _Here(
            id=place_id,
            is_own=may_record_at(conn, place_id),
            lists={**{name: coded_list(conn, name) for name in _LISTS}, "team": dict(team_choices(my_teams(conn)))},
            flags=flags(conn, place_id),
            team=my_team(conn),
        )


def _page(visitor: Visitor, here: _Here, shown: _Shown) -> Response:
    me, step = visitor.me(), shown.step
    steps = steps_for(shown.values, is_own=here.is_own)
    defaults = {
        "visited_on": today().isoformat(),
        "review_on": (today() + REVIEW_AFTER).isoformat(),
        "sensitivity": "0",
        "team": here.team,
    }
    values = defaults | {name: value for name, value in shown.values.items() if value != ""}
    here_and_now = steps.index(step.name) + 1 if step.name in steps else 1
    return visitor.page(
        "visit.html",
        me=me,
        status=shown.status,
        place_id=here.id,
        step=step,
        number=here_and_now,
        steps=len(steps),
        form=Form(values=values, faults=shown.faults),
        carried=list(_carried(shown.values, but=step)),
        questions=QUESTIONS,
        outcomes=[(slug, title, "") for slug, title in here.lists["outcome"].items()],
        needs=[(slug, title, "") for slug, title in here.lists["need"].items()],
        indicators=[(slug, title, "") for slug, title in here.lists["indicator"].items()],
        teams=list(here.lists["team"].items()),
        flag_choices=flag_choices(here.lists, here.flags),
        rows=summary(shown.values, here.lists, steps),
        leads_to_today=bool(_then(shown.values)),
        may_leave=visit_steps.may_leave_now(shown.values),
        **note_choices(me, here.lists["exploitation"]),
        **shown_findings(str(shown.values.get("text", "")), shown.found),
    )


def _carried(values: Mapping[str, object], *, but: Step) -> Iterator[tuple[str, str]]:
    """Give the hidden fields for the answers of the other steps; what belongs to no step is not carried on."""
    yield from _then(values).items()
    for step in visit_steps.STEPS:
        for name in step.fields if step is not but else ():
            value = values.get(name, "")
            for one in value if isinstance(value, list) else [value]:
                if one != "":
                    yield name, str(one)


def _then(values: Mapping[str, object]) -> dict[str, str]:
    """Return where the visit leads to once it is saved, when that is not the place's card."""
    return {"then": "today"} if values.get("then") == "today" else {}


def _words(values: Mapping[str, object], name: str) -> list[str]:
    value = values.get(name, [])
    return [str(word) for word in value] if isinstance(value, list) else []
