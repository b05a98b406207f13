"""What a function of the database refuses, as exceptions with the database's own sentence."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import errors


class NotAnAdmin(PermissionError):
    """The session is not an admin's under the purpose of administration."""


@contextmanager
def refusals(
    missing: type[LookupError], refused: type[ValueError], *, denied: PermissionError | None = None
) -> Iterator[None]:
    """Turn what the database raises in this block into `missing`, `refused` or `denied`, which is NotAnAdmin if None.

    The transaction is broken by then: the caller rolls it back, and nothing of it remains.
    """
    try:
        yield
    except errors.InsufficientPrivilege as error:
        raise denied or NotAnAdmin("This needs a session of an admin whose purpose is administration.") from error
    except errors.NoDataFound as error:
        raise missing(error.diag.message_primary) from error
    except errors.RaiseException as error:
        raise refused(error.diag.message_primary) from error
    except errors.IntegrityError as error:
        raise refused("What was given breaks a rule of the database, so nothing was changed.") from error
