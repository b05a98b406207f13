"""Releases: counts and hotspot maps for an audience, approved by another, read by who may, withdrawn at will."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.answers import json_answer
from api.backing import Backing
from api.identity import BackingNow, Token
from data import releases
from data.database import entered
from data.hotspot_releases import hotspots_of
from data.releases import Release, Wanted, squares_of
from layers.hotspot_releases import STATES
from layers.release_layers import release_named
from layers.release_tables import FEWER
from layers.releases import approve, prepare

router = APIRouter(tags=["releases"])
_SQUARE = 5000
_DONE = 204


class ReleaseBody(BaseModel):
    """What is to be released: for whom (an agreement for a partner alone), what is counted, of which quarter.

    A hotspot map looks at so many quarters, of which this is the last, and at counts that its readers have already.
    """

    model_config = ConfigDict(extra="forbid")

    audience: Literal["agreement", "commissioner", "public"]
    agreement: UUID | None = None
    heading: Literal[
        "visited", "concern", "sexual_exploitation", "forced_labour", "domestic_servitude", "criminal_exploitation",
        "debt_bondage", "forced_marriage", "human_trafficking", "not_known",
    ]  # fmt: skip
    quarter: date
    kind: Literal["counts", "hotspots"] = "counts"
    quarters: Annotated[int, Field(ge=1, le=8)] = 1

    def wanted(self) -> Wanted:
        """Return it as it is asked of the database."""
        return Wanted(**self.model_dump())


@router.get("/releases")
def list_releases(backing: BackingNow, token: Token) -> Response:
    """Return the releases that this session may read, the latest quarter first."""
    with entered(backing.pool, token) as (conn, _):
        found = releases.my_releases(conn)
    return json_answer({"releases": [_told(release) for release in found]})


@router.get("/release-recipients")
def list_recipients(backing: BackingNow, token: Token) -> Response:
    """Return, to an analyst, the partners for whom counts may be prepared, and under which agreements."""
    with entered(backing.pool, token) as (conn, _):
        found = releases.release_recipients(conn)
    return json_answer({"recipients": [vars(one) for one in found]})


@router.post("/releases", status_code=201)
def prepare_release(body: ReleaseBody, backing: BackingNow, token: Token) -> Response:
    """Prepare counts, or hotspots made of them; nobody else reads them before a second person has approved."""
    id = prepare((backing.pool, backing.vault), token, body.wanted())
    return json_answer({"id": str(id)}, status=201)


@router.get("/releases/{id}")
def read_release(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Return a release with its squares; that it was read stands in the audit."""
    return json_answer(release_document(backing, token, id))


@router.post("/releases/{id}/approve", status_code=_DONE)
def approve_release(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Approve a release as another person than who prepared it; from now on its audience reads it."""
    approve((backing.pool, backing.vault), token, id)
    return Response(status_code=_DONE)


@router.post("/releases/{id}/withdraw", status_code=_DONE)
def withdraw_release(id: UUID, backing: BackingNow, token: Token) -> Response:
    """Withdraw a release: from the next request on nobody reads it."""
    with entered(backing.pool, token) as (conn, _):
        releases.withdraw_release(conn, id)
    return Response(status_code=_DONE)


def release_document(backing: Backing, token: str | None, id: UUID) -> dict[str, Any]:
    """Return a release as JSON, with the corner of each square (EPSG:27700, metres). Raises NoSuchRelease."""
    release, document = release_named(backing.pool, token, id)
    squares = _hotspots(document) if release.kind == "hotspots" else _counts(document)
    return _told(release) | {"squares": list(squares)}


def _counts(document: str) -> Iterator[dict[str, Any]]:
    for square, value in squares_of(document).items():
        yield _corner(square) | {"places": FEWER if value is None else str(value), "number": value}


def _hotspots(document: str) -> Iterator[dict[str, Any]]:
    for one in hotspots_of(document):
        told = vars(one) | {"state": STATES[one.state]}
        del told["square"]
        yield _corner(one.square) | told


def _corner(square: int) -> dict[str, Any]:
    return {"easting": square // 10_000 * _SQUARE, "northing": square % 10_000 * _SQUARE, "size": _SQUARE}


def _told(release: Release) -> dict[str, Any]:
    layer = f"release-{release.id}" if release.state == "approved" else None
    return vars(release) | {"layer": layer}
