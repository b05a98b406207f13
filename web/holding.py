"""What somebody sent when their session had ended: held in the sign-in page, and offered again once they are back.

Nothing is kept on the server: the page that asks them to sign in carries it, and so does the page after that.
"""

from dataclasses import dataclass

from starlette.datastructures import FormData
from starlette.requests import Request

_THEN, _FIELD = "held.then", "held.field."
_MOST = 100_000
"""Characters in all: a note has 10,000 at most."""
_MOST_BYTES = 1 << 20
"""Bytes of a request that are read for the sake of a stranger: a form with a large file is not."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """A form that was sent too late: where it was going, and its fields in order."""

    then: str
    fields: tuple[tuple[str, str], ...]

    def inputs(self) -> tuple[tuple[str, str], ...]:
        """Return the hidden fields that carry it through the sign-in page."""
        return ((_THEN, self.then), *((_FIELD + name, value) for name, value in self.fields))


async def held_of(request: Request) -> Held | None:
    """Return what a request sent, when it is worth keeping: a form of text to one of our pages."""
    if request.method != "POST" or request.url.path.startswith(("/api", "/sign-")):
        return None
    size = request.headers.get("content-length", "")
    if not size.isdecimal() or int(size) > _MOST_BYTES:
        return None
    return _held(request.url.path, [(name, value) for name, value in await _fields(request)])


def carried(data: FormData) -> Held | None:
    """Return what the sign-in page carried."""
    texts = [(name, value) for name, value in data.multi_items() if isinstance(value, str)]
    then = next((value for name, value in texts if name == _THEN), "")
    return _held(then, [(name.removeprefix(_FIELD), value) for name, value in texts if name.startswith(_FIELD)])


def _held(then: str, fields: list[tuple[str, str]]) -> Held | None:
    # Browsers drop tabs and line ends from an address: "/<tab>/elsewhere" would be another origin's.
    is_ours = then.startswith("/") and then.isprintable() and not then.startswith(("//", "/\\", "/api", "/sign-"))
    if not is_ours or not any(value for _, value in fields) or sum(len(value) for _, value in fields) > _MOST:
        return None
    return Held(then=then, fields=tuple(fields))


async def _fields(request: Request) -> list[tuple[str, str]]:
    try:
        data = await request.form()
    except Exception:  # noqa: BLE001 - the edge: whatever was wrong with it, there is nothing to hold
        return []
    return [(name, value) for name, value in data.multi_items() if isinstance(value, str)]
