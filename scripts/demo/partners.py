"""The invented partners of the demo: organisations, the people who sign in, and what they agreed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

BOROUGHS: Final = ("E08000025", "E08000026", "E08000027", "E08000028", "E08000029", "E08000030", "E08000031")
EAST: Final = ("E08000025", "E08000026", "E08000029")
WEST: Final = ("E08000027", "E08000028", "E08000030", "E08000031")

PLACE, VISIT, NOTE = 0, 1, 2
STEP_5_KM, STEP_1_KM, STEP_500_M, STEP_100_M = range(4)


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """A partner of the demo: what it is, and the shares of its records collected for each reason."""

    slug: str
    name: str
    kind: str
    collects: tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody who signs in to the demo, in one role; `areas` are codes."""

    organisation: str
    role: str
    clearance: int
    areas: tuple[str, ...] = BOROUGHS
    login: str = ""

    @property
    def email(self) -> str:
        """Return the address, in a domain that cannot exist (RFC 2606)."""
        return f"{self.login or self.role}@{self.organisation}.demo.invalid"


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """One direction of sharing, lasting `days` from `starts` days before or after today."""

    provider: str
    recipient: str
    purposes: tuple[str, ...]
    kinds: tuple[int, ...]
    max_sensitivity: int
    finest_step: int
    starts: int = -60
    days: int = 330
    areas: tuple[str, ...] = BOROUGHS
    signed: tuple[bool, bool] = (True, True)
    is_suspended: bool = False


@dataclass(frozen=True, kw_only=True)
class JointVisit:
    """Two partners at one place of the owner, `starts` from midnight today; `state` is how the partner answered."""

    owner: str
    partner: str
    starts: timedelta
    state: str = "accepted"
    help: str = "visit_together"
    more_time: timedelta | None = None
    """How much more time the owner's second worker asked for."""


ORGANISATIONS: Final = (
    Organisation(slug="police", name="Demo Police", kind="police", collects=(0.2, 0.35, 0.45)),
    Organisation(slug="charity", name="Demo Charity", kind="charity", collects=(0.7, 0.3, 0)),
    Organisation(slug="east", name="Demo Council East", kind="council", collects=(0.3, 0.5, 0.2)),
    Organisation(slug="west", name="Demo Council West", kind="council", collects=(0.3, 0.5, 0.2)),
    Organisation(slug="health", name="Demo Health", kind="nhs", collects=(0.6, 0.4, 0)),
    Organisation(slug="commissioner", name="Demo Commissioner", kind="commissioner", collects=(0, 1, 0)),
)

EAST_AREAS: Final = (*EAST, "E23000016", "E23000017")
WEST_AREAS: Final = (*WEST, "E23000015", "E23000016")

MEMBERS: Final = (
    Member(organisation="police", role="outreach", clearance=3),
    Member(organisation="police", role="outreach", clearance=2, areas=("E08000025", "E08000029"), login="outreach2"),
    Member(organisation="police", role="analyst", clearance=2),
    Member(organisation="police", role="admin", clearance=2),
    Member(organisation="police", role="auditor", clearance=0),
    Member(organisation="charity", role="outreach", clearance=3),
    Member(organisation="charity", role="outreach", clearance=1, areas=("E08000027", "E08000028"), login="outreach2"),
    Member(organisation="charity", role="analyst", clearance=2),
    Member(organisation="charity", role="admin", clearance=2),
    Member(organisation="charity", role="auditor", clearance=0),
    Member(organisation="east", role="outreach", clearance=3, areas=EAST_AREAS),
    Member(organisation="east", role="analyst", clearance=2, areas=EAST_AREAS),
    Member(organisation="east", role="admin", clearance=2, areas=EAST_AREAS),
    Member(organisation="east", role="auditor", clearance=0, areas=EAST_AREAS),
    Member(organisation="west", role="outreach", clearance=3, areas=WEST_AREAS),
    Member(organisation="west", role="admin", clearance=2, areas=WEST_AREAS),
    Member(organisation="west", role="auditor", clearance=0, areas=WEST_AREAS),
    Member(organisation="health", role="outreach", clearance=3),
    Member(organisation="health", role="analyst", clearance=2),
    Member(organisation="health", role="admin", clearance=2),
    Member(organisation="health", role="auditor", clearance=0),
    Member(organisation="commissioner", role="analyst", clearance=2),
    Member(organisation="commissioner", role="admin", clearance=2),
    Member(organisation="commissioner", role="auditor", clearance=0),
    Member(organisation="charity", role="outreach", clearance=2, login="outreach3"),
    Member(organisation="police", role="outreach", clearance=2, login="outreach3"),
)

DESKS: Final = {"police": "0121 496 0101", "charity": "0121 496 0102", "east": "0121 496 0103",
                "west": "0121 496 0104", "health": "0121 496 0105"}  # fmt: skip
"""The duty desks, by organisation: numbers that Ofcom keeps for drama. The last outreach worker reads for each."""

WELFARE_FIRST: Final = ("visit", "safeguarding")

AGREEMENTS: Final = (
    Agreement(
        provider="police",
        recipient="charity",
        purposes=WELFARE_FIRST,
        kinds=(PLACE, VISIT, NOTE),
        max_sensitivity=2,
        finest_step=STEP_100_M,
    ),
    Agreement(
        provider="charity",
        recipient="police",
        purposes=WELFARE_FIRST,
        kinds=(PLACE,),
        max_sensitivity=1,
        finest_step=STEP_500_M,
    ),
    Agreement(
        provider="east",
        recipient="charity",
        purposes=WELFARE_FIRST,
        kinds=(PLACE, VISIT),
        max_sensitivity=1,
        finest_step=STEP_100_M,
        areas=EAST_AREAS,
    ),
    Agreement(
        provider="charity",
        recipient="health",
        purposes=("safeguarding",),
        kinds=(PLACE, NOTE),
        max_sensitivity=2,
        finest_step=STEP_1_KM,
    ),
    Agreement(
        provider="police",
        recipient="commissioner",
        purposes=("analysis",),
        kinds=(PLACE, VISIT, NOTE),
        max_sensitivity=2,
        finest_step=STEP_1_KM,
    ),
    Agreement(
        provider="charity",
        recipient="commissioner",
        purposes=("analysis",),
        kinds=(PLACE, VISIT),
        max_sensitivity=1,
        finest_step=STEP_5_KM,
    ),
    Agreement(
        provider="east",
        recipient="police",
        purposes=("enforcement",),
        kinds=(PLACE,),
        max_sensitivity=1,
        finest_step=STEP_5_KM,
        areas=EAST_AREAS,
    ),
    Agreement(
        provider="west",
        recipient="charity",
        purposes=WELFARE_FIRST,
        kinds=(PLACE, VISIT),
        max_sensitivity=2,
        finest_step=STEP_100_M,
        areas=WEST_AREAS,
        is_suspended=True,
    ),
    Agreement(
        provider="health",
        recipient="charity",
        purposes=("safeguarding",),
        kinds=(PLACE, NOTE),
        max_sensitivity=2,
        finest_step=STEP_1_KM,
        starts=-395,
        days=365,
    ),
    Agreement(
        provider="west",
        recipient="police",
        purposes=WELFARE_FIRST,
        kinds=(PLACE,),
        max_sensitivity=1,
        finest_step=STEP_1_KM,
        areas=WEST_AREAS,
        signed=(True, False),
    ),
    Agreement(
        provider="health",
        recipient="east",
        purposes=("safeguarding",),
        kinds=(PLACE,),
        max_sensitivity=1,
        finest_step=STEP_1_KM,
        areas=EAST_AREAS,
        starts=30,
    ),
)

JOINT_VISITS: Final = (
    JointVisit(owner="police", partner="charity", starts=timedelta(hours=18)),
    JointVisit(owner="police", partner="charity", starts=timedelta(days=-40, hours=17)),
    JointVisit(owner="charity", partner="police", starts=timedelta(days=10, hours=19)),
    JointVisit(owner="east", partner="charity", starts=timedelta(days=-12, hours=10)),
    JointVisit(owner="police", partner="charity", starts=timedelta(days=3, hours=20), state="cancelled"),
    JointVisit(owner="police", partner="charity", starts=timedelta(days=2, hours=18), state="proposed", help="support"),
    JointVisit(
        owner="charity", partner="police", starts=timedelta(days=4, hours=20), state="proposed", help="keep_safe"
    ),
    JointVisit(owner="charity", partner="health", starts=timedelta(days=5, hours=9), state="proposed", help="health"),
    JointVisit(owner="police", partner="charity", starts=timedelta(days=6, hours=17), more_time=timedelta(hours=5)),
    JointVisit(owner="east", partner="charity", starts=timedelta(days=7, hours=10), state="declined", help="children"),
)
JOINT_VISIT_LASTS: Final = timedelta(hours=3)

OPERATION: Final = "Operation Demo Lantern"
OPERATION_OWNER: Final = "police"
OPERATION_MEMBERS: Final = (
    "admin@police.demo.invalid",
    "outreach@police.demo.invalid",
    "outreach@charity.demo.invalid",
)
"""The admin looks after the operation by being its member."""

HANDLINGS: Final = ("none", "owner only", "excluded", "1 km", "safeguarding", "expires", "recipients", "unknown")
"""The ways in which the demo's records may travel, in the order in which they are stored."""
