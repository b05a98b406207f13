"""Teams by form: an admin names them, closes them, and opens them again."""

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from data.database import entered
from data.free_text.found import Finding
from data.refusals import NotAnAdmin
from data.teams import LONGEST, NoSuchTeam, NotATeam, add_team, look_over_name, my_teams, set_team_open
from web.forms import Form, typed
from web.note_pages import seal_of, shown_findings
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_NOTICES = {
    "added": "The team is named: it is offered from now on.",
    "closed": "Closed: it is offered no more. What it recorded keeps its name.",
    "opened": "Open again.",
}


@router.get("/teams")
def teams_page(visitor: VisitorNow) -> Response:
    """List the teams of the admin's organisation."""
    return _page(visitor, Form())


@router.post("/teams")
def name_team(visitor: VisitorNow, data: FormNow) -> Response:
    """Name a team; if its name asks for one more look, only once the admin has seen that very name marked."""
    values = typed(data)
    name = str(values.get("name", ""))
    found = look_over_name(name[:LONGEST])
    if found and values.get("looked") != seal_of(name):
        return _page(visitor, Form(values=values), found=found, status=422)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            add_team(conn, name)
    except NotATeam as refusal:
        return _page(visitor, Form(values=values, faults={"name": str(refusal)}), status=422)
    return RedirectResponse("/teams?added", status_code=303)


@router.post("/teams/{number}")
def close_team(number: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Close a team, or open it again."""
    is_open = typed(data).get("act") == "open"
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        set_team_open(conn, _number(number), is_open=is_open)
    return RedirectResponse(f"/teams?{'opened' if is_open else 'closed'}", status_code=303)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 3):
        raise NoSuchTeam("There is no such team.")
    return int(text)


def _page(visitor: Visitor, form: Form, *, found: tuple[Finding, ...] = (), status: int = 200) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        if who.role != "admin":
            raise NotAnAdmin("This needs a session of an admin whose purpose is administration.")
        teams = my_teams(conn)
    return visitor.page(
        "teams.html",
        me=me,
        status=status,
        form=form,
        teams=teams,
        notice=visitor.notice_among(_NOTICES),
        **shown_findings(str(form.values.get("name", "")), found),
    )
