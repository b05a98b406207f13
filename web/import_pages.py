"""Imports: the list, and the first step, in which a file is sent; then where an import stands."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.uploads import field_of, offer_of, uploaded
from data.database import entered
from data.imports.columns import columns_of
from data.imports.decide import Decision
from data.imports.desk import Desk
from data.imports.limits import Limits
from data.imports.progress import is_at_work, read_telling
from data.imports.publish import discard
from data.imports.receive import receive
from data.imports.records import kept_lines, newest_imports, one_import
from data.imports.refusals import AlreadyImported, FileRefused, FileTooLarge
from data.operations import my_operations
from web import import_words as words
from web.forms import Form, typed
from web.import_visitors import Importer, ImporterNow, ImportId, import_id, lead_to
from web.visitors import Visitor, visitor_of

router = APIRouter(include_in_schema=False, dependencies=[Depends(visitor_of)])
_ON_A_PAGE = 30
_AS_UPLOADED_SAYS = 1 << 40
"""The framework would end a large request with bare words; `uploaded` bounds it too, and the form says why."""
_LINES_SHOWN = 100
_NOTICES = {
    "before": "This file was imported before with the same choices. Nothing was changed. This is that import.",
    "committed": "The places were added.",
    "undone": "The import was undone.",
    "discarded": "The import was discarded. Nothing was added.",
}
_FIELDS = ("collected_for", "sensitivity", "operation")
_SENTENCES = {
    "collected_for": "Choose what the records were collected for.",
    "sensitivity": "Choose a sensitivity.",
    "operation": "Choose one of the operations, or none.",
}
_TEMPLATE = "name,kind,address,postcode,longitude,latitude,source id,status,attend rule,sensitivity\r\n"


@router.get("/imports")
def list_page(importer: ImporterNow, before: str = "") -> Response:
    """List the imports of one's own organisation, newest first."""
    visitor, desk = importer.visitor, importer.desk
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
def new_page(importer: ImporterNow) -> Response:
    """Ask for a file, and how its records are kept."""
    importer.desk.value("is_admin")
    return _new(importer.visitor, Form(values={"sensitivity": "2"}))


@router.post("/imports/new", max_body_size=_AS_UPLOADED_SAYS)
async def send(request: Request, importer: ImporterNow) -> Response:
    """Receive a file, streamed to the disk, and begin to read it."""
    await run_in_threadpool(importer.desk.value, "is_admin")
    try:
        async with uploaded(request, importer.desk.limits) as form:
            return await run_in_threadpool(_received, importer, form)
    except FileTooLarge as refused:
        return await run_in_threadpool(_new, importer.visitor, Form(faults={"file": str(refused)}), refused)


@router.get("/imports/template")
def template(importer: ImporterNow) -> Response:
    """Give an empty table with the columns that are understood without asking."""
    importer.desk.value("is_admin")
    headers = {"Content-Disposition": 'attachment; filename="template.csv"'}
    return Response(_TEMPLATE.encode("utf-8-sig"), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/imports/{id}")
def import_page(importer: ImporterNow, id: ImportId, then: str = "check") -> Response:
    """Show where an import stands: at work, refused, half-way, or what came of it."""
    visitor, desk = importer.visitor, importer.desk
    me, found = visitor.me(), one_import(desk, id)
    if is_at_work(desk, id):
        return visitor.page("import_working.html", me=me, this=found, then="columns" if then == "columns" else "check")
    if found.status == "staged":
        return lead_to(id, "/columns" if then == "columns" else "/check")
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


def _received(importer: Importer, form: FormData) -> Response:
    """Keep the file and read it, or say on the same page why not."""
    visitor, values = importer.visitor, typed(form)
    upload = form.get("file")
    if not isinstance(upload, UploadFile) or not upload.filename:
        return _new(visitor, Form(values=values, faults={"file": "Choose the file."}))
    try:
        decision = Decision(sheet=field_of(form, "sheet", str, None))
        id = receive(importer.desk, upload.file, offer_of(form, upload.filename))
    except FileRefused as refused:
        field = refused.column if refused.column in _FIELDS else "file"
        return _new(visitor, Form(values=values, faults={field: _SENTENCES.get(field, str(refused))}))
    return _begun(importer, (id, decision), values)


def _begun(importer: Importer, what: tuple[UUID, Decision], values: dict[str, object]) -> Response:
    """Read the file, for a moment only; lead to the next step, or to where it says how far it is."""
    desk, (id, decision) = importer.desk, what
    try:
        found = importer.work.done(lambda: read_telling(desk, id, decision))
    except AlreadyImported as known:
        discard(desk, id)
        return lead_to(known.import_id, "?done=before")
    except FileRefused as refused:
        if _is_a_table(desk, id):
            return lead_to(id, "/columns")
        discard(desk, id)
        return _new(importer.visitor, Form(values=values, faults={"file": str(refused)}), refused)
    return lead_to(id, "/columns" if found else "?then=columns")


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
        "most_bytes": Limits().file_bytes,
    }
