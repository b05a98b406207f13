"""Handling: how a record may travel beyond its owner, interned as one number in its label."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection, errors

from data.database import queries

CONDITIONS = ("recipients", "purposes", "finest_step", "expires")
PURPOSES = ("visit", "safeguarding", "analysis", "enforcement")


class NotAHandling(ValueError):
    """Conditions that the gate does not know, or could not read."""


class MayNotRecord(PermissionError):
    """The session records nothing, so it handles nothing."""


def handling_for(
    conn: Connection,
    *,
    owner_only: bool = False,
    excluded: Sequence[UUID] = (),
    conditions: Mapping[str, object] | None = None,
) -> int:
    """Return the number of a handling, the same each time; 0 when nothing is restricted.

    `owner_only` records never leave their owner; the people of `excluded` memberships never see them.
    `conditions` bind partners: `recipients` (uids of organisations) and `purposes` that alone may receive,
    `finest_step` 0 (5 km) to 4 (exact), `expires` (a datetime with a time zone, rounded down to the hour).
    An empty list is nobody. Raises NotAHandling, and MayNotRecord unless an outreach worker's or admin's
    token was entered in this transaction.
    """
    values = _checked(dict(conditions or {})) | {"owner_only": owner_only, "excluded": list(excluded)}
    try:
        row = conn.execute(queries("operations")["handling_for"], values).fetchone()
    except errors.RaiseException as error:
        raise NotAHandling(error.diag.message_primary) from error
    if row is None or row[0] is None:
        raise MayNotRecord("Only an outreach worker or an admin says how a record may travel.")
    return int(row[0])


def _checked(conditions: dict[str, object]) -> dict[str, object]:
    for name in conditions:
        if name not in CONDITIONS:
            raise NotAHandling(f"{name!r} is no condition that can be kept; there are: {', '.join(CONDITIONS)}.")
    recipients, purposes = conditions.get("recipients"), conditions.get("purposes")
    step, expires = conditions.get("finest_step"), conditions.get("expires")
    if recipients is not None:
        recipients = _uids(recipients)
    if purposes is not None and (not isinstance(purposes, list | tuple) or not set(purposes) <= set(PURPOSES)):
        raise NotAHandling(f"The condition purposes is a list of: {', '.join(PURPOSES)}.")
    if step is not None and (isinstance(step, bool) or not isinstance(step, int) or not 0 <= step <= 4):
        raise NotAHandling("The condition finest_step is 0 (5 km), 1 (1 km), 2 (500 m), 3 (100 m) or 4 (exact).")
    if expires is not None and (not isinstance(expires, datetime) or expires.tzinfo is None):
        raise NotAHandling("The condition expires is a moment with its time zone.")
    return {
        "recipients": recipients,
        "purposes": None if purposes is None else list(purposes),
        "finest_step": step,
        "expires": expires,
    }


def _uids(recipients: object) -> list[UUID]:
    if not isinstance(recipients, list | tuple):
        raise NotAHandling("The condition recipients is a list of organisations' uids.")
    try:
        return [UUID(str(uid)) for uid in recipients]
    except ValueError as error:
        raise NotAHandling("The condition recipients is a list of organisations' uids.") from error
