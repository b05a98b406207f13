"""The list beside the map: places and squares of a box, in the order of the layer, filtered by what people look for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from data.database import Pool
from data.filters import Condition, NotAFilter, condition
from data.reading import Looks, Row, admitted, features, words_of
from data.vault import Vault
from geo.tile_keys import Bounds
from layers.catalogue import ATTEND_RULES, layer_named
from layers.features import as_features, look_cells
from layers.paging import opened_reference, reference, window
from layers.tiles import looks_at

MOST_LOOKED_AT: Final = 20_000
"""Places of a box that are looked at for their visits, risk notes or status, before somebody must move closer."""

_PLACES: Final = layer_named("places")
_POINTS, _CELLS = _PLACES.parts
LISTED: Final = replace(_POINTS, query="map_places", columns=(*_POINTS.columns, "visited_on", "severity"))
"""A place as the list tells it: with its last visit and its severest risk note, where this session may see them."""


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What somebody looks for; empty is anything. `severity` is the least; `unvisited_since` excludes later visits."""

    kind: str = ""
    status: str = ""
    attend_rule: str = ""
    category: str = ""
    severity: int | None = None
    unvisited_since: date | None = None

    @property
    def are_deep(self) -> bool:
        """Whether a place must be looked up for them, beyond what the map's tiles say of it."""
        return bool(self.status or self.category or self.severity or self.unvisited_since)

    @property
    def fit_squares(self) -> bool:
        """Whether a square can meet them: only its strictest attend rule is known."""
        return not (self.kind or self.are_deep)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A part of the list: the box in degrees (None: everywhere), how many rows, after what, filtered."""

    box: Bounds | None = None
    limit: int = 50
    after: str | None = None
    filters: Filters = Filters()


@dataclass(frozen=True)
class Listed:
    """GeoJSON features, the reference of the next part, and whether there were more places than are looked at."""

    features: list[dict[str, Any]]
    next: str | None
    is_cut: bool = False


def map_list(reader: tuple[Pool, Vault], wanted: Wanted, token: str | None) -> Listed:
    """Return a part of the list: places first, then squares, each in the order of its keys; no total is counted.

    Raises NotAFilter, NotAPage, NotSignedIn.
    """
    pool, vault = reader
    start, last = opened_reference(vault, _PLACES, wanted.after)
    places: list[Row] = []
    squares: list[Row] = []
    is_cut = False
    with admitted(pool, token, *looks_of(vault, look_cells(wanted.box))) as reading:
        if start == 0:
            words = {name: words_of(reading.conn, name) for name in ("site_kind", "exploitation")}
            rows = features(reading, LISTED.query, _points_asked(wanted, words, last))
            is_cut = wanted.filters.are_deep and rows[0]["looked"] >= MOST_LOOKED_AT
            places = [row for row in rows if row["id"] is not None]
            last = b""
        room = wanted.limit - len(places)
        if wanted.filters.fit_squares and room >= 0:
            asked = window(_CELLS, wanted.box, last) | {"most": room + 1}
            squares = features(reading, _CELLS.query, asked, _with_rule(wanted.filters.attend_rule))
    found = as_features(vault, LISTED, places[: wanted.limit]) + as_features(vault, _CELLS, squares[: max(room, 0)])
    return Listed(found, _next(vault, wanted.limit, places, squares), is_cut)


def _next(vault: Vault, limit: int, places: Sequence[Row], squares: Sequence[Row]) -> str | None:
    """Return the reference of what follows the first `limit` of places and squares, when there is more."""
    if len(places) > limit:
        return reference(vault, _PLACES, 0, places[limit - 1])
    room = limit - len(places)
    if len(squares) > room:
        return reference(vault, _PLACES, 1, squares[room - 1] if room else None)
    return None


def _with_rule(attend_rule: str) -> Condition | None:
    return condition(f"attend_rule = '{attend_rule}'", _CELLS.columns) if attend_rule else None


def looks_of(vault: Vault, cells: tuple[int, ...]) -> list[Looks]:
    """Return the looks that a list needs: it tells of places, of their last visit and of their severest risk note."""
    return [looks_at(vault, layer_named(name), cells) for name in ("places", "visits", "risks")]


def _points_asked(wanted: Wanted, words: dict[str, Sequence[str]], last: bytes) -> dict[str, Any]:
    filters, most = wanted.filters, wanted.limit + 1
    return {
        **window(LISTED, wanted.box, last),
        "most": most,
        "looked": MOST_LOOKED_AT if filters.are_deep else most,
        "kind": _code(words["site_kind"], filters.kind),
        "rule": ATTEND_RULES.index(filters.attend_rule) if filters.attend_rule else None,
        "status": filters.status or None,
        "category": _code(words["exploitation"], filters.category),
        "severity": filters.severity,
        "unvisited_since": filters.unvisited_since,
    }


def _code(words: Sequence[str], slug: str) -> int | None:
    if slug and slug not in words:
        raise NotAFilter("There is no such kind or category.")
    return words.index(slug) + 1 if slug else None
