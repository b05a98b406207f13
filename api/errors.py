"""One table: what happened, and the status with which it is told (RFC 9457 problem documents)."""

from collections.abc import Sequence
from http import HTTPStatus

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.identity import CrossOrigin
from data.agreements import AgreementRefused, NoSuchAgreement
from data.audit_reading import NotAnAuditor
from data.briefings import BriefingRefused, NoSuchBriefing
from data.database import NotAllowed, NotSignedIn, NotStorable, Unavailable
from data.deconfliction import MayNotTakePart
from data.filters import NotAFilter
from data.imports.refusals import (
    AlreadyImported,
    FileRefused,
    FileTooLarge,
    ImportNotReady,
    NoSuchImport,
    NotAnAdministrator,
)
from data.initiatives import InitiativeChanged, InitiativeRefused, NoSuchInitiative
from data.joint_visits import JointVisitRefused, NoSuchJointVisit
from data.members import MemberRefused, NoSuchMember
from data.notes import NoSuchNote, NoSuchVisit
from data.notices import NoSuchNotice
from data.operations import NoSuchOperation, OperationRefused
from data.own_sessions import NoSuchSession
from data.passkeys import NoSuchPasskey, PasskeyRefused
from data.passwords import WeakPassword
from data.place_hours import NotALanguage
from data.places import ChangedMeanwhile, NoSuchPlace, NotACode, NotInBritain
from data.planning_settings import SettingsChanged, SettingsRefused
from data.plans import NoSuchPlan, PlanChanged, PlanRefused
from data.positions import NoSuchPosition
from data.reading import NotOffered
from data.refusals import NotAnAdmin
from data.releases import NoSuchRelease, ReleaseRefused
from data.retention import RetentionChanged, RetentionRefused
from data.sessions import ChooseOrganisation, CodeNeeded, SignInRefused, WaitFirst
from data.sheets import NoSuchSheet, NotASheet
from data.shifts import NoSuchShift, ShiftRefused, TooManyWords
from data.teams import NoSuchTeam, NotATeam
from data.vault import NoteSealBroken
from geo.shifts.hours import NotHours
from geo.shifts.problem import NotAShift
from geo.shifts.travel import NotASpeed
from geo.tile_keys import NoSuchTile, NotABox
from layers.catalogue import NoSuchLayer
from layers.exports import NotAnExport
from layers.features import NoSuchFeature
from layers.hotspot_desk import NoSuchWork
from layers.hotspot_questions import QuestionRefused
from layers.paging import NotAPage

PROBLEM = "application/problem+json"
NOT_FOUND = "There is nothing here that you may see."

STATUS: dict[type[Exception], HTTPStatus] = {
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    SignInRefused: HTTPStatus.UNAUTHORIZED,
    CodeNeeded: HTTPStatus.UNAUTHORIZED,
    CrossOrigin: HTTPStatus.FORBIDDEN,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotAnAdministrator: HTTPStatus.FORBIDDEN,
    NotAnAdmin: HTTPStatus.FORBIDDEN,
    NotAnAuditor: HTTPStatus.FORBIDDEN,
    NoSuchLayer: HTTPStatus.NOT_FOUND,
    NotOffered: HTTPStatus.NOT_FOUND,
    NoSuchFeature: HTTPStatus.NOT_FOUND,
    NoSuchPlace: HTTPStatus.NOT_FOUND,
    NoSuchNote: HTTPStatus.NOT_FOUND,
    NoSuchImport: HTTPStatus.NOT_FOUND,
    NoSuchAgreement: HTTPStatus.NOT_FOUND,
    NoSuchJointVisit: HTTPStatus.NOT_FOUND,
    NoSuchMember: HTTPStatus.NOT_FOUND,
    NoSuchOperation: HTTPStatus.NOT_FOUND,
    NoSuchPasskey: HTTPStatus.NOT_FOUND,
    NoSuchSession: HTTPStatus.NOT_FOUND,
    NoSuchSheet: HTTPStatus.NOT_FOUND,
    NoSuchBriefing: HTTPStatus.NOT_FOUND,
    NoSuchInitiative: HTTPStatus.NOT_FOUND,
    NoSuchPlan: HTTPStatus.NOT_FOUND,
    NoSuchRelease: HTTPStatus.NOT_FOUND,
    NoSuchShift: HTTPStatus.NOT_FOUND,
    NoSuchTeam: HTTPStatus.NOT_FOUND,
    NoSuchNotice: HTTPStatus.NOT_FOUND,
    NoSuchTile: HTTPStatus.NOT_FOUND,
    NoSuchWork: HTTPStatus.NOT_FOUND,
    ChooseOrganisation: HTTPStatus.CONFLICT,
    ChangedMeanwhile: HTTPStatus.CONFLICT,
    InitiativeChanged: HTTPStatus.CONFLICT,
    PlanChanged: HTTPStatus.CONFLICT,
    SettingsChanged: HTTPStatus.CONFLICT,
    RetentionChanged: HTTPStatus.CONFLICT,
    ImportNotReady: HTTPStatus.CONFLICT,
    AlreadyImported: HTTPStatus.CONFLICT,
    NotABox: HTTPStatus.BAD_REQUEST,
    NotAFilter: HTTPStatus.BAD_REQUEST,
    NotAPage: HTTPStatus.BAD_REQUEST,
    NotAnExport: HTTPStatus.BAD_REQUEST,
    NoSuchVisit: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotATeam: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotACode: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotALanguage: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotHours: HTTPStatus.UNPROCESSABLE_ENTITY,
    AgreementRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    JointVisitRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    MemberRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    MayNotTakePart: HTTPStatus.UNPROCESSABLE_ENTITY,
    OperationRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotInBritain: HTTPStatus.UNPROCESSABLE_ENTITY,
    NoSuchPosition: HTTPStatus.UNPROCESSABLE_ENTITY,
    FileTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotASheet: HTTPStatus.UNPROCESSABLE_ENTITY,
    BriefingRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    InitiativeRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    ShiftRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    WeakPassword: HTTPStatus.UNPROCESSABLE_ENTITY,
    PlanRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    QuestionRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    ReleaseRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    SettingsRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    RetentionRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotAShift: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotASpeed: HTTPStatus.UNPROCESSABLE_ENTITY,
    PasskeyRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    FileRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotStorable: HTTPStatus.UNPROCESSABLE_ENTITY,
    WaitFirst: HTTPStatus.TOO_MANY_REQUESTS,
    TooManyWords: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    NoteSealBroken: HTTPStatus.INTERNAL_SERVER_ERROR,
}


def problem(status: int, detail: str, **more: object) -> Response:
    """Return a problem document: a status, its title, and a sentence for the person."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": int(status), "detail": detail, **more}
    headers = {"WWW-Authenticate": 'Bearer realm="waymark"'} if status == HTTPStatus.UNAUTHORIZED else {}
    return Response(orjson.dumps(body, default=str), status_code=status, media_type=PROBLEM, headers=headers)


def problem_of(error: Exception) -> Response:
    """Return the problem document of an error in the table; hidden and missing things read alike."""
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
    if status == HTTPStatus.NOT_FOUND:
        return problem(status, NOT_FOUND)
    if isinstance(error, WaitFirst | TooManyWords):
        answer = problem(status, str(error))
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    if isinstance(error, ChooseOrganisation):
        return problem(status, str(error), organisations=error.organisations)
    if isinstance(error, CodeNeeded):
        return problem(status, str(error), code_needed=True)
    if isinstance(error, FileRefused):
        parts = error.parts()
        return problem(status, str(parts.pop("sentence")), **parts)
    return problem(status, str(error))


def unexpected() -> Response:
    """Return the problem document of an error that nobody foresaw."""
    return problem(500, "Something went wrong on our side. Nothing was changed. Try again, or tell your admin.")


def install(app: FastAPI) -> None:
    """Answer every error of the table, and every error of the framework, with a problem document."""

    def answer(_: Request, error: Exception) -> Response:
        return problem_of(error)

    def invalid(_: Request, error: Exception) -> Response:
        faults = error.errors() if isinstance(error, RequestValidationError) else []
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, _sentence(faults), faults=[_fault(fault) for fault in faults])

    def framework(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        detail = NOT_FOUND if status == HTTPStatus.NOT_FOUND else HTTPStatus(status).description
        answer = problem(status, detail)
        if isinstance(error, HTTPException) and error.headers:
            answer.headers.update(error.headers)
        return answer

    for kind in STATUS:
        app.add_exception_handler(kind, answer)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(Exception, lambda _request, _error: unexpected())


def _fault(fault: dict[str, object]) -> dict[str, object]:
    """Return where a fault is and what was expected, without repeating what was given."""
    place = fault.get("loc", ())
    where = ".".join(str(part) for part in place) if isinstance(place, Sequence) else ""
    return {"where": where, "expected": str(fault.get("msg", ""))}


def _sentence(faults: Sequence[dict[str, object]]) -> str:
    if not faults:
        return "The request could not be read."
    first = _fault(faults[0])
    others = f" ({len(faults) - 1} more under `faults`)" if len(faults) > 1 else ""
    return f"{first['where']}: {first['expected']}{others}."
