"""What a function of the database refuses, as exceptions with the database's own sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import DatabaseError, errors

_AUDIT_WRITERS = ("function audit.append_to(", "function audit.lock_chains(")


class NotAnAdmin(PermissionError):
    """The session is not an admin's under the purpose of administration."""


def is_of_the_audit(error: DatabaseError) -> bool:
    """Return whether it is the audit that could not be written: that is nobody's mistake, and nothing was shown."""
    return error.diag.schema_name == "audit" or any(name in (error.diag.context or "") for name in _AUDIT_WRITERS)


@contextmanager
def refusals(
    missing: type[LookupError], refused: type[ValueError], *, denied: PermissionError | None = None
) -> Iterator[None]:
    """Turn what the database raises in this block into `missing`, `refused` or `denied`, which is NotAnAdmin if None.

    The transaction is broken by then: the caller rolls it back, and nothing of it remains. An audit that could not be
    written stays what it is.
    """
    try:
        yield
    except DatabaseError as error:
        if is_of_the_audit(error):
            raise
        if isinstance(error, errors.InsufficientPrivilege):
            words = "This needs a session of an admin whose purpose is administration."
            raise denied or NotAnAdmin(words) from error
        if isinstance(error, errors.NoDataFound):
            raise missing(error.diag.message_primary) from error
        if isinstance(error, errors.RaiseException):
            raise refused(error.diag.message_primary) from error
        if isinstance(error, errors.IntegrityError):
            raise refused("What was given breaks a rule of the database, so nothing was changed.") from error
        raise
