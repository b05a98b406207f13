"""Who sees what: the rules that everybody lives under, from the tables by which the database decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Response

from data.areas import all_areas
from data.database import entered
from data.rules import PrecisionRule, live_agreements, precision_rules
from data.sessions import SessionFacts
from layers.catalogue import LAYERS, Layer, offered
from web.sharing_words import ROLES, SENSITIVITIES, joined, sensitivity_in_words, step_in_words, terms_in_a_sentence
from web.visitors import VisitorNow
from web.words import in_words, purpose_title

router = APIRouter(include_in_schema=False)
_SHAPES = {"point": "At the exact point", "cell": "In a square", "outline": "As an outline"}
_AUDIENCES = {"own": "Your own organisation's records", "partner": "A partner's records, under an agreement"}


@dataclass(frozen=True, kw_only=True)
class RuleRow:
    """A purpose and what it may know of each sensitivity, the session's own organisation's stricter rule noted."""

    purpose: str
    steps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LayerRows:
    """A layer and the columns that each of its shapes carries."""

    title: str
    description: str
    is_offered: bool
    shapes: tuple[tuple[str, str], ...]


@router.get("/who-sees-what")
def who_sees_what(visitor: VisitorNow) -> Response:
    """Show the precision table, the layers, the session's own rights, and its organisation's live agreements."""
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        rules, found, areas = precision_rules(conn), live_agreements(conn), len(all_areas(conn))
    return visitor.page(
        "who_sees_what.html",
        me=me,
        rights=_rights(me, areas),
        tables=[(title, _rows([r for r in rules if r.audience == slug])) for slug, title in _AUDIENCES.items()],
        sensitivities=[sensitivity_in_words(n) for n in range(len(SENSITIVITIES))],
        layers=[_layer(layer, me) for layer in LAYERS],
        agreements=[(one.title, terms_in_a_sentence(one, all_areas=areas)) for one in found],
    )


def _rights(me: SessionFacts, areas: int) -> list[str]:
    where = "every area" if len(me.areas) == areas else joined(me.areas) or "no area"
    told = [f"You are signed in as {ROLES[me.role].lower()} of {me.organisation}, for the purpose {me.purpose}."]
    if me.role in {"admin", "auditor"}:
        return [*told, f"This role sees no records. An {ROLES[me.role].lower()} holds no right to read them."]
    told.append(f"Your membership reaches records in {where}, up to sensitivity {me.clearance}.")
    if me.purpose == "enforcement":
        told.append("Nothing that was collected for welfare is shown or counted under this purpose.")
    if me.scope != "full":
        told.append("This sign-in is for maps in other programs: no visit and no note opens with it.")
    return [*told, "Records of operations are shown to the operation's members alone."]


def _rows(rules: Sequence[PrecisionRule]) -> list[RuleRow]:
    purposes = dict.fromkeys(rule.purpose for rule in rules)
    return [
        RuleRow(purpose=purpose_title(purpose), steps=tuple(_step(rule) for rule in rules if rule.purpose == purpose))
        for purpose in purposes
    ]


def _step(rule: PrecisionRule) -> str:
    usual = step_in_words(rule.default_step)
    stricter = rule.own_step < rule.default_step
    return f"{step_in_words(rule.own_step)} (your organisation's rule; otherwise {usual})" if stricter else usual


def _layer(layer: Layer, me: SessionFacts) -> LayerRows:
    return LayerRows(
        title=layer.title,
        description=layer.description,
        is_offered=layer in offered(me.purpose),
        shapes=tuple(
            (_SHAPES[part.shape], ", ".join(in_words(column).lower() for column in part.columns))
            for part in layer.parts
        ),
    )
