"""A reading that somebody else may ask about while it goes on, and after it was refused."""

import time
from collections.abc import Callable
from uuid import UUID

from psycopg.types.json import Jsonb

from data.imports.decide import Decision, readied
from data.imports.desk import Desk
from data.imports.records import Import, one_import
from data.imports.refusals import AlreadyImported, FileRefused
from data.imports.stage import stage

_SECONDS_BETWEEN = 2.0


def read_telling(desk: Desk, import_id: UUID, decision: Decision) -> Import:
    """Check every row of an import as somebody decided, noting how far it is, and why the file is refused if it is.

    Raises what stage raises.
    """
    asked, changes = readied(one_import(desk, import_id), decision)
    try:
        return stage(desk, import_id, asked=asked, changes=changes, progress=_noting(desk, import_id))
    except (FileRefused, AlreadyImported) as refused:
        _note_refusal(desk, import_id, refused, sheet=asked.sheet)
        raise


def is_at_work(desk: Desk, import_id: UUID) -> bool:
    """Say whether an import is being read, made into places or taken back at this moment."""
    return bool(desk.value("is_at_work", id=import_id))


def _noting(desk: Desk, import_id: UUID) -> Callable[[int], None]:
    """Return a listener that notes the number of rows, now and then."""
    last = time.monotonic()

    def heard(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _SECONDS_BETWEEN:
            last = time.monotonic()
            desk.value("note_progress", id=import_id, so_far=rows)

    return heard


def _note_refusal(desk: Desk, import_id: UUID, refused: FileRefused | AlreadyImported, *, sheet: str | None) -> None:
    parts = refused.parts() if isinstance(refused, FileRefused) else {"sentence": str(refused)}
    known = refused.import_id if isinstance(refused, AlreadyImported) else None
    noted = parts | {"sheet": sheet, "import_id": str(known) if known else None}
    desk.value("refuse", id=import_id, refusal=Jsonb({name: _storable(value) for name, value in noted.items()}))


def _storable(value: object) -> object:
    return value.replace("\0", "?") if isinstance(value, str) else value
