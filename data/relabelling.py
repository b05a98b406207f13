"""Relabelling and moving a place: what hangs on it follows, and notes are sealed again behind their new locks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from psycopg import Connection

from data.database import NotAllowed, queries
from data.places import audit, position_of, rows_of, value_of
from data.vault import Vault

_NOWHERE: Final = dict.fromkeys(("key", "x", "y", "longitude", "latitude", "easting", "northing"))


@dataclass(frozen=True, kw_only=True)
class Relabelling:
    """How a place is to be protected from now on, and where it is; None leaves as it is.

    `sets_operation` says that `operation` is meant: then None takes the place out of its operation.
    `position` is longitude and latitude (EPSG:4326).
    """

    sensitivity: int | None = None
    operation: UUID | None = None
    sets_operation: bool = False
    position: tuple[float, float] | None = None

    @property
    def changed(self) -> list[str]:
        """What is to be changed, in words for the audit."""
        claims = {
            "sensitivity": self.sensitivity is not None,
            "operation": self.sets_operation,
            "position": self.position is not None,
        }
        return [name for name, is_meant in claims.items() if is_meant]


def relabel(conn: Connection, vault: Vault, id: UUID, to: Relabelling) -> None:
    """Relabel or move a place of the own organisation, in the transaction that edits it (see data.places.edit_place).

    Notes there are opened in memory and sealed under new keys, those the session may not read too; nothing of them
    is returned. Raises NotInBritain, NotAllowed.
    """
    if not to.changed:
        return
    if to.operation is not None and not value_of(conn, "is_my_operation", operation=to.operation):
        raise NotAllowed("There is no such operation that you belong to.")
    position: Mapping[str, Any] = position_of(*to.position) if to.position else _NOWHERE
    asked = {"id": id, "sensitivity": to.sensitivity, "operation": to.operation, "sets_operation": to.sets_operation}
    emptied = rows_of(conn, "relabel", **asked, **{name: position[name] for name in _NOWHERE})
    cell = {"cell": vault.hashed_id("cell", position["cell"])} if to.position else {}
    audit(conn, "alteration", record=vault.hashed_id("place", id), kind="place label", changed=to.changed, **cell)
    for note in emptied:
        _seal_again(conn, vault, note)


def _seal_again(conn: Connection, vault: Vault, note: Mapping[str, Any]) -> None:
    of_note = {
        "note_id": note["note_id"], "owner_uid": note["owner_uid"],
        "wrapped_organisation_key": note["organisation_key"],
    }  # fmt: skip
    text = vault.open_note(note["ciphertext"], note["wrapped"], lock_id=note["old_lock"], **of_note)
    ciphertext, wrapped = vault.seal_note(text, lock_id=note["new_lock"], **of_note)
    conn.execute(
        queries("records")["seal_again"], {"id": note["note_id"], "ciphertext": ciphertext, "wrapped": wrapped}
    )
    audit(conn, "alteration", record=vault.hashed_id("note", note["note_id"]), kind="note label")
