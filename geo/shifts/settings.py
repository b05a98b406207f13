"""How an organisation plans: weights, speeds, lengths and rhythms as one value, and what it means in minutes.

A point is what a minute of travel costs, so that every weight can be said as minutes that a team goes out of its way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from geo.shifts.need import Weights
from geo.shifts.travel import HOURS, Speeds

PARTS_OF_DAY: Final = (
    ("7 to 10", range(7, 10)),
    ("10 to 16", range(10, 16)),
    ("16 to 19", range(16, 19)),
    ("19 to 21", range(19, 21)),
    ("21 to 7", (*range(21, 24), *range(7))),
)
"""The parts of a day that differ in how fast one gets on by car, and their hours."""
RHYTHM: Final = 60
"""After how many days a place of a kind that no table knows is to be seen again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All settings of an organisation as whole numbers but for ``foot_speed``; ``version`` 0 are the defaults.

    Weights in points, shares in per cent, speeds in km/h (by car one for each of ``PARTS_OF_DAY``), times in minutes
    and days. ``rhythms`` are days by kind of place.
    """

    version: int = 0
    risk: int = 30
    severity_shares: tuple[int, ...] = (10, 25, 50, 80, 100)
    half_life: int = 90
    risk_most: int = 90
    overdue: int = 20
    overdue_most: int = 2
    request: int = 40
    follow_up: int = 30
    exploration: int = 40
    exploratory: int = 10
    minutes: int = 20
    car_speeds: tuple[int, ...] = (22, 25, 20, 27, 30)
    foot_speed: float = 4.8
    parking: int = 3
    slack: int = 15
    rhythms: Mapping[str, int] = field(default_factory=dict)

    @property
    def weights(self) -> Weights:
        """Return what the formula of the need takes."""
        one, two, three, four, five = (share / 100 for share in self.severity_shares)
        return Weights(
            risk=self.risk,
            severity_share=(one, two, three, four, five),
            half_life=self.half_life,
            risk_most=self.risk_most,
            overdue=self.overdue,
            overdue_most=self.overdue_most,
            request=self.request,
            follow_up=self.follow_up,
            exploration=self.exploration,
            exploring=self.exploratory / 100,
        )

    @property
    def speeds(self) -> Speeds:
        """Return what the estimate of travel takes."""
        car = [0.0] * HOURS
        for (_, hours), speed in zip(PARTS_OF_DAY, self.car_speeds, strict=True):
            for hour in hours:
                car[hour] = float(speed)
        return Speeds(car=tuple(car), foot=self.foot_speed, parking=self.parking, slack=self.slack / 100)

    def rhythm(self, kind: str) -> int:
        """Return after how many days a place of this kind is to be seen again."""
        return self.rhythms.get(kind, RHYTHM)


def effects(settings: Settings) -> tuple[str, ...]:
    """Return in sentences what these settings make a team do."""
    now, weights = settings, settings.weights
    fresh = [round(min(weights.risk * share, weights.risk_most)) for share in weights.severity_share]
    five = round(5 * 60 / now.car_speeds[2])
    never = now.overdue * now.overdue_most
    far = f"{fresh[4]} minutes out of its way; of severity 3, up to {fresh[2]}; of severity 1, up to {fresh[0]}"
    return (
        f"For a fresh risk note of severity 5 a team goes up to {far}.",
        f"After {now.half_life} days a risk note counts half. All of a place count {now.risk_most} at most.",
        f"For a place whose rhythm is just over it goes up to {now.overdue} minutes; never visited, up to {never}.",
        f"A request for another visit is worth {now.request} minutes, a follow-up that is due {now.follow_up}.",
        f"{now.exploratory} of 100 visits go where little is known; each is worth {now.exploration} more.",
        f"A visit takes {now.minutes} minutes. To park takes {now.parking}; every way, {now.slack} per cent longer.",
        f"Five kilometres by car at 17:00 take {five} minutes before detours; on foot, {round(300 / now.foot_speed)}.",
    )
