"""A file from its first byte to its verdicts, in one step."""

from collections.abc import Callable
from typing import IO, Any

from data.imports.desk import Desk
from data.imports.layout import Asked
from data.imports.publish import discard
from data.imports.receive import Offer, receive
from data.imports.records import Import, one_import
from data.imports.refusals import AlreadyImported
from data.imports.stage import stage


def take_in(
    desk: Desk,
    stream: IO[bytes],
    offer: Offer,
    *,
    asked: Asked | None = None,
    changes: dict[str, Any] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> tuple[Import, bool]:
    """Receive and stage a file; return its import and whether it is new.

    A file that was committed before with the same choices is not: its earlier import is returned. Nothing is left of a
    file that is refused. Raises what receive and stage raise.
    """
    import_id = receive(desk, stream, offer)
    try:
        return stage(desk, import_id, asked=asked, changes=changes, progress=progress), True
    except AlreadyImported as known:
        discard(desk, import_id)
        return one_import(desk, known.import_id or import_id), False
    except BaseException:
        discard(desk, import_id)
        raise
