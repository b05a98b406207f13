"""Releases in words: for whom, what was counted, when, where it stands, and what the audit found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from data.releases import Recipient, Release
from geo.grid_references import grid_reference_of
from geo.quarters import latest_published, quarter_in_words, span
from geo.shifts.clock import last_day
from layers.release_layers import title_of
from layers.release_tables import FEWER, HEADINGS
from layers.releases import MadeAgain, Verdict
from web.words import day

__all__ = ["HEADINGS"]
_QUARTERS: Final = 8
_STATES = {"prepared": "Waits for a second person", "approved": "Released", "withdrawn": "Withdrawn"}
KINDS: Final = (
    ("counts", "Counts", "By 5 km square, of one quarter."),
    (
        "hotspots",
        "A hotspot map",
        "Made of counts that the same readers have already: places visited, and what was noted.",
    ),
)
"""What may be prepared, as a form's choices."""
_TAGS = {"prepared": "tag--draft", "approved": "tag--live", "withdrawn": ""}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A release in a list: what and when, its state, and a sentence on where it stands."""

    id: UUID
    title: str
    state: str
    tag: str
    whom: str
    standing: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """Releases under a heading, and what is said when there are none."""

    title: str
    lines: Sequence[Line]
    nothing: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A square in the table: where, in which area, and what is published of it."""

    reference: str
    area: str
    places: str
    is_band: bool


def quarters(today: date) -> list[tuple[str, str]]:
    """Return the quarters that may be released, the latest first: the first day of each, and its words."""
    found = span(latest_published(today), _QUARTERS)
    return [(quarter.isoformat(), quarter_in_words(quarter)) for quarter in reversed(found)]


def spans() -> list[tuple[str, str]]:
    """Return how many quarters a hotspot map may look at, as a form's choices."""
    return [(str(count), "That quarter alone" if count == 1 else f"{count} quarters, that one the last")
            for count in range(1, _QUARTERS + 1)]  # fmt: skip


def audiences(recipients: Sequence[Recipient]) -> list[tuple[str, str, str]]:
    """Return for whom counts may be released, as a form's choices: value, words, hint."""
    partners = [
        (str(one.agreement_id), one.recipient, f"Under “{one.title}”, until {day(last_day(one.valid_until))}")
        for one in recipients
    ]
    return [
        *partners,
        ("commissioner", "Commissioners", "Each office, while an agreement with you for analysis reaches these areas."),
        ("public", "Everybody", "Whoever is signed in, of any organisation."),
    ]


def groups(found: Sequence[Release]) -> list[Group]:
    """Return releases in groups: what waits, what is ours, what others released to us, and what is over."""
    ours = [release for release in found if release.is_ours]
    groups = [
        Group(title="Released to you", lines=_lines(found, is_ours=False), nothing="Nobody released anything to you."),
    ]
    if ours:
        groups = [
            Group(title="Waiting for a second person", lines=_lines(ours, state="prepared"), nothing="Nothing waits."),
            Group(title="Released by you", lines=_lines(ours, state="approved"), nothing="Nothing is released now."),
            *groups,
            Group(title="Withdrawn", lines=_lines(ours, state="withdrawn"), nothing="Nothing was withdrawn."),
        ]
    return groups


def _lines(found: Sequence[Release], *, is_ours: bool = True, state: str = "") -> list[Line]:
    return [line(one) for one in found if one.is_ours == is_ours and state in {"", one.state}]


def line(release: Release) -> Line:
    """Return a release as a list shows it."""
    return Line(
        id=release.id,
        title=title_of(release),
        state=_STATES[release.state],
        tag=_TAGS[release.state],
        whom=_whom(release),
        standing=_standing(release),
    )


def _whom(release: Release) -> str:
    for_whom = {
        "agreement": release.recipient or "a partner",
        "commissioner": "commissioners",
        "public": "everybody who is signed in",
    }[release.audience]
    return f"By {release.organisation}, for {for_whom}"


def _standing(release: Release) -> str:
    if release.withdrawn_at and release.state == "withdrawn":
        return f"Withdrawn on {day(release.withdrawn_at)}."
    if release.approved_at:
        return f"Version {release.version}, since {day(release.approved_at)}."
    return f"Prepared on {day(release.prepared_at)}{' by you' if release.is_mine else ''}."


def rows(squares: Mapping[int, int | None], areas: Mapping[int, str]) -> list[Row]:
    """Return the squares as a table shows them: numbers first, the greatest on top."""
    ordered = sorted(squares.items(), key=lambda one: (-(one[1] or 0), areas.get(one[0], ""), one[0]))
    return [
        Row(
            reference=reference(square),
            area=areas.get(square, ""),
            places=FEWER if value is None else f"about {value}",
            is_band=value is None,
        )
        for square, value in ordered
    ]


def reference(square: int) -> str:
    """Return the grid reference of a 5 km square's south-west corner."""
    return grid_reference_of(square // 10_000 * 5000, square % 10_000 * 5000, metres=1000)


def verdict_words(verdict: Verdict | MadeAgain) -> Iterator[str]:
    """Give what the audit by intervals found, or what making a hotspot map again did, in sentences."""
    if isinstance(verdict, MadeAgain):
        yield (
            f"Made again of the {verdict.tables} released tables that it names, this map came out the same. Nothing"
            " else went into it, so whoever reads it learns nothing that could not be worked out from those tables."
        )
        yield "Once one of those tables is withdrawn or replaced, nobody else reads the map either."
        return
    before = {0: "There is no earlier table.", 1: "It was solved together with 1 table that was published before."}
    yield (
        "Nobody who holds every table that your organisation published, and knows this method, can solve for a count"
        f" under 5 in any of these {verdict.squares} squares."
    )
    yield before.get(
        verdict.against, f"It was solved together with {verdict.against} tables that were published before."
    )
    yield f"In each of the {verdict.bands} squares with fewer than 5, every number from 0 to 4 remains possible."
