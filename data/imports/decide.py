"""What a person decides of how a file is read, and the reading again that follows."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from data.imports.desk import Desk
from data.imports.layout import Asked
from data.imports.publish import asked_before, choices_before
from data.imports.records import Import, one_import
from data.imports.stage import stage


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Fields of the mapping, and how the file lays its table out; what is left out stays as it was recognised."""

    mapping: dict[str, Any] = field(default_factory=dict)
    sheet: str | None = None
    columns: tuple[str, ...] = ()
    has_header: bool | None = None


def decide(
    desk: Desk, import_id: UUID, decision: Decision, *, progress: Callable[[int], None] = lambda _: None
) -> Import:
    """Check every row of an import again as somebody decided; fields decided before stay so.

    Another sheet, other columns or another header forget earlier decisions. Raises what stage raises.
    """
    asked, changes = readied(one_import(desk, import_id), decision)
    return stage(desk, import_id, asked=asked, changes=changes, progress=progress)


def readied(before: Import, decision: Decision) -> tuple[Asked, dict[str, Any]]:
    """Return how the file is read, and the fields of its mapping that are decided."""
    asked = replace(asked_before(before), has_header=decision.has_header)
    if decision.sheet is not None or decision.columns:
        asked = Asked(sheet=decision.sheet, columns=decision.columns, has_header=decision.has_header)
    keeps = decision.sheet is None and not decision.columns and decision.has_header is None
    return asked, (choices_before(before) if keeps else {}) | decision.mapping
