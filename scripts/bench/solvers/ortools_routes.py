"""OR-Tools' routing library: parallel cheapest insertion, then guided local search until the processor time is used."""

import json
import sys
import time
from itertools import pairwise
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

FAR_AWAY = 10**9
NEVER_DROPPED = 10**9


def answer(asked: dict[str, Any]) -> list[list[int]]:
    """Return the order of stops of each team; none at all if no solution was found in time."""
    teams, stops, bases = asked["teams"], asked["stops"], asked["bases"]
    points = bases + len(stops)
    starts, ends = [team["start"] for team in teams], [team["end"] for team in teams]
    manager = pywrapcp.RoutingIndexManager(points, len(teams), starts, ends)
    routing = pywrapcp.RoutingModel(manager)
    _add_travel(routing, asked)
    _add_time(routing, manager, asked)
    _add_load(routing, [0] * bases + [1] * len(stops), [_or_far(team["most_stops"]) for team in teams], "stops")
    loads = [0] * bases + [stop["load"] for stop in stops]
    _add_load(routing, loads, [_or_far(team["capacity"]) for team in teams], "load")
    for number, stop in enumerate(stops):
        index = manager.NodeToIndex(bases + number)
        if not stop["must"]:
            routing.AddDisjunction([index], stop["prize"])
        elif asked["some_optional"]:
            routing.AddDisjunction([index], NEVER_DROPPED)
        routing.VehicleVar(index).SetValues([-1, *stop["teams"]])
    found = _solution(routing, asked["seconds"])
    return [_order(routing, manager, found, team) for team in range(len(teams))] if found else [[] for _ in teams]


def _or_far(limit: int | None) -> int:
    return FAR_AWAY if limit is None else limit


def _add_travel(routing: pywrapcp.RoutingModel, asked: dict[str, Any]) -> None:
    for vehicle, team in enumerate(asked["teams"]):
        cost = [[asked["rate"] * minutes for minutes in row] for row in asked["minutes"][team["mode"]]]
        routing.SetArcCostEvaluatorOfVehicle(routing.RegisterTransitMatrix(cost), vehicle)


def _add_time(routing: pywrapcp.RoutingModel, manager: pywrapcp.RoutingIndexManager, asked: dict[str, Any]) -> None:
    stays = [0] * asked["bases"] + [stop["minutes"] for stop in asked["stops"]]
    transits = {
        mode: routing.RegisterTransitMatrix(
            [[minute + stay for minute in row] for row, stay in zip(rows, stays, strict=True)]
        )
        for mode, rows in asked["minutes"].items()
    }
    latest = max(team["closes"] for team in asked["teams"])
    by_team = [transits[team["mode"]] for team in asked["teams"]]
    routing.AddDimensionWithVehicleTransits(by_team, latest, latest, False, "time")
    clock = routing.GetDimensionOrDie("time")
    for vehicle, team in enumerate(asked["teams"]):
        clock.CumulVar(routing.Start(vehicle)).SetRange(team["opens"], team["closes"])
        clock.CumulVar(routing.End(vehicle)).SetRange(team["opens"], team["closes"])
        if team["longest"] is not None:
            clock.SetSpanUpperBoundForVehicle(team["longest"], vehicle)
    for number, stop in enumerate(asked["stops"]):
        start = clock.CumulVar(manager.NodeToIndex(asked["bases"] + number))
        windows = sorted(stop["windows"])
        start.SetRange(windows[0][0], max(closes for _, closes in windows))
        for (_, closes), (opens, _) in pairwise(windows):
            if opens > closes + 1:
                start.RemoveInterval(closes + 1, opens - 1)


def _add_load(routing: pywrapcp.RoutingModel, loads: list[int], limits: list[int], name: str) -> None:
    if min(limits) < FAR_AWAY:
        routing.AddDimensionWithVehicleCapacity(routing.RegisterUnaryTransitVector(loads), 0, limits, True, name)


def _solution(routing: pywrapcp.RoutingModel, seconds: float) -> pywrapcp.Assignment | None:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.seconds = 3600
    routing.CloseModelWithParameters(parameters)
    until = time.process_time() + seconds
    routing.AddSearchMonitor(routing.solver().CustomLimit(lambda: time.process_time() >= until))
    return routing.SolveWithParameters(parameters)


def _order(
    routing: pywrapcp.RoutingModel, manager: pywrapcp.RoutingIndexManager, found: pywrapcp.Assignment, team: int
) -> list[int]:
    index, order = found.Value(routing.NextVar(routing.Start(team))), []
    while not routing.IsEnd(index):
        order.append(manager.IndexToNode(index))
        index = found.Value(routing.NextVar(index))
    return order


if __name__ == "__main__":
    question = json.load(sys.stdin)
    orders = [[point - question["bases"] for point in order] for order in answer(question)]
    json.dump({"orders": orders, "proved": False, "seconds": time.process_time()}, sys.stdout)
