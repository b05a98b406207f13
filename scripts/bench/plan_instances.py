"""Published instances as shifts: Solomon's, and those of Gehring & Homberger with prizes, in tenths of their unit.

Distances are truncated to one decimal, as in the DIMACS challenge from which the best known costs come.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geo.arrays import Integers
from geo.shifts.plans import Plan, score
from geo.shifts.problem import Point, Shift, Stop, Team, Window
from geo.shifts.travel import CAR, Travel

TENTHS = 10


@dataclass(frozen=True, kw_only=True)
class Instance:
    """A shift, with the orders of the best known plan and its cost in tenths."""

    name: str
    shift: Shift
    best_orders: Mapping[str, Sequence[str]]
    best_known: float

    def cost(self, plan: Plan) -> int:
        """Return travel and prizes that were not won: what published costs count."""
        prizes = sum(stop.prize for stop in self.shift.stops)
        return prizes - score(self.shift, plan)

    def gap(self, plan: Plan) -> float:
        """Return by how many per cent a plan costs more than the best known one."""
        return 100 * (self.cost(plan) / self.best_known - 1)


def solomon(folder: Path) -> Iterator[Instance]:
    """Give the instances of a folder of `NAME.txt` and `NAME.sol`, by name: every stop must be visited."""
    for file in sorted(folder.glob("*.txt")):
        lines = [line.split() for line in file.read_text().splitlines()]
        numbers = [[int(float(word)) for word in line] for line in lines if line and line[0].isdigit()]
        (vehicles, capacity), rows = numbers[0], np.array(numbers[1:], dtype=np.int64)
        table = _Table(places=rows[:, 1:3], loads=rows[:, 3], windows=rows[:, 4:6], stays=rows[:, 6])
        yield _instance(file.with_suffix(".sol"), table.shift(vehicles, capacity), unit=TENTHS)


def prize_collecting(folder: Path) -> Iterator[Instance]:
    """Give the instances of a folder of `NAME.vrp` (VRPLIB with prizes) and `NAME.sol`, by name."""
    for file in sorted(folder.glob("*.vrp")):
        text = file.read_text()
        facts = {name: int(number) for name, number in re.findall(r"^(\w+) : (\d+)$", text, re.MULTILINE)}
        sections = {
            name: np.array([line.split()[1:] for line in body.strip().splitlines()], dtype=np.int64)
            for name, body in re.findall(r"^(\w+)_SECTION\n((?:\d[\d \t]*\n)+)", text, re.MULTILINE)
            if name != "DEPOT"
        }
        places = sections["NODE_COORD"]
        table = _Table(
            places=places,
            loads=sections["DEMAND"][:, 0],
            windows=sections["TIME_WINDOW"],
            stays=np.where(np.arange(len(places)) > 0, facts["SERVICE_TIME"], 0),
            prizes=sections["PRIZE"][:, 0],
        )
        yield _instance(file.with_suffix(".sol"), table.shift(facts["VEHICLES"], facts["CAPACITY"]), unit=1)


@dataclass(frozen=True, kw_only=True)
class _Table:
    """The rows of an instance, the depot first, in its own unit; without prizes every stop must be visited."""

    places: Integers
    loads: Integers
    windows: Integers
    stays: Integers
    prizes: Integers | None = None

    def shift(self, vehicles: int, capacity: int) -> Shift:
        """Return it as a shift in tenths."""
        ends = int(self.windows[0, 1]) * TENTHS
        teams = [
            Team(id=f"team {number}", name="", members=2, starts=0, ends=ends, capacity=capacity)
            for number in range(1, vehicles + 1)
        ]
        away = self.places[:, None, :] - self.places[None, :, :]
        travel = np.floor(TENTHS * np.hypot(away[..., 0], away[..., 1]) + 1e-9).astype(np.int64)
        return Shift(
            bases=(Point(easting=0, northing=0),),
            teams=tuple(teams),
            stops=tuple(self._stop(row) for row in range(1, len(self.loads))),
            travel=Travel(minutes={CAR: travel}, is_estimate=True),
        )

    def _stop(self, row: int) -> Stop:
        opens, closes = self.windows[row]
        return Stop(
            id=str(row),
            easting=0,
            northing=0,
            minutes=int(self.stays[row]) * TENTHS,
            prize=0 if self.prizes is None else int(self.prizes[row]) * TENTHS,
            windows=(Window(opens=int(opens) * TENTHS, closes=int(closes) * TENTHS),),
            must_go=self.prizes is None,
            load=int(self.loads[row]),
        )


def _instance(solution: Path, shift: Shift, *, unit: int) -> Instance:
    """Read a solution file: routes of stops, and a cost of which one is `unit` tenths."""
    text = solution.read_text()
    orders = {f"team {number}": stops.split() for number, stops in re.findall(r"#(\d+): ?([\d ]+)", text)}
    cost = re.search(r"Cost:? ([\d.]+)", text)
    if cost is None:
        message = f"{solution.name} has no line with its cost."
        raise ValueError(message)
    return Instance(name=solution.stem, shift=shift, best_orders=orders, best_known=round(float(cost[1]) * unit))
