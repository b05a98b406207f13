"""Policies drawn from a seed for the standing cast: who may do what, what is agreed, who asks when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from random import Random
from typing import TypeVar

from tests.gate.cast import AREAS, HOUR, MEMBERSHIPS, OWNERS, Cast, record_id
from tests.gate.oracle import Agreement, Context, JointVisit, Membership, Policy, Rule
from tests.worlds import FAR_AHEAD, LONG_AGO, NOON

T = TypeVar("T")
SCOPES = ("full", "full", "full", "layers")
PURPOSES = ("visit", "safeguarding", "analysis", "enforcement")
MOMENTS = [
    NOON + hours * HOUR + timedelta(microseconds=nudge) for hours, nudge in product(range(4), (-1_000_000, -1, 0, 1))
]
LIKELY_PURPOSES = {
    "outreach": ("visit", "safeguarding", "enforcement", "visit"),
    "analyst": ("analysis",),
    "admin": ("administration", "visit"),
    "auditor": ("audit", "visit"),
}
STARTS = (LONG_AGO, LONG_AGO, NOON, NOON + HOUR, LONG_AGO, LONG_AGO)
ENDS = (FAR_AHEAD, FAR_AHEAD, NOON + 2 * HOUR, FAR_AHEAD)


@dataclass(frozen=True, kw_only=True)
class Part:
    """A membership's part in one world."""

    role: str
    clearance: int
    areas: frozenset[int]
    valid_from: datetime
    valid_until: datetime
    is_suspended: bool
    in_operation: bool


@dataclass(frozen=True, kw_only=True)
class JointPlan:
    """A joint visit of one world: label, organisations and members by their number in the cast."""

    label: int
    owner: int
    proposer: int
    partner: int
    members: frozenset[int]
    hours: tuple[int, int]
    is_cancelled: bool
    is_accepted: bool


@dataclass(frozen=True, kw_only=True)
class World:
    """One drawn policy, and the contexts that ask about every label in it."""

    parts: Sequence[Part]
    disabled: frozenset[int]
    agreements: Sequence[Agreement]
    rules: Sequence[Rule]
    joint_plans: Sequence[JointPlan]
    asked: Sequence[tuple[int, int, str, datetime]]


def _some(dice: Random, of: Sequence[T], *, least: int = 0) -> frozenset[T]:
    return frozenset(dice.sample(of, dice.randint(least, len(of))))


def _rarely(dice: Random) -> bool:
    return dice.random() < 0.08


def _areas(dice: Random) -> frozenset[int]:
    return frozenset(AREAS) if dice.random() < 0.7 else _some(dice, AREAS)


def _part(dice: Random) -> Part:
    return Part(
        role=dice.choices(list(LIKELY_PURPOSES), weights=[7, 3, 0.5, 0.5])[0],
        clearance=dice.choice([3, 3, 3, 2, 1, 0]),
        areas=_areas(dice),
        valid_from=dice.choice(STARTS),
        valid_until=dice.choice(ENDS),
        is_suspended=_rarely(dice),
        in_operation=dice.random() < 0.5,
    )


def _agreement(dice: Random, cast: Cast) -> Agreement:
    provider = dice.choice(OWNERS)
    recipient = dice.choice([number for number in range(4) if number != provider])
    return Agreement(
        provider=cast.organisations[provider].id,
        recipient=cast.organisations[recipient].id,
        purposes=_some(dice, PURPOSES, least=1),
        kinds=_some(dice, (0, 1, 2), least=1),
        areas=_areas(dice),
        max_sensitivity=dice.choice([3, 3, 2, 1, 0]),
        finest_step=dice.choice([3, 3, 2, 1, 0]),
        valid_from=dice.choice(STARTS),
        valid_until=dice.choice(ENDS),
        signatures=(not _rarely(dice), not _rarely(dice)),
        is_suspended=_rarely(dice),
    )


def _joint_plan(dice: Random, cast: Cast) -> JointPlan:
    label = dice.randrange(len(cast.labels))
    owner = next(n for n in OWNERS if cast.organisations[n].id == cast.labels[label].owner)
    owner = 3 if _rarely(dice) else owner
    return JointPlan(
        label=label,
        owner=owner,
        proposer=(owner + _rarely(dice)) % 4,
        partner=dice.choice([number for number in range(4) if number != owner]),
        members=_some(dice, range(len(MEMBERSHIPS)), least=6),
        hours=dice.choice([(-23, -22), (25, 26), (0, 1)]),
        is_cancelled=dice.random() < 0.25,
        is_accepted=not _rarely(Random(label)),  # Not from the dice, whose later throws stay as they were.
    )


def _rules(dice: Random, cast: Cast) -> list[Rule]:
    audiences = product(OWNERS, ("own", "partner"), PURPOSES, range(4))
    return [
        Rule(
            owner=cast.organisations[owner].id,
            audience=audience,
            purpose=purpose,
            sensitivity=sensitivity,
            step=dice.randint(-1, 4),
        )
        for owner, audience, purpose, sensitivity in audiences
        if _rarely(dice)
    ]


def drawn_world(seed: int, cast: Cast, *, contexts: int) -> World:
    """Return the world that a seed stands for, in which this many contexts ask."""
    dice = Random(seed)
    return World(
        parts=[_part(dice) for _ in MEMBERSHIPS],
        disabled=frozenset(number for number in range(len(cast.persons)) if _rarely(dice)),
        agreements=[_agreement(dice, cast) for _ in range(dice.randint(6, 24))],
        rules=_rules(dice, cast),
        joint_plans=[_joint_plan(dice, cast) for _ in range(120)],
        asked=[
            (dice.randrange(len(MEMBERSHIPS)), dice.randrange(16), dice.choice(SCOPES), dice.choice(MOMENTS))
            for _ in range(contexts)
        ],
    )


def policy_of(world: World) -> Policy:
    """Return the world's policy for the oracle."""
    return Policy(world.agreements, world.rules)


def joint_visits_of(cast: Cast, world: World) -> list[JointVisit]:
    """Return the world's joint visits for the oracle."""
    return [
        JointVisit(
            place=record_id(cast.labels[plan.label]),
            label=cast.labels[plan.label],
            owner=cast.organisations[plan.owner].id,
            proposer=cast.organisations[plan.proposer].id,
            partner=cast.organisations[plan.partner].id,
            members=frozenset(cast.memberships[n] for n in plan.members),
            starts_at=NOON + plan.hours[0] * HOUR,
            ends_at=NOON + plan.hours[1] * HOUR,
            is_accepted=plan.is_accepted,
            is_cancelled=plan.is_cancelled,
        )
        for plan in world.joint_plans
    ]


def members_of(cast: Cast, world: World) -> list[Membership]:
    """Return the world's memberships for the oracle."""
    return [
        Membership(
            id=cast.memberships[number],
            person=cast.persons[MEMBERSHIPS[number][1]],
            organisation=cast.organisations[MEMBERSHIPS[number][0]],
            role=part.role,
            clearance=part.clearance,
            areas=part.areas,
            valid_from=part.valid_from,
            valid_until=part.valid_until,
            is_suspended=part.is_suspended,
            is_disabled=MEMBERSHIPS[number][1] in world.disabled,
            operations=frozenset({cast.operation} if part.in_operation else ()),
        )
        for number, part in enumerate(world.parts)
    ]


def _purpose(role: str, pick: int) -> str:
    likely = LIKELY_PURPOSES[role]
    return PURPOSES[pick % 4] if pick in {6, 7} else likely[pick % len(likely)]


def contexts_of(cast: Cast, world: World) -> list[Context]:
    """Return the world's contexts in order of time, because a clock never goes back."""
    members = members_of(cast, world)
    contexts = [
        Context(who=members[n], purpose=_purpose(members[n].role, pick), scope=scope, at=at)
        for n, pick, scope, at in world.asked
    ]
    return sorted(contexts, key=lambda context: context.at)
