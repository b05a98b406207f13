"""Rivals that plan a shift, each in a process of the rivals' environment; their plans go through our checker."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from geo.shifts.checking import faults
from geo.shifts.moving import scheduled
from geo.shifts.plans import Plan
from geo.shifts.problem import Shift
from geo.shifts.reach import hours, openings
from scripts.bench.rivals import programs

SOLVERS: Final = Path(__file__).parent / "solvers"


@dataclass(frozen=True, kw_only=True)
class Rival:
    """A solver: its name, its program, and what it says about itself."""

    name: str
    program: str
    shown: str
    level: int = 0


OR_TOOLS: Final = Rival(
    name="OR-Tools",
    program="ortools_routes.py",
    shown="OR-Tools 9.15 routing: parallel cheapest insertion, guided local search, one thread, processor time",
)
VROOM: Final = Rival(
    name="VROOM",
    program="vroom_routes.py",
    shown="VROOM (pyvroom 1.15) exploration level 5 to its end, one thread",
    level=5,
)
CP_SAT: Final = Rival(name="CP-SAT", program="cp_sat_exact.py", shown="OR-Tools 9.15 CP-SAT, exact model, two workers")


@dataclass(frozen=True, kw_only=True)
class RivalAnswer:
    """A rival's plan, what our checker says about it, and the processor time that it took."""

    plan: Plan
    faults: tuple[str, ...]
    is_proved: bool
    seconds: float


def rival_answer(rival: Rival, shift: Shift, seconds: float) -> RivalAnswer:
    """Return a rival's plan of a shift after so many seconds; windows of a stop are for all teams alike."""
    asked = json.dumps(question(shift) | {"seconds": seconds, "level": rival.level})
    command = [str(programs() / "python"), str(SOLVERS / rival.program)]
    done = subprocess.run(command, input=asked, capture_output=True, check=False, text=True)
    if done.returncode:
        raise click.ClickException(f"{rival.name} failed: {done.stderr.strip().splitlines()[-1]}")
    said = json.loads(done.stdout)
    orders = {
        team.id: [shift.stops[number].id for number in order]
        for team, order in zip(shift.teams, said["orders"], strict=True)
    }
    plan = scheduled(shift, orders)
    return RivalAnswer(plan=plan, faults=faults(shift, plan), is_proved=said["proved"], seconds=said["seconds"])


def question(shift: Shift) -> dict[str, Any]:
    """Return a shift as the rivals read it. A stop that no team can reach has no teams, and any hours."""
    latest = max(team.ends for team in shift.teams)
    stops = []
    for number, stop in enumerate(shift.stops):
        reach = [openings(shift, team, number) for team in shift.teams]
        stops.append(
            {
                "minutes": stop.minutes,
                "prize": stop.prize,
                "must": stop.must_go,
                "load": stop.load,
                "windows": [[window.opens, window.closes] for window in stop.windows] or [[0, latest]],
                "teams": [team for team, windows in enumerate(reach) if any(windows)],
            }
        )
    return {
        "bases": len(shift.bases),
        "rate": shift.points_per_minute,
        "some_optional": not all(stop.must_go for stop in shift.stops),
        "minutes": {mode: matrix.tolist() for mode, matrix in shift.travel.minutes.items()},
        "teams": [_team(shift, number) for number in range(len(shift.teams))],
        "stops": stops,
    }


def _team(shift: Shift, number: int) -> dict[str, Any]:
    team = shift.teams[number]
    out = hours(shift, team)
    return {
        "start": team.start_base,
        "end": team.end_base,
        "opens": out.opens if out else team.starts,
        "closes": out.closes if out else team.starts,
        "mode": team.mode,
        "longest": team.longest,
        "most_stops": team.most_stops,
        "capacity": team.capacity,
    }
