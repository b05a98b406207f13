"""The columns of a file before it is imported: what they are called, what their first rows say, what is guessed."""

from dataclasses import dataclass
from uuid import UUID

from data.imports.batches import Batch
from data.imports.desk import Desk, one_value, query
from data.imports.layout import Layout
from data.imports.mapping import Mapping, mapping_from
from data.imports.publish import asked_before, choices_before
from data.imports.read import reading
from data.imports.recognise import recognise
from data.imports.records import Import, record_of
from data.imports.refusals import FileRefused
from data.imports.stage import kept_upload

_ROWS_LOOKED_AT = 500
_SAMPLES = 3
_LONGEST_SAMPLE = 60


@dataclass(frozen=True, kw_only=True)
class Columns:
    """A file's layout, three samples of each column, and the mapping so far: decided, or guessed, or empty."""

    layout: Layout
    samples: dict[str, tuple[str, ...]]
    mapping: Mapping


def columns_of(desk: Desk, import_id: UUID) -> Columns:
    """Return the columns of an import that is not committed, read from its file again.

    Looking is put in the audit first. Raises FileRefused when the file cannot be read as a table, NoSuchImport,
    NotSignedIn.
    """
    with desk.entered() as conn:
        this = record_of(conn, import_id)
        one_value(conn, "note_columns", id=import_id)
    with reading(kept_upload(desk, import_id), asked_before(this), desk.limits) as found:
        first = next(iter(found.batches), None)
        if first is None:
            raise FileRefused("The file has a header but no rows; expected at least one row.")
        return Columns(layout=found.layout, samples=_samples(first), mapping=_mapping(this, found.layout, first))


def site_kinds(desk: Desk) -> tuple[str, ...]:
    """Return the kinds of place that there are, as slugs."""
    with desk.entered() as conn:
        return tuple(sorted(row[0] for row in conn.execute(query("kinds")).fetchall()))


def _mapping(this: Import, layout: Layout, first: Batch) -> Mapping:
    """Return the mapping that the import was read with, or one guessed as far as it can be."""
    if this.mapping and this.layout.get("columns") == list(layout.columns):
        decided = mapping_from(choices_before(this), Mapping())
        return Mapping(**(vars(decided) | {"reasons": this.mapping.get("reasons", {})}))
    try:
        return recognise(layout, first, this.file_name, None)
    except FileRefused:
        return Mapping()


def _samples(batch: Batch) -> dict[str, tuple[str, ...]]:
    """Return the first different texts of each column, shortened."""
    found = {}
    for name, texts in batch.columns.items():
        filled = (" ".join(text.split()) for text in texts.slice(0, _ROWS_LOOKED_AT).to_pylist() if text)
        different = list(dict.fromkeys(text[:_LONGEST_SAMPLE] for text in filled if text))
        found[name] = tuple(different[:_SAMPLES])
    return found
