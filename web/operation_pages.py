"""Operations that an admin looks after by being a member: whoever is not is told that there is none."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse

from data import operations
from data.agreements import list_organisations
from data.database import entered
from data.operations import NamedMember, NoSuchOperation, OperationMember, OperationRefused
from web.forms import Form, read, typed
from web.notices import notice_of, uuid_of
from web.sharing_words import ROLES
from web.visitors import FormNow, Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
Act = Callable[..., None]
_NOTICES = {
    "added": "The operation is added, with you as its first member.",
    "named": "Named. A member of a partner joins as soon as the name fits somebody there; you are not told whether.",
    "removed": "Removed. From the next click on, it is as if the operation had never been there.",
}
_SENTENCES = {
    "organisation": "Choose an organisation.",
    "email": "Type an e-mail address, with its @.",
    "role": "Choose a role.",
}


class TypedName(BaseModel):
    """Whom a form names to an operation."""

    organisation: UUID
    email: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
    role: Literal["outreach", "analyst", "admin", "auditor"]


@router.get("/operations")
def list_page(visitor: VisitorNow) -> Response:
    """List the operations that the admin looks after."""
    return _list_page(visitor, Form())


@router.post("/operations")
def add_operation(visitor: VisitorNow, data: FormNow) -> Response:
    """Add an operation of the admin's organisation."""
    values = typed(data)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            added = operations.add_operation(conn, str(values.get("name", "")))
    except OperationRefused as refusal:
        return _list_page(visitor, Form(values=values, faults={"name": str(refusal)}), status=422)
    return RedirectResponse(f"/operations/{added}?added", status_code=303)


@router.get("/operations/{id}")
def operation_page(id: str, visitor: VisitorNow) -> Response:
    """Show who is in an operation, as the admin named them."""
    return _operation_page(visitor, _id(id), Form())


@router.post("/operations/{id}/add")
def add_member(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Name somebody to an operation."""
    return _named(visitor, id, data, ("named", operations.add_member))


@router.post("/operations/{id}/remove")
def remove_member(id: str, visitor: VisitorNow, data: FormNow) -> Response:
    """Take somebody out of an operation."""
    return _named(visitor, id, data, ("removed", operations.remove_member))


def _named(visitor: Visitor, id: str, data: FormNow, act: tuple[str, Act]) -> Response:
    which, values = _id(id), typed(data)
    given = read(TypedName, values, _SENTENCES)
    if not isinstance(given, TypedName):
        return _operation_page(visitor, which, Form(values=values, faults=given), status=422)
    member = NamedMember(organisation=given.organisation, email=given.email, role=given.role)
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, _):
            act[1](conn, which, member=member)
    except OperationRefused as refusal:
        return _operation_page(visitor, which, Form(values=values, faults={"email": str(refusal)}), status=422)
    return RedirectResponse(f"/operations/{which}?{act[0]}", status_code=303)


def _list_page(visitor: Visitor, form: Form, *, status: int = 200) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        found = _by_operation(operations.list_operations(conn))
    return visitor.page("operations.html", me=me, status=status, form=form, operations=found)


def _operation_page(visitor: Visitor, which: UUID, form: Form, *, status: int = 200) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        members = _by_operation(operations.list_operations(conn)).get(which)
        partners = [(partner.uid, partner.name) for partner in list_organisations(conn)]
    if members is None:
        raise NoSuchOperation("You look after no such operation.")
    return visitor.page(
        "operation.html",
        me=me,
        status=status,
        id=which,
        members=members,
        form=form,
        partners=partners,
        uids={name: uid for uid, name in partners},
        roles=list(ROLES.items()),
        role_words=ROLES,
        notice=notice_of(visitor.request, _NOTICES),
    )


def _by_operation(members: Sequence[OperationMember]) -> dict[UUID, Sequence[OperationMember]]:
    found: defaultdict[UUID, list[OperationMember]] = defaultdict(list)
    for member in members:
        found[member.uid].append(member)
    return dict(found)


def _id(text: str) -> UUID:
    return uuid_of(text, NoSuchOperation("You look after no such operation."))
