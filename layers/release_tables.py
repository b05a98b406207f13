"""What a release publishes, from counts and what was published before; and what could be solved for with it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from data.releases import QuarterCount, ReleaseRefused, Table, Wanted
from geo.disclosure.banding import Published
from geo.disclosure.interval_audit import Impossible, Seen, isolated
from geo.disclosure.perturbing import records_digest
from geo.disclosure.releasing import Count, released
from geo.disclosure.sticky import Before

CATEGORIES: Final = {
    "sexual_exploitation": "Sexual exploitation",
    "forced_labour": "Forced labour",
    "domestic_servitude": "Domestic servitude",
    "criminal_exploitation": "Criminal exploitation",
    "debt_bondage": "Debt bondage",
    "forced_marriage": "Forced marriage",
    "human_trafficking": "Human trafficking",
    "not_known": "Not known yet",
}
HEADINGS: Final = {
    "visited": "Places visited",
    "concern": "Places where a risk was noted",
    **{slug: f"Places where a risk was noted: {title.lower()}" for slug, title in CATEGORIES.items()},
}
"""What is counted, by slug. A place with several notes in a quarter counts once, under its severest note's category."""
FEWER: Final = "fewer than 5"
WHOLES: Final = {"concern": tuple(CATEGORIES)}


class Known(NamedTuple):
    """What was last published of a square, from which quarter's count it was drawn, and of which quarter."""

    value: Published
    drawn: date
    quarter: date


def known_before(published: Iterable[Table], wanted: Wanted) -> dict[int, Known]:
    """Return by square what was last published of a heading up to a quarter.

    Quarters are published in their order: raises ReleaseRefused where a later one was published of a square, and this
    one was not.
    """
    known: dict[int, Known] = {}
    later: set[int] = set()
    for table in (table for table in published if table.heading == wanted.heading):
        if table.quarter > wanted.quarter:
            later.update(table.squares)
            continue
        for square, value in table.squares.items():
            if square not in known or known[square].quarter <= table.quarter:
                known[square] = Known(value, table.drawn[square], table.quarter)
    if any(square not in known or known[square].quarter < wanted.quarter for square in later):
        raise ReleaseRefused("A later quarter is published already, and quarters are published in their order.")
    return known


def made(
    squares: Sequence[int], known: Mapping[int, Known], counts: Sequence[QuarterCount], how: tuple[Wanted, bytes]
) -> dict[int, tuple[Published, date]]:
    """Return by square what is published, and from which quarter's count it was drawn.

    What was published of this very quarter stands for ever, whatever was recorded since. `how` is what is wanted and
    the key of the noise.
    """
    (wanted, key), counted = how, {(one.quarter, one.square): one for one in counts}
    standing = {square: one for square, one in known.items() if one.quarter == wanted.quarter}
    now = [_count(counted.get((wanted.quarter, square)), square) for square in squares if square not in standing]
    before = {
        square: Before(value=one.value, count=_count(counted.get((one.drawn, square)), square).places)
        for square, one in known.items()
    }
    table = {square: (standing[square].value, standing[square].drawn) for square in squares if square in standing}
    for cell in released(now, before, key=key, heading=wanted.heading):
        table[cell.square] = (cell.value, wanted.quarter if cell.is_drawn else known[cell.square].drawn)
    return table


def _count(counted: QuarterCount | None, square: int) -> Count:
    if counted is None:
        return Count(square=square, places=0, records=records_digest(()))
    return Count(square=square, places=counted.places, records=counted.records)


def is_current(waiting: Table, published: Iterable[Table]) -> bool:
    """Return whether a table that waits is what would be prepared now, as far as what is published decides it."""
    same = [table for table in published if table.heading == waiting.heading]
    return not any(
        table.number > waiting.number
        and table.quarter != waiting.quarter
        and not table.squares.keys().isdisjoint(waiting.squares)
        for table in same
    ) and all(
        waiting.squares.get(square, value) == value
        for table in same
        if table.quarter == waiting.quarter
        for square, value in table.squares.items()
    )


def table_of(wanted: Wanted, table: Mapping[int, tuple[Published, date]]) -> list[Seen]:
    """Return a new table as the audit by intervals reads it."""
    return as_seen(wanted.heading, wanted.quarter, {square: value for square, (value, _) in table.items()})


def seen(table: Table) -> list[Seen]:
    """Return a published table, or one that waits, as the audit by intervals reads it."""
    return as_seen(table.heading, table.quarter, table.squares)


def as_seen(heading: str, quarter: date, squares: Mapping[int, Published]) -> list[Seen]:
    """Return what is published of a heading and quarter as the audit by intervals reads it; quarters are numbered."""
    at = quarter.year * 4 + (quarter.month - 1) // 3
    return [Seen(square=square, heading=heading, quarter=at, value=value) for square, value in squares.items()]


def wholes_among(seen: Iterable[Seen]) -> Mapping[str, Sequence[str]]:
    """Return the headings that are wholes of others, where both were published of one quarter; usually none."""
    at = {(one.heading, one.quarter) for one in seen}
    both = {whole for whole, quarter in at for part in WHOLES.get(whole, ()) if (part, quarter) in at}
    return {whole: WHOLES[whole] for whole in both}


def solved_against(new: Sequence[Seen], published: Iterable[Table]) -> int:
    """Return with how many published tables a new one was solved together without isolating a count under 5.

    Raises ReleaseRefused.
    """
    squares = {one.square for one in new}
    related = [table for table in published if not squares.isdisjoint(table.squares)]
    everything = {*new, *(one for table in related for one in seen(table) if one.square in squares)}
    try:
        found = isolated(everything, wholes_among(everything))
    except Impossible as error:
        raise ReleaseRefused("This table and those published before contradict one another: verify them.") from error
    if found:
        raise ReleaseRefused(
            f"With what is published already, a count under 5 could be solved for in {len(found)} of the squares."
        )
    return len(related)
