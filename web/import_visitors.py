"""An admin at work on imports: who asks, the desk that imports are dealt with at, the threads that do the long work."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from starlette.responses import RedirectResponse, Response

from api.imports import DeskNow
from data.imports.desk import Desk
from data.imports.refusals import NoSuchImport
from web.import_work import ImportWork
from web.visitors import Visitor, VisitorNow


@dataclass(frozen=True)
class Importer:
    """One request for a page of imports."""

    visitor: Visitor
    desk: Desk
    work: ImportWork


def importer_of(request: Request, visitor: VisitorNow, desk: DeskNow) -> Importer:
    """Return who asks, with the desk and the threads. Raises Hidden, NotSignedIn, CrossOrigin."""
    return Importer(visitor, desk, request.app.state.import_work)


def import_id(id: str) -> UUID:
    """Return the id in an address. Raises NoSuchImport, as for an import that is not there."""
    try:
        return UUID(id)
    except ValueError:
        raise NoSuchImport("There is no such import.") from None


def lead_to(id: UUID | None, step: str = "") -> Response:
    """Lead to a step of an import, or to where it stands; without an import, to the list."""
    return RedirectResponse(f"/imports/{id}{step}" if id else f"/imports{step}", status_code=303)


ImporterNow = Annotated[Importer, Depends(importer_of)]
ImportId = Annotated[UUID, Depends(import_id)]
