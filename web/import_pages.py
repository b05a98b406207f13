"""Imports: the list, and the first step, in which a file is sent; then where an import stands."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api.imports import DeskNow
from api.uploads import LARGEST_UPLOAD, field_of, file_of, offer_of, uploaded
from data.database import entered
from data.imports.columns import columns_of
from data.imports.decide import Decision
from data.imports.desk import Desk
from data.imports.progress import is_at_work, read_telling
from data.imports.publish import discard
from data.imports.receive import receive
from data.imports.records import kept_lines, newest_imports, one_import
from data.imports.refusals import AlreadyImported, FileRefused, FileTooLarge, NoSuchImport
from data.operations import my_operations
from web import import_words as words
from web.forms import Form, typed
from web.import_work import ImportWork
from web.visitors import Visitor, VisitorNow, visitor_of

router = APIRouter(include_in_schema=False, dependencies=[Depends(visitor_of)])
_ON_A_PAGE = 30
_LINES_SHOWN = 100
_NOTICES = {
    "before": "This file was imported before with the same choices. Nothing was changed. This is that import.",
    "committed": "The places were added.",
    "undone": "The import was undone.",
    "discarded": "The import was discarded. Nothing was added.",
}
_WHERE = {"columns": "columns", "check": "check"}
_TEMPLATE = "name,kind,address,postcode,longitude,latitude,source id,status,attend rule,sensitivity\r\n"


def import_id(id: str) -> UUID:
    """Return the id in an address. Raises NoSuchImport, as for an import that is not there."""
    try:
        return UUID(id)
    except ValueError:
        raise NoSuchImport("There is no such import.") from None


def work_of(request: Request) -> ImportWork:
    """Return the threads that work on imports."""
    work: ImportWork = request.app.state.import_work
    return work


ImportId = Annotated[UUID, Depends(import_id)]
WorkNow = Annotated[ImportWork, Depends(work_of)]


@router.get("/imports")
def list_page(visitor: VisitorNow, desk: DeskNow, before: str = "") -> Response:
    """List the imports of one's own organisation, newest first."""
    me = visitor.me()
    last = one_import(desk, import_id(before)) if before else None
    found = newest_imports(desk, before=last, at_most=_ON_A_PAGE + 1)
    return visitor.page(
        "imports.html",
        me=me,
        notice=notice_of(visitor),
        imports=found[:_ON_A_PAGE],
        states=words.STATES,
        next_page=f"/imports?before={found[_ON_A_PAGE - 1].id}" if len(found) > _ON_A_PAGE else None,
        is_first=last is None,
        formats=words.FORMATS,
        limits=words.LIMITS,
    )


@router.get("/imports/new")
def new_page(visitor: VisitorNow, desk: DeskNow) -> Response:
    """Ask for a file, and how its records are kept."""
    desk.value("is_admin")
    return _new(visitor, Form(values={"sensitivity": "2"}))


@router.post("/imports/new", max_body_size=LARGEST_UPLOAD)
async def send(request: Request, visitor: VisitorNow, desk: DeskNow, work: WorkNow) -> Response:
    """Receive a file, streamed to the disk, and begin to read it."""
    await run_in_threadpool(desk.value, "is_admin")
    try:
        async with uploaded(request, desk.limits) as form:
            return await run_in_threadpool(_received, visitor, form, (desk, work))
    except FileTooLarge as refused:
        return await run_in_threadpool(_new, visitor, Form(faults={"file": str(refused)}), refused)


@router.get("/imports/template")
def template(desk: DeskNow) -> Response:
    """Give an empty table with the columns that are understood without asking."""
    desk.value("is_admin")
    headers = {"Content-Disposition": 'attachment; filename="template.csv"'}
    return Response(_TEMPLATE.encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/imports/{id}")
def import_page(visitor: VisitorNow, desk: DeskNow, id: ImportId, then: str = "check") -> Response:
    """Show where an import stands: at work, refused, half-way, or what came of it."""
    me, found = visitor.me(), one_import(desk, id)
    if is_at_work(desk, id):
        return visitor.page("import_working.html", me=me, this=found, then=then if then in _WHERE else "check")
    if found.status == "staged":
        return RedirectResponse(f"/imports/{id}/{_WHERE.get(then, 'check')}", status_code=303)
    if found.status == "received":
        refused = words.refusal(found.refusal) if found.refusal else None
        return visitor.page("import_refused.html", me=me, this=found, refusal=refused)
    lines = kept_lines(desk, id, at_most=_LINES_SHOWN) if found.kept else []
    return visitor.page(
        "import_result.html",
        me=me,
        this=found,
        notice=notice_of(visitor),
        counts=words.counts(found),
        kept_lines=lines,
        state=words.STATES[found.status],
        row_word=found.layout.get("row_word", "line"),
    )


def notice_of(visitor: Visitor) -> str:
    """Return the sentence that the address asks for by its key."""
    return _NOTICES.get(visitor.request.query_params.get("done", ""), "")


def _received(visitor: Visitor, form: FormData, using: tuple[Desk, ImportWork]) -> Response:
    """Keep the file and read it, or say on the same page why not."""
    desk, work = using
    values = typed(form)
    try:
        upload = file_of(form)
        if not upload.size and not upload.filename:
            raise FileRefused("No file was chosen; choose one.", column="file")
        id = receive(desk, upload.file, offer_of(form, upload.filename or "upload"))
        decision = Decision(sheet=field_of(form, "sheet", str, None))
    except FileRefused as refused:
        field = refused.column if refused.column in ("file", "collected_for", "sensitivity", "operation") else "file"
        return _new(visitor, Form(values=values, faults={field: str(refused)}))
    return _begun(visitor, (desk, work), (id, decision), values)


def _begun(
    visitor: Visitor, using: tuple[Desk, ImportWork], what: tuple[UUID, Decision], values: dict[str, object]
) -> Response:
    """Read the file, for a moment only; lead to the next step, or to where it says how far it is."""
    (desk, work), (id, decision) = using, what
    try:
        found = work.done(lambda: read_telling(desk, id, decision))
    except AlreadyImported as known:
        discard(desk, id)
        return RedirectResponse(f"/imports/{known.import_id}?done=before", status_code=303)
    except FileRefused as refused:
        if _is_a_table(desk, id):
            return RedirectResponse(f"/imports/{id}/columns", status_code=303)
        discard(desk, id)
        return _new(visitor, Form(values=values, faults={"file": str(refused)}), refused)
    return RedirectResponse(f"/imports/{id}/columns" if found else f"/imports/{id}?then=columns", status_code=303)


def _is_a_table(desk: Desk, id: UUID) -> bool:
    """Say whether the file can be read, so that choosing its columns may help."""
    try:
        columns_of(desk, id)
    except FileRefused:
        return False
    return True


def _new(visitor: Visitor, form: Form, refused: FileRefused | None = None) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        operations = [(str(one.uid), one.name) for one in my_operations(conn)]
    return visitor.page("import_new.html", me=me, status=_status(form, refused), **_offered(form, operations, refused))


def _status(form: Form, refused: FileRefused | None) -> int:
    if isinstance(refused, FileTooLarge):
        return 413
    return 422 if form.faults else 200


def _offered(form: Form, operations: list[tuple[str, str]], refused: FileRefused | None) -> dict[str, Any]:
    return {
        "form": form,
        "operations": operations,
        "refusal": words.refusal_of(refused) if refused else None,
        "collected_for": words.COLLECTED_FOR,
        "sensitivities": words.SENSITIVITY,
        "formats": words.FORMATS,
        "limits": words.LIMITS,
    }
