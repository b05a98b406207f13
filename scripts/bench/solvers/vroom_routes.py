"""VROOM on one thread, at the exploration level that is asked for and to its end: its limit of time is of the wall.

Its priorities are lexicographic, so a prize becomes a priority from 1 to 99 and a must-go stop has 100; it has no limit
of time out, so a team's hours are cut to that.
"""

import json
import sys
import time
from typing import Any

import vroom

MOST_PRIORITY = 100


def answer(asked: dict[str, Any]) -> list[list[int]]:
    """Return the order of stops of each team."""
    problem = vroom.Input()
    for mode, rows in asked["minutes"].items():
        problem.set_durations_matrix(profile=mode, matrix_input=rows)
    everything = sum(stop["load"] for stop in asked["stops"])
    problem.add_vehicle(
        [_vehicle(number, team, asked["stops"], everything) for number, team in enumerate(asked["teams"])]
    )
    problem.add_job([_job(number, stop, asked) for number, stop in enumerate(asked["stops"])])
    found = problem.solve(exploration_level=asked["level"], nb_threads=1)
    orders: list[list[int]] = [[] for _ in asked["teams"]]
    rows = found.routes[found.routes["type"] == "job"]
    for team, stop in zip(rows["vehicle_id"], rows["id"], strict=True):
        orders[int(team)].append(int(stop))
    return orders


def _vehicle(number: int, team: dict[str, Any], stops: list[dict[str, Any]], everything: int) -> vroom.Vehicle:
    closes = team["closes"] if team["longest"] is None else min(team["closes"], team["opens"] + team["longest"])
    limits = {} if team["most_stops"] is None else {"max_tasks": team["most_stops"]}
    return vroom.Vehicle(
        number,
        start=team["start"],
        end=team["end"],
        profile=team["mode"],
        capacity=[everything if team["capacity"] is None else team["capacity"]],
        skills={place + 1 for place, stop in enumerate(stops) if number in stop["teams"]},
        time_window=vroom.TimeWindow(team["opens"], closes),
        **limits,
    )


def _job(number: int, stop: dict[str, Any], asked: dict[str, Any]) -> vroom.Job:
    most = max(other["prize"] for other in asked["stops"])
    priority = MOST_PRIORITY if stop["must"] else 1 + stop["prize"] * (MOST_PRIORITY - 2) // max(1, most)
    is_for_all = len(stop["teams"]) == len(asked["teams"])
    return vroom.Job(
        number,
        location=asked["bases"] + number,
        default_service=stop["minutes"],
        delivery=vroom.Amount([stop["load"]]),
        skills=set() if is_for_all else {number + 1},
        priority=priority if asked["some_optional"] else 0,
        time_windows=[vroom.TimeWindow(opens, closes) for opens, closes in sorted(stop["windows"])],
    )


if __name__ == "__main__":
    question = json.load(sys.stdin)
    begun = time.process_time()
    orders = answer(question)
    json.dump({"orders": orders, "proved": False, "seconds": time.process_time() - begun}, sys.stdout)
