"""The audit for its auditor: who saw, changed and exported what and when; verified; exported under a signature."""

from collections.abc import Iterator
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from data.audit_reading import LAST, Sought, actors, export_own, find, verify_own
from data.database import entered
from data.places import audit
from web.audit_words import GROUPS, line
from web.days import Day
from web.forms import Form, read
from web.visitors import Visitor, VisitorNow

router = APIRouter(include_in_schema=False)
ROWS = 50
_SENTENCES = {
    "group": "Choose one of the kinds in the list.",
    "actor": "Choose somebody from the list.",
    "record": "A record's reference is 8 to 64 letters and digits, as an entry or a card shows it.",
    "from_day": "Give the first day as a date, such as 25 November 2026.",
    "to_day": "Give the last day as a date, such as 25 November 2026.",
    "before": "This page of the audit does not exist.",
}


class Asked(BaseModel):
    """What the filter form asks for."""

    model_config = ConfigDict(extra="ignore")

    group: str | None = None
    actor: UUID | None = None
    record: Annotated[str | None, Field(pattern=r"^[0-9a-f]{8,64}$")] = None
    from_day: Day | None = None
    to_day: Day | None = None
    before: Annotated[int, Field(ge=1, le=LAST)] = LAST

    @field_validator("group")
    @classmethod
    def _known(cls, group: str | None) -> str | None:
        if group is not None and group not in GROUPS:
            raise ValueError("unknown")
        return group

    def sought(self) -> Sought:
        """Return it as the database is asked."""
        ops = GROUPS[self.group][1] if self.group else None
        return Sought(
            ops=ops, actor=self.actor, record=self.record, from_day=self.from_day, to_day=self.to_day,
            before=self.before,
        )  # fmt: skip


@router.get("/audit")
def audit_page(visitor: VisitorNow) -> Response:
    """Show the latest entries of the own chain, filtered. What is asked for names no place and no person's name."""
    values = dict(visitor.request.query_params)
    asked = read(Asked, values, _SENTENCES)
    faults = asked if isinstance(asked, dict) else {}
    sought = asked.sought() if isinstance(asked, Asked) else Sought()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        found, people = find(conn, sought, at_most=ROWS + 1), actors(conn)
    return visitor.page(
        "audit.html",
        me=visitor.me(),
        status=422 if faults else 200,
        form=Form(values=values, faults=faults),
        groups=[(key, words) for key, (words, _) in GROUPS.items()],
        people=[(actor.membership_id, f"{actor.email} ({actor.role})") for actor in people],
        lines=[line(one) for one in found[:ROWS]],
        older=_older(values, found[ROWS - 1].seq) if len(found) > ROWS else None,
    )


@router.post("/audit/verify")
def verify(visitor: VisitorNow) -> Response:
    """Recompute the own chain, and say each fault."""
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        counted, faults = verify_own(conn)
        audit(conn, "consultation", what="verified the audit", entries=counted)
    return visitor.page("audit_verified.html", me=visitor.me(), counted=counted, faults=faults)


@router.post("/audit/export")
def export(visitor: VisitorNow) -> Response:
    """Give the own chain as a signed file; that it was exported stands in the chain before its first byte leaves."""
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        find(conn, Sought(), at_most=1)
        audit(conn, "disclosure", what="exported the audit")
    answer = StreamingResponse(_lines(visitor), media_type="application/jsonl")
    answer.headers["Content-Disposition"] = 'attachment; filename="waymark-audit.jsonl"'
    return answer


def _lines(visitor: Visitor) -> Iterator[str]:
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        yield from export_own(conn, visitor.backing.vault)


def _older(values: dict[str, str], before: int) -> dict[str, str]:
    return {name: value for name, value in values.items() if value} | {"before": str(before)}
