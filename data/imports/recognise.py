"""Guessing which column says what, from the columns' names and from what the first rows hold."""

from collections.abc import Callable
from collections.abc import Mapping as Readable
from dataclasses import replace
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from data.imports import vocabulary
from data.imports.batches import Batch
from data.imports.layout import Layout
from data.imports.mapping import Mapping
from data.imports.recognise_position import position_of
from data.imports.vocabulary import NOTHING, Words
from geo import postcodes
from geo.shifts.hours import NotHours
from geo.shifts.opening_hours import read_opening_hours
from geo.tile_keys import Bounds

_LOOKED_AT = 2_000
_MOSTLY = 0.7
_UNIQUE = 0.98
_FILLED = 0.3


class _Sample(NamedTuple):
    """The first rows: the columns by name, without empty values."""

    columns: Readable[str, list[str]]
    rows: int

    def share(self, column: str, claim: Callable[[str], bool]) -> float:
        """Return the share of a column's filled rows of which a claim is true."""
        values = self.columns[column]
        return sum(map(claim, values)) / len(values) if values else 0.0


def recognise(layout: Layout, batch: Batch, file_name: str, areas: Bounds | None) -> Mapping:
    """Return a mapping for a file of this layout that begins with this batch.

    `areas` bounds, in degrees, where its places should be. Raises FileRefused when positions are there but cannot
    be used: in the Irish Grid, with their columns exchanged, or in a system that nothing tells.
    """
    sample = _sample(batch)
    reasons: dict[str, str] = {}
    taken: set[str] = set()

    def choose(field: str, words: Words, suits: Callable[[str], bool] = lambda _: True) -> str | None:
        fits = {name: fit for name in layout.columns if name not in taken and (fit := words.fit(name)) is not None}
        best = next((name for name in sorted(fits, key=lambda each: fits[each]) if suits(name)), None)
        if best is not None:
            taken.add(best)
            reasons[field] = f"The column is called {best}."
        return best

    def is_filled(name: str) -> bool:
        return len(sample.columns[name]) >= _FILLED * sample.rows

    def says_something(name: str) -> bool:
        return bool(sample.columns[name])

    postcode = choose("postcode", vocabulary.POSTCODE) or _postcodes_by_content(sample, reasons)
    found = position_of(layout, batch, (file_name, postcode), areas)
    taken.update(found.columns)
    taken.update([postcode] if postcode else [])
    reasons["position"] = found.reason
    name = choose("name", vocabulary.NAME, is_filled) or choose("name", vocabulary.NAME, says_something)
    mapping = Mapping(
        name=name,
        postcode=postcode,
        source_id=choose("source_id", vocabulary.SOURCE_ID, lambda each: _is_unique(sample, each)),
        attend_rule=choose("attend_rule", vocabulary.ATTEND_RULE),
        status=choose("status", vocabulary.STATUS, lambda each: sample.share(each, _is_status) >= _MOSTLY),
        closed=choose("closed", vocabulary.CLOSED),
        sensitivity=choose("sensitivity", vocabulary.SENSITIVITY),
        kind=choose("kind", vocabulary.KIND),
        hours=choose("hours", vocabulary.HOURS, lambda each: sample.share(each, _is_hours) >= _MOSTLY),
        address=_addresses(layout, taken, reasons),
        position=found.position,
        position_columns=found.columns,
        crs=found.crs,
        reasons=reasons,
    )
    return _named(mapping, layout)


def _named(mapping: Mapping, layout: Layout) -> Mapping:
    """Add what names a place that has no name of its own; kinds of events are no names to find duplicates by."""
    category = min(
        (name for name in layout.columns if vocabulary.CATEGORY.fit(name) is not None),
        key=lambda name: vocabulary.CATEGORY.fit(name) or 0,
        default=None,
    )
    parts = [f"{{{part}}}" for part in (category, *mapping.address[:1]) if part]
    fallback = ", ".join(parts) or (f"{{{mapping.postcode}}}" if mapping.postcode else "")
    if fallback:
        mapping.reasons["name_pattern"] = "It stands where a row has no name."
    has_no_name = mapping.name is None
    if has_no_name:
        mapping.reasons["duplicates"] = "Rows without names of their own are not compared by name."
    return replace(mapping, name_pattern=fallback, duplicates="keep" if has_no_name else "skip")


def _addresses(layout: Layout, taken: set[str], reasons: dict[str, str]) -> tuple[str, ...]:
    columns = tuple(name for name in layout.columns if name not in taken and vocabulary.ADDRESS.fit(name) is not None)
    if columns:
        reasons["address"] = f"The columns are called {', '.join(columns)}."
    return columns


def _sample(batch: Batch) -> _Sample:
    nothing = pa.array(["", *NOTHING])
    columns = {}
    for name, column in batch.columns.items():
        trimmed = pc.drop_null(pc.utf8_trim_whitespace(column.slice(0, _LOOKED_AT)))
        columns[name] = trimmed.filter(pc.invert(pc.is_in(trimmed, value_set=nothing))).to_pylist()
    return _Sample(columns, max(map(len, columns.values()), default=0))


def _postcodes_by_content(sample: _Sample, reasons: dict[str, str]) -> str | None:
    for name in sample.columns:
        if sample.share(name, postcodes.is_postcode) >= _MOSTLY:
            reasons["postcode"] = f"The column {name} holds postcodes."
            return name
    return None


def _is_unique(sample: _Sample, column: str) -> bool:
    values = sample.columns[column]
    return bool(values) and len(values) >= _FILLED * sample.rows and len(set(values)) >= _UNIQUE * len(values)


def _is_hours(value: str) -> bool:
    try:
        return bool(read_opening_hours(value))
    except NotHours:
        return False


def _is_status(value: str) -> bool:
    return value.lower() in vocabulary.STATUSES
