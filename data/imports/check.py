"""A verdict on every row of a batch: a place as it will be stored, or why it is not one."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.imports.batches import Batch
from data.imports.mapping import Mapping
from data.imports.opening import hours_of
from data.imports.positions import Lookup, positions, said
from data.imports.texts import claims, column, has_nul, joined, names
from data.imports.values import Codes, codes_of, postcodes_of
from geo.arrays import Claims, Floats, Integers
from geo.shifts.opening_hours import EXPECTED

LONGEST_NAME: Final = 200
LONGEST_ADDRESS: Final = 500
LONGEST_SOURCE_ID: Final = 200
LONGEST_SAID: Final = 200
_CELL: Final = 5_000
_CELL_ROWS: Final = 10_000

Lines = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What rows are judged by: the mapping, the kinds of place by slug, and the cells of the admin's areas."""

    mapping: Mapping
    kinds: dict[str, int]
    sensitivity: int
    cells: Integers
    lookup: Lookup
    kind_memory: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The same verdict on some rows: their lines, the column, what each said, and what was expected."""

    lines: Lines
    verdict: str
    column: str
    said: pa.StringArray
    expected: str


@dataclass(frozen=True, kw_only=True)
class Places:
    """Rows that will be places, column by column."""

    lines: Lines
    kind: NDArray[np.int16]
    status: NDArray[np.int16]
    attend_rule: NDArray[np.int16]
    sensitivity: NDArray[np.int16]
    cell: Integers
    longitude: Floats
    latitude: Floats
    easting: Floats
    northing: Floats
    has_own_name: Claims
    names: pa.StringArray
    addresses: pa.StringArray
    postcodes: pa.StringArray
    source_ids: pa.StringArray
    hours: pa.StringArray

    def take(self, rows: NDArray[Any]) -> "Places":
        """Return the rows of these numbers, in that order."""
        taken = {}
        for name in self.__dataclass_fields__:
            values = getattr(self, name)
            taken[name] = values.take(pa.array(rows)) if isinstance(values, pa.Array) else values[rows]
        return Places(**taken)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A batch after its check: `read` rows were not blank."""

    places: Places
    findings: list[Finding]
    read: int


class _Verdicts:
    """Collects verdicts; the first fault of a row is the one that is told."""

    def __init__(self, batch: Batch) -> None:
        self._lines = batch.lines
        self.is_out = np.zeros(len(batch), dtype=np.bool_)
        self.findings: list[Finding] = []

    def reject(self, rows: Claims, column: str, said: pa.StringArray, expected: str) -> None:
        self._add("rejected", rows & ~self.is_out, column, (said, expected))
        self.is_out |= rows

    def warn(self, rows: Claims, column: str, said: pa.StringArray, expected: str) -> None:
        self._add("warning", rows & ~self.is_out, column, (said, expected))

    def _add(self, verdict: str, rows: Claims, column: str, words: tuple[pa.StringArray, str]) -> None:
        if rows.any():
            said = pc.utf8_slice_codeunits(words[0].filter(pa.array(rows)), 0, LONGEST_SAID)
            said = pc.replace_substring(pc.fill_null(said, ""), "\0", "?")
            self.findings.append(
                Finding(lines=self._lines[rows], verdict=verdict, column=column, said=said, expected=words[1])
            )


def check(batch: Batch, rules: Rules) -> Checked:
    """Return the places of a batch, and what was found in its other rows and in some of these."""
    mapping = rules.mapping
    verdicts = _Verdicts(batch)
    is_blank = _blank(batch)
    verdicts.is_out |= is_blank
    _reject_faults(batch, verdicts)
    where = positions(batch, mapping, rules.lookup)
    if where.faults:
        words = said(batch, mapping)
        for rows, expected in where.faults:
            verdicts.reject(rows, _position_column(mapping), words, expected)
    cell = _cells(where.easting, where.northing, ~verdicts.is_out)
    is_outside = ~np.isin(cell, rules.cells) & ~verdicts.is_out
    if is_outside.any():
        verdicts.reject(is_outside, _position_column(mapping), said(batch, mapping), "a place in your areas")
    name, has_own_name = names(batch, mapping)
    texts = _texts(batch, mapping, verdicts, name=name)
    codes = codes_of(batch, mapping, (rules.kinds, rules.sensitivity), rules.kind_memory)
    _judge_codes(codes, mapping, verdicts)
    postcodes, is_bad = postcodes_of(column(batch, mapping.postcode))
    if is_bad.any():
        verdicts.warn(is_bad, mapping.postcode or "", column(batch, mapping.postcode), "a postcode such as B1 1AY")
    hours, has_none = hours_of(column(batch, mapping.hours))
    if has_none.any():
        verdicts.reject(has_none, mapping.hours or "", column(batch, mapping.hours), EXPECTED)
    places = Places(
        lines=batch.lines,
        kind=codes.kind,
        status=codes.status,
        attend_rule=codes.attend_rule,
        sensitivity=codes.sensitivity,
        cell=cell,
        longitude=where.longitude,
        latitude=where.latitude,
        easting=where.easting,
        northing=where.northing,
        has_own_name=has_own_name,
        names=name,
        addresses=texts[0],
        postcodes=postcodes,
        source_ids=texts[1],
        hours=hours,
    )
    good = np.flatnonzero(~verdicts.is_out)
    return Checked(
        places=places if len(good) == len(batch) else places.take(good),
        findings=verdicts.findings,
        read=len(batch) - int(np.count_nonzero(is_blank)),
    )


def _blank(batch: Batch) -> Claims:
    """Say which rows hold nothing at all, as rows that separate others do."""
    is_blank = ~claims(batch.faults.is_valid())
    if batch.x is not None:
        is_blank &= np.isnan(batch.x)
    for texts in batch.columns.values():
        if not is_blank.any():
            break
        is_blank &= claims(pc.equal(pc.utf8_trim_whitespace(pc.fill_null(texts, "")), ""))
    return is_blank


def _reject_faults(batch: Batch, verdicts: _Verdicts) -> None:
    """Reject what the parser could not read as a row."""
    is_fault = claims(batch.faults.is_valid())
    if not is_fault.any():
        return
    parts = pc.split_pattern(batch.faults, "\t", max_splits=1)
    expected = pc.list_element(parts.filter(pa.array(is_fault)), 0)
    words = pa.array([part[1] if part else None for part in parts.to_pylist()], pa.string())
    rows_expecting = np.full(len(batch), None, dtype=object)
    rows_expecting[is_fault] = expected.to_pylist()
    for each in pc.unique(expected).to_pylist():
        column_name, _, what = each.rpartition(": ")
        verdicts.reject(rows_expecting == each, column_name, words, what)


def _position_column(mapping: Mapping) -> str:
    return ", ".join(mapping.position_columns) or "geometry"


def _cells(easting: Floats, northing: Floats, rows: Claims) -> Integers:
    """Return the number of the 5 km cell of each row, -1 for rows without a position."""
    safe = rows & np.isfinite(easting) & np.isfinite(northing)
    east = np.where(safe, easting, 0).astype(np.int64) // _CELL
    north = np.where(safe, northing, 0).astype(np.int64) // _CELL
    return np.where(safe, east * _CELL_ROWS + north, -1)


def _texts(
    batch: Batch, mapping: Mapping, verdicts: _Verdicts, *, name: pa.StringArray
) -> tuple[pa.StringArray, pa.StringArray]:
    """Return addresses and source ids, and reject rows where a name is missing or a text too long."""
    address = joined([column(batch, each) for each in mapping.address], ", ", len(batch))
    source_id = column(batch, mapping.source_id)
    label = mapping.name or "name"
    verdicts.reject(claims(pc.equal(name, "")), label, name, "a name, or a pattern that makes one")
    for texts, called, most in (
        (name, label, LONGEST_NAME),
        (address, ", ".join(mapping.address), LONGEST_ADDRESS),
        (source_id, mapping.source_id or "", LONGEST_SOURCE_ID),
    ):
        if pc.max(pc.binary_length(texts)).as_py() > most:
            verdicts.reject(claims(pc.greater(pc.utf8_length(texts), most)), called, texts, f"at most {most} letters")
        verdicts.reject(has_nul(texts), called, texts, "text without NUL characters")
    return address, source_id


def _judge_codes(codes: Codes, mapping: Mapping, verdicts: _Verdicts) -> None:
    for rows, field_name, texts, expected in codes.faults:
        verdicts.reject(rows, getattr(mapping, field_name) or field_name, texts, expected)
    for rows, field_name, texts, expected in codes.doubts:
        verdicts.warn(rows, getattr(mapping, field_name) or field_name, texts, expected)
