"""A briefing's document as its pages and its print say it: words for values, lines of tables, a map's paths."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import rfc8785

from geo.quarters import quarter_in_words, short_quarter
from layers.before_and_after import value_of
from layers.briefings import CAUTION, checksum_of, faults_of
from web.initiative_words import KIND_WORDS, SECTOR_WORDS, dates_in_words
from web.words import day

FEW: Final = "fewer than 5"
NOT_COUNTED: Final = "not counted"
PHASE_WORDS: Final = {"before": "before", "during": "while it ran", "after": "after"}
CONTROL: Final = (
    "Numbers are of distinct places with a risk note, not of people. They went through disclosure control: 0 to 4 is "
    "one band, “fewer than 5”; larger numbers carry a small fixed noise and are rounded to 5. So they do not add up, "
    "and no totals are given. Not counted is what never leaves its owner. No data does not mean no harm."
)
SHADES: Final = ((5, "none"), (15, "some"), (30, "more"))
"""Up to which value a borough is drawn in which shade; beyond the last one it is "most"."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table of words: a caption, headings, and lines whose first word is a heading itself."""

    caption: str
    headings: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Borough:
    """A borough on the map: its path, where its words stand, its value in words and as a short sign, its shade."""

    name: str
    rings: Sequence[Sequence[int]]
    path: str
    x: int
    y: int
    value: str
    sign: str
    shade: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """An initiative with its quarters before and after, in its boroughs and in others."""

    ref: str
    title: str
    own: Table
    others: Table | None


@dataclass(frozen=True, kw_only=True)
class View:
    """All that a briefing prints, in order."""

    organisation: str
    quarter: str
    number: int
    data_at: str
    checksum: str
    caution: str
    control: str
    initiatives: Table
    refs: Mapping[str, str]
    places: Table
    boroughs: tuple[Borough, ...]
    frame: str
    comparisons: tuple[Comparison, ...]
    estimates: tuple[tuple[str, str, str, int], ...]
    figures: tuple[Mapping[str, str], ...]


def view_of(document: Mapping[str, Any]) -> View:
    """Return what a briefing prints; a function of its document and of nothing else."""
    names = {one["area"]: one["name"] for one in document["boroughs"]}
    refs = {one["title"]: one["ref"] for one in document["figures"]}
    boroughs = tuple(_boroughs(document))
    return View(
        organisation=document["organisation"],
        quarter=quarter_in_words(date.fromisoformat(document["quarter"])),
        number=document["number"],
        data_at=moment_in_words(document["data_at"]),
        checksum=checksum_of(document),
        caution=CAUTION,
        control=CONTROL,
        initiatives=_initiatives(document, names),
        refs={
            "initiatives": refs["Initiatives"],
            "places": refs["Places with a risk note, by borough and quarter"],
            "estimates": refs["Published estimates"],
        },
        places=_places(document),
        boroughs=boroughs,
        frame=_frame(boroughs),
        comparisons=tuple(_comparisons(document, names)),
        estimates=tuple((one["said"], one["scope"], one["source"], one["year"]) for one in document["estimates"]),
        figures=tuple(_figure(one) for one in document["figures"]),
    )


def in_words(value: int | str | None) -> str:
    """Return a published value as it is read: "fewer than 5", the number, or "not given" for one that was withheld."""
    return FEW if value is None else "not given" if isinstance(value, str) else f"{value:,}"


def _said(borough: Mapping[str, Any], value: int | str | None) -> str:
    return in_words(value) if borough["is_counted"] else NOT_COUNTED


def _sign(borough: Mapping[str, Any], value: int | str | None) -> str:
    if not borough["is_counted"] or isinstance(value, str):
        return "?"
    return "<5" if value is None else str(value)


def moment_in_words(text: str) -> str:
    """Return a moment in ISO form as "1 March 2026, 12:00 UTC"."""
    moment = datetime.fromisoformat(text)
    return f"{day(moment.date())}, {moment:%H:%M} UTC"


def compared_in_words(document: Mapping[str, Any], again: int, drawn: int) -> str:
    """Return what comes of checking a briefing and counting again: `again` of `drawn` values are equal."""
    faults = faults_of(document)
    said = " ".join(faults) or "Every figure is what its checksum says."
    if not drawn:
        return f"{said} All values are as an earlier briefing published them: none was drawn anew."
    said += f" Counted again, {again} of {drawn} values are equal."
    return said if again == drawn else f"{said} Records changed since, or your rights count others."


def _initiatives(document: Mapping[str, Any], names: Mapping[int, str]) -> Table:
    lines = tuple(
        (
            one["title"],
            KIND_WORDS[one["kind"]],
            SECTOR_WORDS[one["sector"]],
            one["audience"],
            dates_in_words(date.fromisoformat(one["starts_on"]), date.fromisoformat(one["ends_on"])),
            ", ".join(names.get(area, "Elsewhere") for area in one["areas"])
            + (f"; {one['site']}" if one["site"] else ""),
            "not known" if one["reach"] is None else f"{one['reach']:,}",
        )
        for one in document["initiatives"]
    )
    headings = ("Initiative", "What", "Sector", "For whom", "When", "Where", "People reached")
    return Table(caption="Initiatives that were published", headings=headings, lines=lines)


def _places(document: Mapping[str, Any]) -> Table:
    quarters = document["quarters"]
    values = {(one["area"], one["quarter"]): value_of(one) for one in document["counts"]}
    return Table(
        caption="Places with a risk note, by borough and quarter",
        headings=("Borough", *(short_quarter(date.fromisoformat(one)) for one in quarters)),
        lines=tuple(
            (one["name"], *(_said(one, values.get((one["area"], quarter))) for quarter in quarters))
            for one in document["boroughs"]
        ),
    )


def _comparisons(document: Mapping[str, Any], names: Mapping[int, str]) -> list[Comparison]:
    titles = {one["id"]: one["title"] for one in document["initiatives"]}
    refs = [one["ref"] for one in document["figures"] if one["title"] == "Before and after"]
    return [
        Comparison(
            ref=ref,
            title=titles[one["initiative"]],
            own=_phases(one, one["own"], names, caption="Where it ran"),
            others=_phases(one, one["others"], names, caption="Beside it, where none ran") if one["others"] else None,
        )
        for ref, one in zip(refs, document["comparisons"], strict=True)
    ]


def _phases(
    one: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], names: Mapping[int, str], *, caption: str
) -> Table:
    quarters = zip(one["quarters"], one["phases"], strict=True)
    headings = (f"{short_quarter(date.fromisoformat(quarter))}, {PHASE_WORDS[phase]}" for quarter, phase in quarters)
    lines = tuple((names[row["area"]], *(in_words(value) for value in row["values"])) for row in rows)
    return Table(caption=caption, headings=("Borough", *headings), lines=lines)


def _boroughs(document: Mapping[str, Any]) -> list[Borough]:
    values = {one["area"]: value_of(one) for one in document["counts"] if one["quarter"] == document["quarter"]}
    found = []
    for one in document["boroughs"]:
        value = values.get(one["area"])
        rings = [[-pixel if at % 2 else pixel for at, pixel in enumerate(ring)] for ring in one["rings"]]
        found.append(
            Borough(
                name=one["name"],
                rings=rings,
                path="".join(f"M{' '.join(map(str, ring))}Z" for ring in rings),
                x=one["at"][0],
                y=-one["at"][1],
                value=_said(one, value),
                sign=_sign(one, value),
                shade=_shade(value if isinstance(value, int) else None),
            )
        )
    return found


def _shade(value: int | None) -> str:
    return next((shade for most, shade in SHADES if (value or 0) < most), "most")


def _frame(boroughs: Sequence[Borough]) -> str:
    """Return the SVG view box around all boroughs, with a margin."""
    across = [pixel for one in boroughs for ring in one.rings for pixel in ring[::2]] or [0]
    down = [pixel for one in boroughs for ring in one.rings for pixel in ring[1::2]] or [0]
    margin = 60
    west, north = min(across) - margin, min(down) - margin
    return f"{west} {north} {max(across) - west + margin} {max(down) - north + margin}"


def _figure(one: Mapping[str, Any]) -> dict[str, str]:
    return {
        "ref": one["ref"], "title": one["title"], "query": one["query"],
        "parameters": rfc8785.dumps(one["parameters"]).decode(), "data_at": moment_in_words(one["data_at"]),
        "checksum": one["checksum"],
    }  # fmt: skip
