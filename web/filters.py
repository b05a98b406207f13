"""The filters of the map and its list: what may be chosen, what was chosen, and what the list says of it.

They are posted and kept in the page, so that no address tells what somebody looks for.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field
from starlette.datastructures import FormData

from api.features import box_of
from geo.tile_keys import NotABox
from layers.catalogue import ATTEND_RULES
from layers.map_list import MOST_LOOKED_AT, Filters, Wanted
from web.forms import Form, read, typed
from web.words import attend_rule, in_words

Options = Sequence[tuple[str, str]]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]

NEVER: Final = "never"
UNVISITED: Final = ((NEVER, "Never visited"), *((str(months), f"Not for {months} months") for months in (1, 3, 6, 12)))
STATUSES: Final = ("active", "unconfirmed", "closed")
NAMES: Final = ("kind", "attend_rule", "status", "category", "severity", "unvisited")
_EXPECTED: Final[Mapping[str, str]] = dict.fromkeys(NAMES, "Choose one of the list.")


@dataclass(frozen=True, kw_only=True)
class Choices:
    """What each filter offers: pairs of value and words."""

    kind: Options
    category: Options
    status: Options = tuple((slug, in_words(slug)) for slug in STATUSES)
    attend_rule: Options = tuple((slug, attend_rule(slug)) for slug in ATTEND_RULES)
    severity: Options = tuple((str(least), f"{least} or more" if least < 5 else "5") for least in range(1, 6))
    unvisited: Options = UNVISITED


class TypedFilters(BaseModel):
    """The filters as they were chosen, and which part of the list is wanted."""

    kind: Slug = ""
    attend_rule: Literal["ok", "two_people", "contact_owner_first", "do_not_attend"] | None = None
    status: Literal["active", "unconfirmed", "closed"] | None = None
    category: Slug = ""
    severity: Annotated[int, Field(ge=1, le=5)] | None = None
    unvisited: Literal["never", "1", "3", "6", "12"] | None = None
    after: Annotated[str, Field(max_length=500)] | None = None
    box: Annotated[str, Field(max_length=200)] | None = None


def choices(words: Mapping[str, Sequence[str]]) -> Choices:
    """Return what the filters offer, with the kinds and categories of the taxonomy."""
    kinds, categories = ([(slug, in_words(slug)) for slug in words[name]] for name in ("site_kind", "exploitation"))
    return Choices(kind=kinds, category=categories)


def asked_for(data: FormData, *, rows: int, today: date) -> tuple[Wanted, Form]:
    """Return what a form asks of the list, and the form to be shown again. Raises NotABox."""
    values = typed(data)
    given = read(TypedFilters, values, _EXPECTED)
    shown = {name: values[name] for name in NAMES if values.get(name)}
    if not isinstance(given, TypedFilters):
        if "box" in given:
            raise NotABox("The box is not four numbers of degrees: west, south, east, north.")
        return Wanted(limit=rows), Form(values=shown, faults=given)
    filters = Filters(
        kind=given.kind,
        status=given.status or "",
        attend_rule=given.attend_rule or "",
        category=given.category,
        severity=given.severity,
        unvisited_since=_since(given.unvisited, today),
    )
    box = box_of(str(values["box"])) if "box" in values else None
    return Wanted(box=box, limit=rows, after=given.after, filters=filters), Form(values=shown)


def filter_words(filters: Filters, *, is_cut: bool) -> Iterator[str]:
    """Give what the list says of its filters, in sentences."""
    if filters != Filters():
        yield "Filters are on: the map shows what is listed."
    if is_cut:
        yield f"Only the first {MOST_LOOKED_AT:,} places of this part were looked at: move closer for the rest."


def _since(unvisited: str | None, today: date) -> date | None:
    """Return the first day of which a visit excludes a place, None where visits do not matter."""
    if unvisited is None:
        return None
    if unvisited == NEVER:
        return date.min
    months = today.year * 12 + today.month - 1 - int(unvisited)
    return date(months // 12, months % 12 + 1, min(today.day, 28))
