"""What somebody could solve for who knows the method and holds every published table: an audit by linear programs.

Each published value bounds its true count, the rule of keeping ties the quarters of a square together, and where a
heading is the whole of others its count is at least their sum. For each count the smallest and the greatest solution
say what remains possible (interval protection: Fischetti and Salazar 2000; Hundepool et al., Statistical Disclosure
Control, 2012, chapter 4). Whether a value was kept or drawn again is not published, so a solution may choose either:
that makes the programs integer ones, solved by HiGHS.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from geo.disclosure.banding import LEAST, Published, Range, counts_behind
from geo.disclosure.sticky import LEAST_CHANGE

_SOLVED: Final = 0
_INFEASIBLE: Final = 2


class Impossible(ValueError):
    """Published tables that no true counts could have led to: something in them was altered."""


class Seen(NamedTuple):
    """One published value: of which square and heading, in which quarter (any number that grows with time)."""

    square: int
    heading: str
    quarter: int
    value: Published


@dataclass(frozen=True, kw_only=True, slots=True)
class Solved:
    """What remains possible of the true count behind a published value."""

    seen: Seen
    counts: Range

    @property
    def is_isolated(self) -> bool:
        """Return whether the band was seen through: not every count under 5 is possible any more."""
        return self.seen.value is None and not (self.counts.low <= 0 and self.counts.high >= LEAST - 1)


def solved(
    tables: Iterable[Seen], wholes: Mapping[str, Sequence[str]] | None = None, *, bands_alone: bool = False
) -> Iterator[Solved]:
    """Give what remains possible of each published value, or of those in the band alone, given all others.

    `wholes` names headings that are the whole of others: each place of a part counts once in the whole. Raises
    Impossible.
    """
    parts = {whole: tuple(of) for whole, of in (wholes or {}).items()}
    linked = {heading: whole for whole, of in parts.items() for heading in (whole, *of)}
    together: dict[tuple[int, str], set[Seen]] = defaultdict(set)
    for seen in tables:
        together[seen.square, linked.get(seen.heading, seen.heading)].add(seen)
    for (_, name), found in sorted(together.items()):
        ordered = sorted(found, key=lambda one: (one.heading, one.quarter))
        program = (_in_order(ordered), (name, parts.get(name, ())))
        for column, seen in enumerate(ordered):
            if seen.value is None or not bands_alone:
                yield Solved(seen=seen, counts=_range(*program, column))


def isolated(tables: Iterable[Seen], wholes: Mapping[str, Sequence[str]] | None = None) -> list[Solved]:
    """Return the published bands through which a count under 5 can be solved for. Raises Impossible."""
    return [one for one in solved(tables, wholes, bands_alone=True) if one.is_isolated]


def _in_order(found: Sequence[Seen]) -> tuple[tuple[str, int, Published], ...]:
    """Return values with their quarters numbered from 0, so that what is alike is solved once. Raises Impossible."""
    quarters = {quarter: number for number, quarter in enumerate(sorted({seen.quarter for seen in found}))}
    values = tuple((seen.heading, quarters[seen.quarter], seen.value) for seen in found)
    if len({value[:2] for value in values}) < len(values):
        raise Impossible("Two values were published of one square, heading and quarter.")
    return values


@lru_cache(maxsize=100_000)
def _range(found: tuple[tuple[str, int, Published], ...], whole: tuple[str, tuple[str, ...]], column: int) -> Range:
    """Return the possible counts behind one of the values of a square: they depend on these values and nothing else."""
    program = _program(found, whole)
    return Range(program.extreme(column, 1), -program.extreme(column, -1))


@dataclass
class _Program:
    """An integer program: columns with bounds, and rows of coefficients that are at least something."""

    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    rows: list[dict[int, float]] = field(default_factory=list)
    least: list[float] = field(default_factory=list)

    def column(self, low: float, high: float) -> int:
        """Add a column of whole numbers; its number."""
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def at_least(self, row: dict[int, float], least: float) -> None:
        """Hold a sum of columns to at least something."""
        self.rows.append(row)
        self.least.append(least)

    def extreme(self, column: int, sign: int) -> int:
        """Return the smallest possible value of a column, or with sign -1 of its opposite. Raises Impossible."""
        aim = np.zeros(len(self.low))
        aim[column] = sign
        held = [LinearConstraint(self._matrix(), lb=np.array(self.least))] if self.rows else []
        answer = milp(aim, integrality=np.ones(len(self.low)), bounds=Bounds(self.low, self.high), constraints=held)
        if answer.status == _INFEASIBLE:
            raise Impossible("No true counts could have led to what was published.")
        if answer.status != _SOLVED:
            raise RuntimeError(f"The solver stopped: {answer.message}")
        found: float = answer.fun
        return round(found)

    def _matrix(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        matrix = np.zeros((len(self.rows), len(self.low)))
        for number, row in enumerate(self.rows):
            matrix[number, list(row)] = list(row.values())
        return matrix


def _program(found: Sequence[tuple[str, int, Published]], whole: tuple[str, tuple[str, ...]]) -> _Program:
    """Return the program of one square: a column for each published value first, in order."""
    program = _Program()
    for *_, value in found:
        bounds = counts_behind(value)
        program.column(max(0, bounds.low - LEAST_CHANGE + 1), bounds.high + LEAST_CHANGE - 1)
    before: tuple[str, int, Published] | None = None
    for count, (heading, _, value) in enumerate(found):
        bounds = counts_behind(value)
        if before is None or before[0] != heading:
            program.low[count], program.high[count] = bounds
            drawn = count
        else:
            drawn = _followed(program, (count, before[1]), bounds, may_stay=before[2] == value)
        before = (heading, drawn, value)
    _add_whole(program, found, whole)
    return program


def _followed(program: _Program, columns: tuple[int, int], bounds: Range, *, may_stay: bool) -> int:
    """Tie a count to the one that the value before was drawn from; the column of the one it is drawn from itself.

    A value that stays was drawn from the same count as before, and is at most two from it; one that is drawn again
    is drawn from the count itself, which is three or more from the one before.
    """
    count, before = columns
    kept, rose = program.column(0, int(may_stay)), program.column(0, 1)
    drawn = program.column(*bounds)
    wide = float(bounds.high + program.high[before] + LEAST_CHANGE)
    for sign in (1.0, -1.0):
        program.at_least({count: sign, drawn: -sign, kept: LEAST_CHANGE - 1}, 0)
        program.at_least({drawn: sign, before: -sign, kept: -wide}, -wide)
    program.at_least({drawn: 1, before: -1, kept: wide, rose: -wide}, LEAST_CHANGE - wide)
    program.at_least({drawn: -1, before: 1, kept: wide, rose: wide}, LEAST_CHANGE)
    return drawn


def _add_whole(
    program: _Program, found: Sequence[tuple[str, int, Published]], whole: tuple[str, tuple[str, ...]]
) -> None:
    """Hold the whole to at least the sum of its parts of a quarter, and to that sum where all were published."""
    columns = {(heading, quarter): column for column, (heading, quarter, _) in enumerate(found)}
    name, of = whole
    for (_, quarter), total in ((at, column) for at, column in columns.items() if of and at[0] == name):
        known = [columns[part, quarter] for part in of if (part, quarter) in columns]
        program.at_least({total: 1, **dict.fromkeys(known, -1.0)}, 0)
        if len(known) == len(of):
            program.at_least({total: -1, **dict.fromkeys(known, 1.0)}, 0)
