"""Imports: a file is sent, looked at with a verdict per row, committed as places, and perhaps taken back."""

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from api.answers import GEOJSON, json_answer
from api.identity import BackingNow, Token
from api.uploads import LARGEST_UPLOAD, field_of, file_of, offer_of, uploaded
from data.imports.decide import Decision, decide
from data.imports.desk import Desk
from data.imports.intake import take_in
from data.imports.layout import Asked
from data.imports.publish import commit, discard, undo
from data.imports.records import Import, Row, newest_imports, one_import, rejects_of, rows_of, sample_of

router = APIRouter(tags=["imports"])

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
    async with uploaded(request, desk.limits) as form:
        found, is_new = await run_in_threadpool(_take_in, desk, form)
    return json_answer(_told(found) | {"already_imported": not is_new}, status=201 if is_new else 200)


def _take_in(desk: Desk, form: FormData) -> tuple[Import, bool]:
    upload = file_of(form)
    asked = Asked(sheet=field_of(form, "sheet", str, None))
    offer = offer_of(form, upload.filename or "upload")
    return take_in(desk, upload.file, offer, asked=asked, changes=_changes(form))


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
    decision = Decision(
        mapping=dict(body.mapping), sheet=body.sheet, columns=tuple(body.columns), has_header=body.has_header
    )
    return json_answer(_told(decide(desk, id, decision)))


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


def _changes(form: FormData) -> dict[str, Any]:
    adapter = TypeAdapter(dict[str, str | list[str] | None])
    changes: dict[str, Any] = field_of(form, "mapping", lambda text: adapter.validate_python(orjson.loads(text)), {})
    return changes
