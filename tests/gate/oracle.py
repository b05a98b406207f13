"""The policy of DOMAIN.md a second time, in plain Python: what decide() must say.

Written from the rules and the table of partner precision, not from the SQL. Where the table leaves a
case open the stricter reading holds: sensitivity 3 (a child, immediate danger, covert) is nothing to
any partner, not only to its outreach workers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

NOTHING: Final = -1
KM_5, KM_1, M_500, M_100, EXACT = range(5)
PLACE, VISIT, NOTE = range(3)

PURPOSES_OF: Final = {"outreach": {"visit", "safeguarding"}, "analyst": {"analysis"}}
OWN: Final = {"visit": EXACT, "safeguarding": EXACT, "enforcement": EXACT, "analysis": M_500}
PARTNER: Final = {
    "visit": (M_100, M_500, KM_1, NOTHING),
    "safeguarding": (M_100, M_500, KM_1, NOTHING),
    "enforcement": (KM_5, KM_5, KM_5, NOTHING),
    "analysis": (KM_1, KM_1, KM_1, NOTHING),
}
KNOWN_CONDITIONS: Final = {"recipients", "purposes", "finest_step", "expires"}


@dataclass(frozen=True, kw_only=True)
class Organisation:
    id: int
    uid: UUID
    kind: str


@dataclass(frozen=True, kw_only=True)
class Membership:
    id: UUID
    person: UUID
    organisation: Organisation
    role: str
    clearance: int
    areas: frozenset[int]
    valid_from: datetime
    valid_until: datetime
    is_suspended: bool
    is_disabled: bool
    operations: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Handling:
    owner_only: bool
    excluded_people: frozenset[UUID]
    conditions: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Label:
    id: int
    owner: int
    sensitivity: int
    area: int
    operation: int | None
    collected_for: str
    handling: Handling


@dataclass(frozen=True, kw_only=True)
class Agreement:
    provider: int
    recipient: int
    purposes: frozenset[str]
    kinds: frozenset[int]
    areas: frozenset[int]
    max_sensitivity: int
    finest_step: int
    valid_from: datetime
    valid_until: datetime
    signatures: tuple[bool, bool]
    is_suspended: bool


@dataclass(frozen=True, kw_only=True)
class Rule:
    """An organisation's own word on how precisely an audience sees its records."""

    owner: int
    audience: str
    purpose: str
    sensitivity: int
    step: int


@dataclass(frozen=True, kw_only=True)
class JointVisit:
    place: UUID
    label: Label
    owner: int
    proposer: int
    partner: int
    members: frozenset[UUID]
    starts_at: datetime
    ends_at: datetime
    is_accepted: bool
    is_cancelled: bool


@dataclass(frozen=True, kw_only=True)
class Context:
    """Who asks, for what purpose, through which scope, and when."""

    who: Membership
    purpose: str
    scope: str
    at: datetime


@dataclass(frozen=True)
class Grant:
    """The finest step for a kind of record, and whether the records themselves may be read."""

    step: int
    content: bool


def may_work(context: Context) -> bool:
    """Return whether the membership is in force and may have chosen this purpose."""
    who = context.who
    purposes = PURPOSES_OF.get(who.role, set())
    if who.role == "outreach" and who.organisation.kind == "police":
        purposes = purposes | {"enforcement"}
    in_force = who.valid_from <= context.at < who.valid_until and not (who.is_suspended or who.is_disabled)
    return in_force and context.purpose in purposes


def may_know(context: Context, label: Label) -> bool:
    """Return whether clearance, area, operation, the welfare wall and exclusions let the member know at all."""
    who = context.who
    walled_off = context.purpose == "enforcement" and label.collected_for == "welfare"
    return (
        label.sensitivity <= who.clearance
        and label.area in who.areas
        and (label.operation is None or label.operation in who.operations)
        and not walled_off
        and who.person not in label.handling.excluded_people
    )


def is_in_force(agreement: Agreement, at: datetime) -> bool:
    """Return whether both sides signed, neither suspended, and the moment is within its term."""
    return (
        all(agreement.signatures) and not agreement.is_suspended and agreement.valid_from <= at < agreement.valid_until
    )


def met_conditions(handling: Handling, context: Context) -> int:
    """Return the finest step that a record's own conditions leave a partner; unknown ones leave nothing."""
    conditions = handling.conditions
    if handling.owner_only or conditions.keys() - KNOWN_CONDITIONS:
        return NOTHING
    if "recipients" in conditions and str(context.who.organisation.uid) not in conditions["recipients"]:
        return NOTHING
    if "purposes" in conditions and context.purpose not in conditions["purposes"]:
        return NOTHING
    if "expires" in conditions and context.at >= datetime.fromisoformat(conditions["expires"]):
        return NOTHING
    return int(conditions.get("finest_step", EXACT))


def _covers(agreement: Agreement, context: Context, label: Label) -> bool:
    return (
        agreement.provider == label.owner
        and agreement.recipient == context.who.organisation.id
        and context.purpose in agreement.purposes
        and label.area in agreement.areas
        and label.sensitivity <= agreement.max_sensitivity
        and is_in_force(agreement, context.at)
    )


class Policy:
    """The agreements and the organisations' own precision rules of a world."""

    def __init__(self, agreements: Iterable[Agreement], rules: Iterable[Rule]) -> None:
        self._agreements: dict[tuple[int, int], list[Agreement]] = {}
        for agreement in agreements:
            self._agreements.setdefault((agreement.provider, agreement.recipient), []).append(agreement)
        self._rules = {(r.owner, r.audience, r.purpose, r.sensitivity): r.step for r in rules}

    def _stricter(self, step: int, audience: str, context: Context, label: Label) -> int:
        own_word = self._rules.get((label.owner, audience, context.purpose, label.sensitivity), EXACT)
        return min(step, own_word)

    def agreed(self, context: Context, label: Label) -> dict[int, int]:
        """Return for each kind of record the finest step that some agreement gives for the label."""
        left = met_conditions(label.handling, context)
        steps: dict[int, int] = {}
        if left == NOTHING:
            return steps
        for agreement in self._agreements.get((label.owner, context.who.organisation.id), ()):
            if _covers(agreement, context, label):
                for kind in agreement.kinds:
                    steps[kind] = max(steps.get(kind, NOTHING), min(left, agreement.finest_step))
        return steps

    def decide(self, context: Context, label: Label) -> dict[int, Grant]:
        """Return what the context may know of records behind the label, by kind; absent kinds are nothing."""
        if not may_work(context) or not may_know(context, label):
            return {}
        if label.owner == context.who.organisation.id:
            step = self._stricter(OWN[context.purpose], "own", context, label)
            kinds = (PLACE, VISIT, NOTE) if step > NOTHING else ()
            return {kind: Grant(step, step == EXACT) for kind in kinds}
        limit = self._stricter(PARTNER[context.purpose][label.sensitivity], "partner", context, label)
        steps = {kind: min(step, limit) for kind, step in self.agreed(context, label).items()}
        return {kind: Grant(step, content=False) for kind, step in steps.items() if step > NOTHING}

    def opens(self, context: Context, visit: JointVisit) -> bool:
        """Return whether a joint visit opens its place's exact position to the context now."""
        day = timedelta(hours=24)
        return (
            may_work(context)
            and context.who.role == "outreach"
            and context.purpose in {"visit", "safeguarding"}
            and visit.is_accepted
            and not visit.is_cancelled
            and visit.starts_at - day <= context.at < visit.ends_at + day
            and context.who.id in visit.members
            and context.who.organisation.id == visit.partner
            and visit.owner == visit.label.owner == visit.proposer
            and may_know(context, visit.label)
            and PLACE in self.agreed(context, visit.label)
        )

    def opens_flag(self, context: Context, visit: JointVisit, note: Label) -> bool:
        """Return whether a joint visit opens to the context the risk flag of a note at its place, behind this label."""
        return (
            self.opens(context, visit)
            and note.owner == visit.owner
            and may_know(context, note)
            and NOTE in self.agreed(context, note)
        )


def may_record(context: Context, label: Label) -> bool:
    """Return whether the context may put a record behind the label."""
    who = context.who
    return (
        may_work(context)
        and who.role == "outreach"
        and context.scope == "full"
        and label.owner == who.organisation.id
        and (label.collected_for == "enforcement") == (context.purpose == "enforcement")
        and label.area in who.areas
        and (label.operation is None or label.operation in who.operations)
    )
