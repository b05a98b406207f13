"""A risk note by form: the text is looked over before it is saved, and the author decides."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, BeforeValidator, Field, StringConstraints
from starlette.responses import RedirectResponse

from data.database import entered
from data.free_text.found import Finding, stretches
from data.notes import PROVENANCES, Grade, NewNote, add_note, look_over_note
from data.places import coded_list, refuse_layer_token, see_place
from data.sessions import SessionFacts
from data.teams import MOST, NotATeam, my_team, my_teams
from web.card_pages import place_id_of
from web.days import Day, today
from web.forms import Form, read, typed
from web.team_choices import NOT_YOURS, team_choices
from web.visitors import FormNow, Visitor, VisitorNow
from web.words import GRADES, SENSITIVITIES, SEVERITIES

router = APIRouter(include_in_schema=False)
REVIEW_AFTER = timedelta(days=183)
SENTENCES = {
    "text": "Write what was seen or said, in at most 10,000 characters.",
    "category": "Choose the kind of exploitation, or: not known yet.",
    "severity": "Choose how severe it is, from 1 to 5.",
    "provenance": "Choose how you know.",
    "review_on": "Give the day by which to look at the note again, after today and within five years.",
    "sensitivity": "Choose who in your organisation may read it.",
    "source": "Choose all three parts of the grade, or none.",
    "intelligence": "Choose all three parts of the grade, or none.",
    "handling": "Choose all three parts of the grade, or none.",
    "team": NOT_YOURS,
}


class TypedNote(BaseModel):
    """The fields of the note form."""

    text: Annotated[
        str,
        BeforeValidator(lambda text: str(text).replace("\r\n", "\n")),
        StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000, pattern=r"^[^\x00]*$"),
    ]
    category: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,60}$")]
    severity: Annotated[int, Field(ge=1, le=5)]
    provenance: Literal["saw myself", "was told by the person", "was told by someone else", "unsure"]
    review_on: Day
    sensitivity: Annotated[int, Field(ge=0, le=3)] = 0
    source: Annotated[int | None, Field(ge=1, le=3)] = None
    intelligence: Literal["A", "B", "C", "D", "E"] | None = None
    handling: Literal["P", "C"] | None = None
    team: Annotated[int | None, Field(ge=0, le=MOST)] = None

    def grade(self) -> Grade | None:
        """Return the grade, when all of it was given."""
        if self.source and self.intelligence and self.handling:
            return Grade(source=self.source, intelligence=self.intelligence, handling=self.handling)
        return None

    def note(self, purpose: str, *, visit: UUID | None = None) -> NewNote:
        """Return the note as it is to be recorded, today, of a visit or by itself."""
        return NewNote(
            **self.model_dump(exclude={"source", "intelligence", "handling"}),
            recorded_on=today(),
            collected_for="enforcement" if purpose == "enforcement" else "welfare",
            grade=self.grade(),
            visit=visit,
        )


@dataclass(frozen=True, kw_only=True)
class _Shown:
    """What the note page shows besides its fields: what the check found in the text, and its status."""

    form: Form
    text: str = ""
    found: tuple[Finding, ...] = ()
    status: int = 200


@router.get("/places/{id}/note")
def note_page(id: str, visitor: VisitorNow) -> Response:
    """Ask for a risk note on a place."""
    place_id = place_id_of(id)
    values = {"review_on": (today() + REVIEW_AFTER).isoformat(), "sensitivity": "0"}
    return _page(visitor, place_id, _Shown(form=Form(values=values)))


@router.post("/places/{id}/note")
def save_note(id: str, data: FormNow, visitor: VisitorNow) -> Response:
    """Save a note; if its text asks for one more look, only once the author has seen that very text marked."""
    place_id, values = place_id_of(id), typed(data)
    given = read_note(values)
    if isinstance(given, dict):
        return _page(visitor, place_id, _Shown(form=Form(values=values, faults=given), status=422))
    try:
        with entered(visitor.backing.pool, visitor.token) as (conn, who):
            found = look_over_note(conn, place_id, given.text)
            is_seen = not found or values.get("looked") == seal_of(given.text)
            if is_seen:
                add_note(conn, who, visitor.backing.vault, (place_id, given.note(who.purpose)))
    except NotATeam:
        faults = {"team": NOT_YOURS}
        return _page(visitor, place_id, _Shown(form=Form(values=values, faults=faults), status=422))
    if not is_seen:
        return _page(visitor, place_id, _Shown(form=Form(values=values), text=given.text, found=found, status=422))
    return RedirectResponse(f"/places/{place_id}?noted", status_code=303)


@router.post("/places/{id}/note/check")
def check_part(id: str, data: FormNow, visitor: VisitorNow) -> Response:
    """Look over a text while it is being written; nothing is kept of it."""
    place_id, text = place_id_of(id), str(typed(data).get("text", ""))[:10_000]
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        refuse_layer_token(who)
        found = look_over_note(conn, place_id, text)
    return visitor.page("parts/findings.html", me=me, **shown_findings(text, found))


def read_note(values: Mapping[str, object]) -> TypedNote | dict[str, str]:
    """Return the note that a form makes, or its faults by field."""
    given = read(TypedNote, values, SENTENCES)
    if isinstance(given, dict):
        return given
    if not today() < given.review_on <= today() + timedelta(days=5 * 366):
        return {"review_on": SENTENCES["review_on"]}
    if given.grade() is None and (given.source or given.intelligence or given.handling):
        return {"source": SENTENCES["source"]}
    return given


def shown_findings(text: str, found: tuple[Finding, ...]) -> dict[str, Any]:
    """Return what the part that marks findings shows."""
    return {"found": found, "marked": stretches(text, found), "seal": seal_of(text)}


def seal_of(text: str) -> str:
    """Return what says that a text was shown marked as it stands."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def note_choices(me: SessionFacts, categories: Mapping[str, str]) -> dict[str, Any]:
    """Return what the fields of a note offer: words of the taxonomy, and no sensitivity above one's clearance."""
    return {
        "categories": list(categories.items()),
        "severities": SEVERITIES,
        "provenances": [(said, said[:1].upper() + said[1:], "") for said in PROVENANCES],
        "sensitivities": [choice for choice in SENSITIVITIES if int(choice[0]) <= me.clearance],
        "grades": GRADES if me.organisation_kind == "police" else {},
    }


def _page(visitor: Visitor, place_id: UUID, shown: _Shown) -> Response:
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, who):
        refuse_layer_token(who)
        see_place(conn, place_id)
        categories, teams, team = coded_list(conn, "exploitation"), team_choices(my_teams(conn)), my_team(conn)
    return visitor.page(
        "note.html",
        me=me,
        status=shown.status,
        form=replace(shown.form, values={"team": team, **shown.form.values}),
        teams=teams,
        place_id=place_id,
        **note_choices(me, categories),
        **shown_findings(shown.text, shown.found),
    )
