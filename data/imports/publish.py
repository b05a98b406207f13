"""What becomes of a staged import: its rows become places, all or none; later they are taken back; or it is dropped."""

from collections.abc import Callable
from uuid import UUID

from data.imports.desk import Desk, one_value
from data.imports.layout import Asked
from data.imports.records import Import, record_of
from data.imports.refusals import AlreadyImported, ImportNotReady, NoSuchImport
from data.imports.stage import stage


def commit(desk: Desk, import_id: UUID, *, progress: Callable[[int], None] = lambda _: None) -> Import:
    """Make places of every good row, in one transaction with its entry in the audit, and let go of the file.

    When the database lost the staged rows, which a crash does, they are staged again from the file first. Raises
    NoSuchImport, ImportNotReady, AlreadyImported, NotSignedIn, FileRefused.
    """
    outcome = _publish(desk, import_id)
    if outcome == "rows lost":
        with desk.entered() as conn:
            this = record_of(conn, import_id)
        stage(desk, import_id, asked=asked_before(this), changes=choices_before(this), progress=progress)
        outcome = _publish(desk, import_id)
    if outcome == "missing":
        raise NoSuchImport("There is no such import.")
    if outcome == "committed before":
        raise AlreadyImported("This file was imported before with the same choices; nothing is changed.", import_id)
    if outcome != "published":
        raise ImportNotReady(f"The import is {outcome}; only an import that is staged can be committed.")
    desk.upload(import_id).unlink(missing_ok=True)
    with desk.entered() as conn:
        return record_of(conn, import_id)


def _publish(desk: Desk, import_id: UUID) -> str:
    desk.value("intern", id=import_id)
    return str(desk.value("publish", id=import_id))


def asked_before(this: Import) -> Asked:
    """Return how the file of an import was read, so that it is read the same way again."""
    layout = this.layout
    columns = () if layout.get("header_line") is not None else tuple(layout.get("columns", ()))
    refused_sheet = (this.refusal or {}).get("sheet")
    if refused_sheet and refused_sheet != layout.get("sheet"):
        return Asked(sheet=refused_sheet)
    return Asked(sheet=layout.get("sheet"), columns=columns if layout.get("row_word") != "feature" else ())


def choices_before(this: Import) -> dict[str, object]:
    """Return the mapping of an import as a person's choices."""
    return {name: value for name, value in this.mapping.items() if name != "reasons"}


def undo(desk: Desk, import_id: UUID) -> Import:
    """Take back the places of a committed import, but those that somebody has changed or used since.

    How many stayed is in `kept`, their lines among the rejects. Raises NoSuchImport, ImportNotReady, NotSignedIn.
    """
    with desk.entered() as conn:
        outcome = one_value(conn, "undo", id=import_id)
        if outcome == "missing":
            raise NoSuchImport("There is no such import.")
        if outcome != "undone":
            raise ImportNotReady(f"The import is {outcome}; only a committed import can be undone.")
        return record_of(conn, import_id)


def discard(desk: Desk, import_id: UUID) -> None:
    """Forget an import that was never committed, with its rows and its file. Raises NoSuchImport, ImportNotReady."""
    with desk.entered() as conn:
        this = record_of(conn, import_id)
        if not one_value(conn, "discard", id=import_id):
            raise ImportNotReady(f"The import is {this.status}; only one that is not committed can be discarded.")
    desk.upload(import_id).unlink(missing_ok=True)
