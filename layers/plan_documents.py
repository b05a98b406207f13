"""The document of a plan: what was asked for, and the order of places by id. It tells nothing of any place."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from geo.shifts.plans import Call, Plan, Route

LONGEST_HOURS: Final = 12
"""How long a shift lasts at most."""
ANSWERED: Final = "answered"
TOGETHER, ALONE = "together", "alone"
"""A worker's wish that nobody goes to a place alone, and its end."""
DROPPED: Final = "never"
MUST: Final = "must"
SKILLS: Final = {
    "women_workers_only": "Women only",
    "interpreter_needed": "With an interpreter",
    "interpreter_from_elsewhere": "With an interpreter from another community",
    "no_uniform": "Without uniform",
    "no_marked_vehicle": "Without a marked vehicle",
}
"""What a team can be besides its members, by the contact flag that asks for it."""


NOTHING_YET: Final = Plan(routes=(), left_out=())


@dataclass(frozen=True, kw_only=True)
class TeamAsked:
    """A team as it was asked for: members by membership, how it travels, and what it can do.

    `known_as` is the number of the organisation's team that goes, 0 where nobody said: visits carry it on.
    """

    number: int
    members: tuple[UUID, ...]
    mode: str = "car"
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    known_as: int = 0

    @property
    def id(self) -> str:
        """Return how the shift names the team."""
        return str(self.number)

    @property
    def name(self) -> str:
        """Return how a page names the team."""
        return f"Team {self.number}"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a plan was asked to do: from where (EPSG:27700 metres), how far, how long, by whom; minutes since midnight.

    `exploratory` is the share of visits, in per cent, that go where little is known.
    """

    easting: float
    northing: float
    base: str
    kilometres: int
    starts: int
    ends: int
    minutes: int
    most_stops: int
    exploratory: int
    teams: tuple[TeamAsked, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """A plan's whole document: what was asked, the wishes since, and the plan found. Places are ids as text."""

    asked: Asked
    wishes: Mapping[str, str] = field(default_factory=dict)
    """By place: it must be in, must not be, or the number of the team that goes."""
    agreed: frozenset[str] = frozenset()
    """The places whose owner was asked, and agreed."""
    together: frozenset[str] = frozenset()
    """The places to which a worker asked not to go alone."""
    joint: frozenset[str] = frozenset()
    """Which of the stops are joint visits, by their own ids: a plan keeps nothing else of them."""
    plan: Plan = NOTHING_YET
    is_estimate: bool = True
    """Whether the times of the plan come from distances, not from a road map."""

    @property
    def places(self) -> list[UUID]:
        """Return all places and joint visits that it names, each once: those visited first."""
        others = sorted(self.agreed | self.together)
        visited = [call.stop for route in self.plan.routes for call in route.calls]
        return [UUID(id) for id in dict.fromkeys([*visited, *self.plan.left_out, *self.wishes, *others])]


def without_closed(document: Document, known: Collection[str]) -> Document:
    """Return the document without those joint visits that are not among the stops known now: cancelled, or over."""
    gone = document.joint - set(known)
    routes = tuple(
        replace(route, calls=tuple(call for call in route.calls if call.stop not in gone))
        for route in document.plan.routes
    )
    left_out = tuple(id for id in document.plan.left_out if id not in gone)
    plan = Plan(routes=tuple(route for route in routes if route.calls), left_out=left_out)
    return replace(document, plan=plan, joint=document.joint - gone)


@dataclass(frozen=True, kw_only=True)
class ToldCall:
    """A call as a reader is told of it: the stop, None where it may no longer be shown; its hours, None where not."""

    stop: str | None
    hours: Call | None


@dataclass(frozen=True, kw_only=True)
class ToldRoute:
    """A route as a reader is told of it; `returns` and `travel` are None where one of its stops may not be shown."""

    team: str
    leaves: int
    returns: int | None
    travel: int | None
    calls: tuple[ToldCall, ...]

    @property
    def is_whole(self) -> bool:
        """Return whether the reader knows all of its stops."""
        return self.returns is not None


def told_route(route: Route, known: Collection[str]) -> ToldRoute:
    """Return what is told of a route to who knows these stops.

    Hours tell how far apart stops lie: from the first stop on that is not known, none is told, nor when the team is
    back. Of that stop itself nothing is told but that there is one.
    """
    first = next((number for number, call in enumerate(route.calls) if call.stop not in known), len(route.calls))
    is_whole = first == len(route.calls)
    return ToldRoute(
        team=route.team,
        leaves=route.leaves,
        returns=route.returns if is_whole else None,
        travel=route.travel if is_whole else None,
        calls=tuple(
            ToldCall(stop=call.stop if call.stop in known else None, hours=call if number < first else None)
            for number, call in enumerate(route.calls)
        ),
    )


def for_member(document: Document, membership: UUID, known: Collection[str]) -> Document:
    """Return the document as somebody reads it who goes by it and did not make it.

    A route of another team is left away unless all of its stops are known to the reader.
    """
    own = {team.id for team in document.asked.teams if membership in team.members}
    routes = tuple(
        route for route in document.plan.routes if route.team in own or all(call.stop in known for call in route.calls)
    )
    return replace(document, plan=replace(document.plan, routes=routes))


def written(document: Document) -> dict[str, Any]:
    """Return the document as JSON."""
    asked = asdict(document.asked)
    asked["teams"] = [
        {
            **team,
            "members": [str(id) for id in team["members"]],
            "skills": sorted(team["skills"]),
            "languages": sorted(team["languages"]),
        }
        for team in asked["teams"]
    ]
    wishes = {
        "wishes": dict(document.wishes),
        "agreed": sorted(document.agreed),
        "together": sorted(document.together),
        "joint": sorted(document.joint),
    }
    return {"asked": asked, **wishes, "plan": asdict(document.plan), "is_estimate": document.is_estimate}


def read_document(value: Mapping[str, Any]) -> Document:
    """Return the document that `written` wrote."""
    asked = dict(value["asked"])
    teams = tuple(
        TeamAsked(**{
            **team, "members": tuple(UUID(id) for id in team["members"]), "skills": frozenset(team["skills"]),
            "languages": frozenset(team.get("languages", ())),
        })
        for team in asked.pop("teams")
    )  # fmt: skip
    routes = tuple(
        Route(**{**route, "calls": tuple(Call(**call) for call in route["calls"])})
        for route in value["plan"]["routes"]
    )  # fmt: skip
    plan = Plan(routes=routes, left_out=tuple(value["plan"]["left_out"]))
    return Document(
        asked=Asked(**asked, teams=teams),
        wishes=value["wishes"],
        agreed=frozenset(value["agreed"]),
        together=frozenset(value.get("together", ())),
        joint=frozenset(value.get("joint", ())),
        plan=plan,
        is_estimate=value.get("is_estimate", True),
    )
