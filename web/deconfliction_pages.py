"""Deconfliction for an admin: whether the organisation takes part, and whom its visits for each operation tell."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from data.database import entered
from data.deconfliction import MayNotTakePart, my_deconfliction, operations_tell, set_deconfliction, set_operation_tells
from data.operations import NoSuchOperation
from web.forms import Form, typed
from web.notices import notice_of, uuid_of
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
_NOTICES: Final = {
    "joined": "Your organisation takes part from now on.",
    "left": "Your organisation takes part no longer. Nobody is told of its visits.",
    "tells": "Decided, for the visits of your own organisation.",
}
_WHOM: Final = (
    ("own", "our own duty desk alone"),
    ("both", "both duty desks"),
    ("none", "nobody: left out of deconfliction"),
)


@router.get("/deconfliction")
def deconfliction_page(visitor: VisitorNow) -> Response:
    """Say what deconfliction tells whom, and whether the organisation takes part."""
    return _page(visitor, Form())


@router.post("/deconfliction")
def decide(visitor: VisitorNow, data: FormNow) -> Response:
    """Take part, or no longer."""
    takes_part = typed(data).get("takes_part") == "yes"
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            set_deconfliction(conn, takes_part=takes_part)
    except MayNotTakePart as refusal:
        return _page(visitor, Form(faults={"takes_part": str(refusal)}), status=422)
    return RedirectResponse(f"/deconfliction?{'joined' if takes_part else 'left'}", status_code=303)


@router.post("/operations/{id}/deconfliction")
def decide_of_operation(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Decide whom the organisation's own visits for an operation tell."""
    which: UUID = uuid_of(id, NoSuchOperation("You are in no such operation."))
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        set_operation_tells(conn, which, str(typed(data).get("tells", "")))
    return RedirectResponse("/deconfliction?tells", status_code=303)


def _page(visitor: Visitor, form: Form, *, status: int = 200) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        part, operations = my_deconfliction(conn), operations_tell(conn)
    return visitor.page(
        "deconfliction.html",
        me=me,
        status=status,
        form=form,
        part=part,
        operations=operations,
        whom=_WHOM,
        notice=notice_of(visitor.request, _NOTICES),
    )
