"""What was just done, told by a key in the address that is looked up; and ids in an address."""

from collections.abc import Mapping
from uuid import UUID

from starlette.requests import Request


def notice_of(request: Request, notices: Mapping[str, str]) -> str:
    """Return the sentence of the first of these keys that the address has; never what stands in the address."""
    return next((words for key, words in notices.items() if key in request.query_params), "")


def uuid_of(text: str, missing: LookupError) -> UUID:
    """Return the id that a part of an address is. Raises `missing` for what is none: it is not there either."""
    try:
        return UUID(text)
    except ValueError:
        raise missing from None
