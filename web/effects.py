"""The effect of a change, worded and drawn: who would gain or lose how many records, in 5 km squares."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.effects import Effect, Ground
from geo.grid_references import grid_reference_of
from web.sharing_words import KINDS, joined, step_in_words
from web.words import purpose_title

_SIDE = 5000
_NOTHING = -1
_WEST_MIDLANDS = (380_000, 270_000, 445_000, 315_000)
"""What the map shows at least: west, south, east, north in metres of the National Grid."""
WIDEST = "This is what the widest rights there would see: clearance 3 and every area. Most people see less."
OF_MEMBER = "This is what somebody with exactly these rights would see."


@dataclass(frozen=True, kw_only=True)
class StepRow:
    """How many records are known at one step now, and would be."""

    step: str
    now: int
    then: int


@dataclass(frozen=True, kw_only=True)
class KindTable:
    """The steps of one kind of record, and the change in a sentence."""

    kind: str
    sentence: str
    rows: tuple[StepRow, ...]


@dataclass(frozen=True, kw_only=True)
class Square:
    """A 5 km square: where it lies, what becomes of its records, and of how many."""

    reference: str
    area: str
    easting: int
    northing: int
    turn: str
    facts: str
    records: int


@dataclass(frozen=True, kw_only=True)
class Section:
    """What happens under purposes for which the same happens."""

    purposes: str
    kind: str
    tables: tuple[KindTable, ...]
    squares: tuple[Square, ...]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The effect as a page shows it: for whom, by purpose, on a map of these outlines and this frame."""

    whom: str
    reach: str
    sections: tuple[Section, ...]
    outlines: tuple[str, ...]
    view: str


def shown(ground: Ground, effects: Sequence[Effect], *, whom: str, reach: str = WIDEST) -> Shown:
    """Return the effect for a page; `whom` begins the sentences, `reach` says for which rights it is true."""
    by_purpose: defaultdict[str, list[Effect]] = defaultdict(list)
    for effect in effects:
        by_purpose[effect.purpose].append(effect)
    alike: defaultdict[frozenset[tuple[int, ...]], list[str]] = defaultdict(list)
    for purpose, found in by_purpose.items():
        alike[frozenset((e.kind, e.was, e.becomes, e.cell, e.records) for e in found)].append(purpose)
    sections = [_section(purposes, by_purpose[purposes[0]], whom, ground.areas) for purposes in alike.values()]
    return Shown(
        whom=whom,
        reach=reach,
        sections=tuple(sections),
        outlines=ground.outlines,
        view=_view([effect.corner for effect in effects]),
    )


def change_in_words(effects: Sequence[Effect], kind: int) -> str:
    """Return what would change for records of a kind: "gain 12 places and know 3 places less precisely"."""
    counted: Counter[str] = Counter()
    for effect in effects:
        counted[_turn(effect.was, effect.becomes)] += effect.records
    says = {
        "gained": "gain {}",
        "lost": "lose {}",
        "finer": "know {} more precisely",
        "coarser": "know {} less precisely",
    }
    return joined([says[turn].format(_counted(counted[turn], kind)) for turn in says if counted[turn]])


def _section(purposes: Sequence[str], effects: Sequence[Effect], whom: str, areas: Mapping[int, str]) -> Section:
    kinds = sorted({effect.kind for effect in effects})
    places = [effect for effect in effects if effect.kind == kinds[0]]
    return Section(
        purposes=joined([purpose_title(purpose) for purpose in purposes]),
        kind=KINDS[kinds[0]],
        tables=tuple(_table([e for e in effects if e.kind == kind], kind, whom) for kind in kinds),
        squares=_squares(places, kinds[0], areas),
    )


def _table(effects: Sequence[Effect], kind: int, whom: str) -> KindTable:
    now, then = Counter[int](), Counter[int]()
    for effect in effects:
        now[effect.was] += effect.records
        then[effect.becomes] += effect.records
    changes = change_in_words(effects, kind)
    return KindTable(
        kind=KINDS[kind].capitalize(),
        sentence=f"{whom} would {changes}." if changes else f"Nothing would change for {KINDS[kind]}.",
        rows=tuple(
            StepRow(step=step_in_words(step).capitalize(), now=now[step], then=then[step])
            for step in range(4, _NOTHING - 1, -1)
            if now[step] or then[step]
        ),
    )


def _squares(effects: Sequence[Effect], kind: int, areas: Mapping[int, str]) -> tuple[Square, ...]:
    by_cell: defaultdict[int, list[Effect]] = defaultdict(list)
    for effect in effects:
        by_cell[effect.cell].append(effect)
    return tuple(_square(found, kind, areas.get(cell, "Elsewhere")) for cell, found in sorted(by_cell.items()))


def _square(effects: Sequence[Effect], kind: int, area: str) -> Square:
    easting, northing = effects[0].corner
    changes = [effect for effect in effects if effect.was != effect.becomes]
    turns = {_turn(effect.was, effect.becomes) for effect in changes}
    return Square(
        reference=f"{grid_reference_of(easting, northing, metres=1000)}, 5 km square",
        area=area,
        easting=easting,
        northing=northing,
        turn=turns.pop() if len(turns) == 1 else "mixed" if turns else "same",
        facts="; ".join(_fact(effect, kind) for effect in effects),
        records=sum(effect.records for effect in changes or effects),
    )


def _fact(effect: Effect, kind: int) -> str:
    counted = _counted(effect.records, kind)
    if effect.was == effect.becomes:
        return f"{counted} as now ({step_in_words(effect.was)})"
    return f"{counted}: {step_in_words(effect.was)} → {step_in_words(effect.becomes)}"


def _turn(was: int, becomes: int) -> str:
    if was == becomes:
        return "same"
    if was == _NOTHING:
        return "gained"
    if becomes == _NOTHING:
        return "lost"
    return "finer" if becomes > was else "coarser"


def _counted(number: int, kind: int) -> str:
    return f"{number:,} {KINDS[kind] if number != 1 else KINDS[kind][:-1]}"


def _view(corners: Sequence[tuple[int, int]]) -> str:
    """Return the SVG frame around the West Midlands and every square; y runs south."""
    west, south, east, north = _WEST_MIDLANDS
    west = min([west, *(easting for easting, _ in corners)])
    south = min([south, *(northing for _, northing in corners)])
    east = max([east, *(easting + _SIDE for easting, _ in corners)])
    north = max([north, *(northing + _SIDE for _, northing in corners)])
    return f"{west} {-north} {east - west} {north - south}"
