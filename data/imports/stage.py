"""Checked rows go into the staging tables of their import; parsing, checking and storing overlap."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
from psycopg import Copy, sql
from psycopg.types.json import Jsonb

from data.imports.batches import Batch
from data.imports.check import Checked, Finding, Places, Rules, check
from data.imports.copying import HEADER, TRAILER, copy_rows
from data.imports.desk import Desk, one_value, query
from data.imports.keys import Repeats, name_keys, random_ids, text_keys
from data.imports.layout import Asked, Layout
from data.imports.mapping import Mapping, check_mapping, mapping_from
from data.imports.read import reading
from data.imports.recognise import recognise
from data.imports.records import Import, record_of
from data.imports.refusals import AlreadyImported, FileRefused, ImportNotReady, NoSuchImport, PositionsUnclear
from geo.arrays import Integers
from geo.cells import cell_centres, cell_of_key
from geo.tile_keys import Bounds, halves_of, keys_of

Progress = Callable[[int], None]
_MARGIN = 0.05


@dataclass(kw_only=True)
class _Tally:
    """What is remembered of the rows that went by; its size does not depend on how many they were."""

    read: int = 0
    strata: set[tuple[int, int]] = field(default_factory=set)
    sources: Repeats = field(default_factory=Repeats)
    names: Repeats = field(default_factory=Repeats)


def stage(
    desk: Desk,
    import_id: UUID,
    *,
    asked: Asked | None = None,
    changes: dict[str, Any] | None = None,
    progress: Progress = lambda _: None,
) -> Import:
    """Read, recognise and check a received file again from its start, and stage what is good.

    `changes` are fields of the mapping that a person has decided. `progress` hears the number of rows so far. Raises
    FileRefused, FileTooLarge, AlreadyImported, NoSuchImport, ImportNotReady, NotSignedIn.
    """
    this, cells, kinds = _prepared(desk, import_id)
    with reading(kept_upload(desk, import_id), asked or Asked(), desk.limits) as found:
        batches = iter(found.batches)
        first = next(batches, None)
        if first is None:
            raise FileRefused("The file has a header but no rows; expected at least one row.")
        _refuse_unless_a_table(first, found.layout)
        recognised = _recognised(found.layout, first, (this, _bounds(cells)), changes or {})
        mapping = mapping_from(changes or {}, recognised)
        check_mapping(mapping, found.layout.columns, kinds)
        fingerprint = _fingerprint(this, mapping, found.layout)
        before = desk.value("committed_before", fingerprint=fingerprint)
        if before is not None:
            raise AlreadyImported("This file was imported before with the same choices; nothing is changed.", before)
        rules = Rules(mapping=mapping, kinds=kinds, sensitivity=this.sensitivity, cells=cells, lookup=_lookup(desk))
        tally = _Tally()
        with _staging(desk, import_id) as write:
            for batch in _chained(first, batches):
                checked = check(batch, rules)
                write(*_staged(checked, this, mapping, tally))
                progress(tally.read)
    return _settled(desk, this, (found.layout, mapping, fingerprint), tally)


def _recognised(layout: Layout, first: Batch, known: tuple[Import, Bounds | None], changes: dict[str, Any]) -> Mapping:
    """Return what is recognised of a file; nothing where positions are unclear and a person says which they are."""
    this, areas = known
    try:
        return recognise(layout, first, this.file_name, areas)
    except PositionsUnclear:
        if changes.get("position", "none") == "none":
            raise
        return Mapping()


def _refuse_unless_a_table(first: Batch, layout: Layout) -> None:
    """Raise FileRefused, with the first of them, when no row could be read as a row."""
    if first.faults.null_count or not len(first):
        return
    expected, _, said = str(first.faults[0]).partition("\t")
    line, shown = int(first.lines[0]), " ".join(said.split())[:80]
    raise FileRefused(
        f"{layout.row_word.capitalize()} {line:,} has {shown}; expected {expected}.",
        line=line,
        said=said,
        expected=expected,
    )


def _prepared(desk: Desk, import_id: UUID) -> tuple[Import, Integers, dict[str, int]]:
    with desk.entered() as conn:
        this = record_of(conn, import_id)
        if not one_value(conn, "prepare", id=import_id):
            raise ImportNotReady("The import is committed or undone already; import the file again to change it.")
        cells = np.array([row[0] for row in conn.execute(query("cells"))], dtype=np.int64)
        kinds = dict(conn.execute(query("kinds")).fetchall())
    return this, cells, kinds


def kept_upload(desk: Desk, import_id: UUID) -> Path:
    """Return where the file of an import lies. Raises NoSuchImport when it is no longer kept."""
    path = desk.upload(import_id)
    if not path.exists():
        raise NoSuchImport("The file of this import is no longer kept; send it again.")
    return path


def _bounds(cells: Integers) -> Bounds | None:
    """Return the bounds of the admin's areas in degrees, None when there are none."""
    if not len(cells):
        return None
    longitude, latitude = cell_centres(cell_of_key(cells), 5_000)
    return Bounds(
        float(np.nanmin(longitude)) - _MARGIN,
        float(np.nanmin(latitude)) - _MARGIN,
        float(np.nanmax(longitude)) + _MARGIN,
        float(np.nanmax(latitude)) + _MARGIN,
    )


def _fingerprint(this: Import, mapping: Mapping, layout: Layout) -> bytes:
    choices = (this.source, this.collected_for, str(this.sensitivity), layout.sheet or "", str(layout.header_line))
    digest = hashlib.sha256(this.digest)
    for choice in choices:
        digest.update(len(choice).to_bytes(4, "big") + choice.encode())
    digest.update(mapping.canonical())
    return digest.digest()


def _lookup(desk: Desk) -> Callable[[list[str]], dict[str, tuple[int, int]]]:
    def lookup(postcodes: list[str]) -> dict[str, tuple[int, int]]:
        with desk.unnamed() as conn:
            rows = conn.execute(query("postcodes"), {"postcodes": postcodes}).fetchall()
        return {postcode: (easting, northing) for postcode, easting, northing in rows}

    return lookup


def _chained(first: Any, rest: Iterator[Any]) -> Iterator[Any]:  # noqa: ANN401
    yield first
    yield from rest


@contextmanager
def _staging(desk: Desk, import_id: UUID) -> Iterator[Callable[[pa.Buffer, list[pa.Buffer]], None]]:
    """Give a way to write staged rows and findings, one COPY each; the rows are sent by a thread of their own."""
    with ExitStack() as stack:
        rows = stack.enter_context(_copy(desk, f"rows {import_id}"))
        sender = stack.enter_context(ThreadPoolExecutor(max_workers=1))
        faults: Copy | None = None
        pending: Future[None] | None = None

        def write(places: pa.Buffer, findings: list[pa.Buffer]) -> None:
            nonlocal faults, pending
            if pending is not None:
                pending.result()
            pending = sender.submit(rows.write, places)
            if findings and faults is None:
                faults = stack.enter_context(_copy(desk, f"faults {import_id}"))
            for finding in findings:
                faults.write(finding)  # type: ignore[union-attr]

        yield write
        if pending is not None:
            pending.result()


@contextmanager
def _copy(desk: Desk, table: str) -> Iterator[Copy]:
    statement = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(sql.Identifier("imports", table))
    with desk.unnamed() as conn, conn.cursor().copy(statement) as copy:
        copy.write(HEADER)
        yield copy
        copy.write(TRAILER)


def _staged(checked: Checked, this: Import, mapping: Mapping, tally: _Tally) -> tuple[pa.Buffer, list[pa.Buffer]]:
    """Return the rows and the findings of a batch as COPY wants them, and note what is remembered of them."""
    places = checked.places
    source_key = text_keys(places.source_ids, salt=this.source)
    name_key = np.zeros(len(places.lines), dtype=np.int64)
    if mapping.duplicates == "skip":
        name_key = np.where(places.has_own_name, name_keys(places.names), 0)
    tally.read += checked.read
    tally.sources.add(source_key)
    tally.names.add(name_key)
    strata = np.unique(places.sensitivity.astype(np.int64) << 32 | places.cell)
    tally.strata.update((int(each >> 32), int(each & 0xFFFFFFFF)) for each in strata)
    return _place_rows(places, source_key, name_key), [_finding_rows(finding) for finding in checked.findings]


def _place_rows(places: Places, source_key: Integers, name_key: Integers) -> pa.Buffer:
    count = len(places.lines)
    if not count:
        return pa.py_buffer(b"")
    key = keys_of(places.longitude, places.latitude)
    x, y = halves_of(key)
    return copy_rows(
        [
            random_ids(count),
            places.lines,
            places.kind,
            places.status,
            places.attend_rule,
            places.sensitivity,
            places.cell.astype(np.int32),
            x.astype(np.int32),
            y.astype(np.int32),
            key,
            source_key,
            name_key,
            places.longitude,
            places.latitude,
            places.easting,
            places.northing,
        ],
        [places.names, places.addresses, places.postcodes, places.source_ids, places.hours],
    )


def _finding_rows(finding: Finding) -> pa.Buffer:
    def same(text: str) -> pa.StringArray:
        return pa.repeat(pa.scalar(text, pa.string()), len(finding.lines))

    return copy_rows(
        [finding.lines], [same(finding.verdict), same(finding.column), finding.said, same(finding.expected)]
    )


def _settled(desk: Desk, this: Import, chosen: tuple[Layout, Mapping, bytes], tally: _Tally) -> Import:
    layout, mapping, fingerprint = chosen
    strata = sorted(tally.strata)
    with desk.entered() as conn:
        settled = one_value(
            conn,
            "settle",
            id=this.id,
            layout=Jsonb(layout.to_json()),
            mapping=Jsonb(mapping.to_json()),
            fingerprint=fingerprint,
            rows_read=tally.read,
            sensitivities=[sensitivity for sensitivity, _ in strata],
            cells=[cell for _, cell in strata],
            source_suspects=tally.sources.suspects(),
            name_suspects=tally.names.suspects(),
        )
        if not settled:
            raise ImportNotReady("The import was changed by somebody else meanwhile; look at it again.")
        return record_of(conn, this.id)
