"""A released hotspot map in words: what it says, how to read it, its squares as rows and as classes of a drawing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from data.hotspot_releases import Square
from data.releases import Release
from geo.disclosure.released_hotspots import LASTING, LEVEL, POWER, TELLABLE
from geo.hotspots.excess import State
from layers.release_layers import hotspot_heading, quarters_in_words
from web.release_words import reference

MAP_CLASSES: Final = (
    ("hot-most", "Hot: three times and more of what the visits explain"),
    ("hot", "Hot: more than the visits explain"),
    ("ordinary", "No clear excess"),
    ("silent", "Too few to say"),
)
"""The classes of the drawing: two of viridis for what is hot, stripes for what cannot be said."""
WORDS: Final = {
    State.HOT: "Hot: more than the visits explain",
    State.ORDINARY: "No clear excess",
    State.TOO_FEW_VISITS: "Too few to say",
}
_MOST = 3.0


@dataclass(frozen=True, kw_only=True)
class HotspotRow:
    """A square in the table: where, in which area, what is said of it, and the published numbers behind that."""

    reference: str
    area: str
    words: str
    is_hot: bool
    is_silent: bool
    numbers: str


def hotspot_rows(squares: Sequence[Square], areas: Mapping[int, str], *, of: int) -> list[HotspotRow]:
    """Return the squares as a table shows them: hot ones first, then by how much was noted; of so many quarters."""
    ordered = sorted(squares, key=lambda one: (-one.state, -(one.noted or 0), areas.get(one.square, ""), one.square))
    return [
        HotspotRow(
            reference=reference(one.square),
            area=areas.get(one.square, ""),
            words=WORDS[State(one.state)],
            is_hot=one.state == State.HOT,
            is_silent=one.state == State.TOO_FEW_VISITS,
            numbers=_numbers(one, of),
        )
        for one in ordered
    ]


def hotspots_drawn(squares: Sequence[Square]) -> dict[int, tuple[str, str]]:
    """Return the class of each square, and what is written in it."""
    return {one.square: (_class_of(one), "hot" if one.state == State.HOT else "") for one in squares}


def in_short(release: Release, squares: Sequence[Square]) -> Iterator[str]:
    """Give what the map says in a few sentences."""
    counts = {state: sum(one.state == state for one in squares) for state in State}
    hot = counts[State.HOT]
    if not hot:
        yield f"In none of {len(squares)} squares was clearly more noted than the visits there explain."
    else:
        yield (
            f"In {hot} of {len(squares)} squares more was noted than the visits there explain, whatever the exact"
            " numbers behind the published ones are."
        )
    silent = counts[State.TOO_FEW_VISITS]
    if silent:
        yield (
            f"Of {silent} {'square' if silent == 1 else 'squares'} too little was published to say. That is not the"
            " same as quiet: nobody may have been there."
        )
    yield f"It looks at {quarters_in_words(release)}, in squares 5 km wide."


CAUTIONS: Final = (
    "A hot square may mean that more people are exploited there. It may as well mean that more people know the signs.",
    "After a campaign more is reported, and one team writes down more than another. Ask before you conclude.",
    "Where nothing was noted, something may be happening that nobody saw.",
    "A square is 25 square kilometres. The map says nothing of a street, an address or a person.",
    f"Where risk is the same everywhere, at most one of {1 / LEVEL:.0f} such maps shows a hot square all the same.",
)
"""How to read it with care."""


def how(release: Release) -> Iterator[str]:
    """Give how the map was made, in sentences."""
    yield (
        f"{hotspot_heading(release.heading)}: places noted beside places visited, in each 5 km square of the National"
        f" Grid, from tables that {release.organisation} released to the same readers before. No record was looked at."
    )
    yield (
        "If risk were the same everywhere, each square would have as many places noted as its places visited let one"
        " expect. A square is hot where that hardly explains what was published."
    )
    yield (
        "The published numbers are not exact: small ones are one band, others carry noise of up to 3, are rounded to"
        " 5, and stay while little changes. So the visits of a square are taken at the most that its number allows, the"
        " noise of what was noted is part of the chance, and two places more are allowed for. The risk that all share"
        " is taken at the upper end of what the tables allow."
    )
    yield (
        f"False discoveries are held to {LEVEL:.0%} over all squares, by Benjamini and Hochberg's procedure, a fifth of"
        " which is kept for the shared risk."
    )
    yield (
        f"Too few to say: its visits were not published as a number, or even {TELLABLE:g} times the shared risk would"
        f" have been missed with a chance of more than {1 - POWER:.0%}."
    )
    if release.quarters > 1:
        yield (
            f"Quarters are added up where the visits of a square are a number. {LASTING:.0%} of the places noted in one"
            " quarter are taken to be noted in each of the others, because a place that stays counts again."
        )


def _numbers(one: Square, of: int) -> str:
    """Return the published numbers of a square, added up over those of its quarters that are told."""
    if not one.quarters:
        return "Places visited: no number was published"
    explained = f"; the visits explain about {one.expected}" if one.expected else ""
    told = f", in {one.quarters} of {of} quarters" if of > 1 else ""
    return f"Places noted: {_about(one.noted)}, visited: {_about(one.visited)}{told}{explained}"


def _about(value: int | None) -> str:
    return "fewer than 5" if value is None else f"about {value}"


def _class_of(one: Square) -> str:
    if one.state == State.TOO_FEW_VISITS:
        return "silent"
    if one.state == State.ORDINARY:
        return "ordinary"
    return "hot-most" if (one.noted or 0) >= _MOST * one.expected else "hot"
