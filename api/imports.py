"""Imports: a file is sent, looked at with a verdict per row, committed as places, and perhaps taken back."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from api.answers import GEOJSON, json_answer
from api.identity import BackingNow, Token
from data.imports.desk import Desk
from data.imports.intake import take_in
from data.imports.layout import Asked
from data.imports.limits import Limits
from data.imports.publish import asked_before, choices_before, commit, discard, undo
from data.imports.receive import Offer
from data.imports.records import Import, Row, newest_imports, one_import, rejects_of, rows_of, sample_of
from data.imports.refusals import FileRefused, FileTooLarge
from data.imports.stage import stage

router = APIRouter(tags=["imports"])

_ROOM_FOR_FIELDS = 1 << 20
LARGEST_UPLOAD = Limits().file_bytes + _ROOM_FOR_FIELDS
_TEXT = {"type": "string"}
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "collected_for"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "source": _TEXT,
                        "collected_for": {"type": "string", "enum": ["welfare", "safeguarding", "enforcement"]},
                        "sensitivity": {"type": "integer", "minimum": 0, "maximum": 3, "default": 2},
                        "operation": {"type": "string", "format": "uuid"},
                        "mapping": {"type": "string", "description": "Fields of the mapping to decide, as JSON."},
                        "sheet": _TEXT,
                    },
                }
            }
        },
    }
}


class MappingBody(BaseModel):
    """What a person decides of how a file is read; what is left out stays as it was recognised."""

    model_config = ConfigDict(extra="forbid")

    mapping: dict[str, str | list[str] | None] = {}
    sheet: Annotated[str | None, Field(max_length=200)] = None
    columns: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=500)] = []
    has_header: bool | None = None


def desk_of(backing: BackingNow, token: Token) -> Desk:
    """Return the desk of whoever asks."""
    return Desk(pool=backing.pool, token=token, uploads=backing.settings.uploads)


DeskNow = Annotated[Desk, Depends(desk_of)]


@router.post("/imports", status_code=201, openapi_extra=_FORM, max_body_size=LARGEST_UPLOAD)
async def receive_file(request: Request, desk: DeskNow) -> Response:
    """Receive a file, recognise what its columns say, and check every row; nothing is a place yet.

    A file that was imported before with the same choices is answered with that import, and 200.
    """
    await run_in_threadpool(desk.value, "is_admin")
    body = _limited(request, desk.limits.file_bytes + _ROOM_FOR_FIELDS)
    try:
        async with body.form(max_files=1, max_fields=20) as form:
            found, is_new = await run_in_threadpool(_take_in, desk, form)
    except HTTPException as error:
        raise FileRefused("The form is damaged or cut short; expected a whole one.") from error
    return json_answer(_told(found) | {"already_imported": not is_new}, status=201 if is_new else 200)


def _take_in(desk: Desk, form: FormData) -> tuple[Import, bool]:
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        raise FileRefused("No file came; expected one as the field `file` of a multipart form.", column="file")
    offer = _offer(form, upload.filename or "upload")
    return take_in(desk, upload.file, offer, asked=_asked(form), changes=_changes(form))


@router.get("/imports")
def list_imports(
    desk: DeskNow, before: UUID | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Response:
    """List the imports of one's own organisation, newest first; `before` continues after the last one seen."""
    last = one_import(desk, before) if before else None
    found = newest_imports(desk, before=last, at_most=limit)
    return json_answer({"imports": [_told(each) for each in found]})


@router.get("/imports/{id}")
def show_import(
    id: UUID,
    desk: DeskNow,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    limit: Annotated[int, Query(ge=0, le=1000)] = 100,
) -> Response:
    """Show an import, and a page of its rows with their verdicts while it is not committed."""
    found = one_import(desk, id)
    rows = rows_of(desk, id, after_line=after, at_most=limit) if limit and found.status == "staged" else []
    return json_answer(_told(found) | {"rows": rows})


@router.get("/imports/{id}/preview")
def preview_import(id: UUID, desk: DeskNow, limit: Annotated[int, Query(ge=1, le=5000)] = 1000) -> Response:
    """Show rows spread over an import not yet committed, as GeoJSON for a map."""
    features = [_feature(row) for row in sample_of(desk, id, at_most=limit) if row.longitude is not None]
    return json_answer({"type": "FeatureCollection", "features": features}, media_type=GEOJSON)


@router.get("/imports/{id}/rejects")
def list_rejects(id: UUID, desk: DeskNow) -> Response:
    """Give the rows that are not imported as CSV: line, verdict, column, what was said, what was expected."""
    lines = rejects_of(desk, id)
    first = next(lines)
    return StreamingResponse(
        _encoded(chain([first], lines)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="rejects-{id}.csv"'},
    )


@router.put("/imports/{id}/mapping")
def decide_mapping(id: UUID, body: MappingBody, desk: DeskNow) -> Response:
    """Decide fields of the mapping and check every row again; fields decided before stay so."""
    before = one_import(desk, id)
    asked = replace(asked_before(before), has_header=body.has_header)
    if body.sheet is not None or body.columns:
        asked = Asked(sheet=body.sheet, columns=tuple(body.columns), has_header=body.has_header)
    keeps = body.sheet is None and not body.columns and body.has_header is None
    changes = (choices_before(before) if keeps else {}) | body.mapping
    return json_answer(_told(stage(desk, id, asked=asked, changes=changes)))


@router.post("/imports/{id}/commit")
def commit_import(id: UUID, desk: DeskNow) -> Response:
    """Make places of every good row, all or none."""
    return json_answer(_told(commit(desk, id)))


@router.post("/imports/{id}/undo")
def undo_import(id: UUID, desk: DeskNow) -> Response:
    """Take back the places of an import, but those that somebody has changed or used since."""
    return json_answer(_told(undo(desk, id)))


@router.delete("/imports/{id}", status_code=204)
def discard_import(id: UUID, desk: DeskNow) -> Response:
    """Forget an import that was never committed."""
    discard(desk, id)
    return Response(status_code=204)


def _told(found: Import) -> dict[str, Any]:
    """Return what is told of an import."""
    told = {name: getattr(found, name) for name in found.__dataclass_fields__ if name != "digest"}
    return told | {"links": {name: f"/api/imports/{found.id}/{name}" for name in ("preview", "rejects")}}


def _feature(row: Row) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": row.line,
        "geometry": {"type": "Point", "coordinates": [row.longitude, row.latitude]},
        "properties": {"name": row.name, "verdict": row.verdict, "line": row.line},
    }


def _encoded(lines: Iterator[str]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"
    for line in lines:
        yield line.encode()


def _limited(request: Request, most: int) -> Request:
    """Return the request with a body that ends in FileTooLarge when it goes on too long."""
    seen = 0

    async def receive() -> Any:  # noqa: ANN401 - a message of ASGI
        nonlocal seen
        message = await request.receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise FileTooLarge("The file is larger than is taken; expected at most 200 MB.")
        return message

    return Request(request.scope, receive)


def _field(form: FormData, name: str, read: Callable[[str], Any], otherwise: object) -> Any:  # noqa: ANN401
    value = form.get(name)
    if not isinstance(value, str) or not value:
        return otherwise
    try:
        return read(value)
    except (ValueError, ValidationError) as error:
        raise FileRefused(f"The form's field `{name}` cannot be read.", column=name, said=value[:60]) from error


def _offer(form: FormData, file_name: str) -> Offer:
    return Offer(
        file_name=file_name[-200:],
        source=_field(form, "source", str, file_name[-200:]),
        collected_for=_field(form, "collected_for", str, ""),
        sensitivity=_field(form, "sensitivity", int, 2),
        operation=_field(form, "operation", UUID, None),
    )


def _asked(form: FormData) -> Asked:
    return Asked(sheet=_field(form, "sheet", str, None))


def _changes(form: FormData) -> dict[str, Any]:
    adapter = TypeAdapter(dict[str, str | list[str] | None])
    changes: dict[str, Any] = _field(form, "mapping", lambda text: adapter.validate_python(orjson.loads(text)), {})
    return changes
