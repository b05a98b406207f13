"""The layers: one declaration each. Adding a layer is a declaration, a query and a row of the access matrix."""

from dataclasses import dataclass
from typing import Literal

ATTEND_RULES = ("ok", "two_people", "contact_owner_first", "do_not_attend")
KNOWERS = ("visit", "safeguarding", "enforcement", "analysis")
COUNTS = -1
"""The kind of a layer that counts records of one's own organisation: nothing in it is disclosed by anybody else."""
EVERYBODY = (*KNOWERS, "administration", "audit")


class NoSuchLayer(LookupError):
    """No layer of that name is offered to this session."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One kind of feature in a layer: exact points, squares, or outlines, with the columns they carry."""

    query: str
    shape: Literal["point", "cell", "outline"]
    columns: tuple[str, ...]
    one_query: str | None = None


@dataclass(frozen=True, kw_only=True)
class Layer:
    """A layer: what it is called, who is offered it, from which queries it comes, and how it reads.

    `kind` is the kind of protected record (0 place, 1 visit, 2 note, COUNTS) or None for open data. What a session
    gets of a layer is decided in the database; `purposes` only says to whom its name is shown. `origin` says for the
    marking of exports where a layer comes from that is neither the session's own records nor open data.
    """

    name: str
    title: str
    description: str
    kind: int | None
    purposes: tuple[str, ...]
    tile_query: str
    parts: tuple[Part, ...]
    min_zoom: int = 6
    max_zoom: int = 16
    legend: tuple[tuple[str, str], ...] = ()
    origin: str = ""


_ATTEND_LEGEND = (
    ("ok", "Attend as usual"),
    ("two_people", "Two people, always"),
    ("contact_owner_first", "Contact the owner first"),
    ("do_not_attend", "Do not attend"),
)
_SEVERITY_LEGEND = tuple((str(severity), f"Severity {severity}") for severity in range(1, 6))

LAYERS: tuple[Layer, ...] = (
    Layer(
        name="places",
        title="Places",
        description="Places that may be visited: exact where this session may know it, otherwise squares.",
        kind=0,
        purposes=KNOWERS,
        tile_query="places_tile",
        parts=(
            Part(
                query="places_points",
                one_query="places_point",
                shape="point",
                columns=("name", "kind", "status", "attend_rule", "address", "postcode", "review_on"),
            ),
            Part(query="places_cells", shape="cell", columns=("size", "attend_rule")),
        ),
        legend=_ATTEND_LEGEND,
    ),
    Layer(
        name="risks",
        title="Risk flags",
        description="Category and severity of risk notes: at the place, or the strongest in a square.",
        kind=2,
        purposes=KNOWERS,
        tile_query="risks_tile",
        parts=(
            Part(
                query="risks_points",
                one_query="risks_point",
                shape="point",
                columns=("place", "category", "severity", "recorded_on"),
            ),
            Part(query="risks_cells", shape="cell", columns=("size", "category", "severity")),
        ),
        legend=_SEVERITY_LEGEND,
    ),
    Layer(
        name="visits",
        title="Visits",
        description="Visits made: outcome and day at the place, or the month of the latest in a square.",
        kind=1,
        purposes=KNOWERS,
        tile_query="visits_tile",
        parts=(
            Part(
                query="visits_points",
                one_query="visits_point",
                shape="point",
                columns=("place", "outcome", "visited_on"),
            ),
            Part(
                query="planned_points",
                one_query="planned_point",
                shape="point",
                columns=("place", "outcome", "visited_on"),
            ),
            Part(query="visits_cells", shape="cell", columns=("size", "visited_month")),
        ),
    ),
    Layer(
        name="hotspots",
        title="Visits and notes counted",
        description="Visits made and risk notes written in the last twelve months, by square: your organisation's own.",
        kind=COUNTS,
        purposes=("analysis",),
        tile_query="hotspots_tile",
        parts=(Part(query="hotspots_cells", shape="cell", columns=("size", "visits", "notes")),),
    ),
    Layer(
        name="coverage",
        title="Coverage",
        description="The month of the latest visit in a square, and at least how long ago: your organisation's own.",
        kind=COUNTS,
        purposes=("analysis",),
        tile_query="coverage_tile",
        parts=(Part(query="coverage_cells", shape="cell", columns=("size", "visited_month", "days_since")),),
    ),
    Layer(
        name="plan",
        title="My next shift",
        description="The stops of the next plan that you made or go by, numbered in order.",
        kind=0,
        purposes=KNOWERS,
        tile_query="plan_tile",
        parts=(
            Part(
                query="plan_points",
                one_query="plan_point",
                shape="point",
                columns=("number", "team", "begins_at"),
            ),
        ),
    ),
    Layer(
        name="sites",
        title="Frontline sites",
        description="Job centres, health care and banking from open data: where professionals may see signs.",
        kind=None,
        purposes=EVERYBODY,
        tile_query="sites_tile",
        parts=(
            Part(query="sites_points", one_query="sites_point", shape="point", columns=("name", "sector", "source")),
        ),
    ),
    Layer(
        name="boroughs",
        title="Boroughs",
        description="The seven boroughs of the West Midlands.",
        kind=None,
        purposes=EVERYBODY,
        tile_query="outline_tile",
        parts=(Part(query="outlines", one_query="outline", shape="outline", columns=("code", "name")),),
    ),
    Layer(
        name="wards",
        title="Wards",
        description="The wards of the seven boroughs.",
        kind=None,
        purposes=EVERYBODY,
        tile_query="outline_tile",
        parts=(Part(query="outlines", one_query="outline", shape="outline", columns=("code", "name")),),
    ),
)
_BY_NAME = {layer.name: layer for layer in LAYERS}


def layer_named(name: str) -> Layer:
    """Return the layer of this name. Raises NoSuchLayer."""
    if (layer := _BY_NAME.get(name)) is None:
        raise NoSuchLayer("There is no such layer.")
    return layer


def offered(purpose: str) -> tuple[Layer, ...]:
    """Return the layers whose names are shown to a session of this purpose, in order."""
    return tuple(layer for layer in LAYERS if purpose in layer.purposes)
