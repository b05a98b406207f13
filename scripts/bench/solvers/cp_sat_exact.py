"""OR-Tools' CP-SAT with an exact model of a shift: it proves its answer the best one, or runs out of time."""

import json
import sys
import time
from itertools import permutations
from typing import Any, NamedTuple, TypeAlias

from ortools.sat.python import cp_model

_Arcs: TypeAlias = dict[tuple[int, int], cp_model.IntVar]


class _Route(NamedTuple):
    """Whether a team visits each stop, which way it goes, and its minutes of travel."""

    visits: list[cp_model.IntVar]
    arcs: _Arcs
    travel: cp_model.LinearExpr


def answer(asked: dict[str, Any]) -> tuple[list[list[int]], bool]:
    """Return the order of stops of each team, and whether it was proved that no plan scores more."""
    model = cp_model.CpModel()
    starts = [_start(model, stop) for stop in asked["stops"]]
    visits = [_route(model, asked, number, starts) for number in range(len(asked["teams"]))]
    gains = []
    for number, stop in enumerate(asked["stops"]):
        visited = [route.visits[number] for route in visits]
        (model.add_exactly_one if stop["must"] else model.add_at_most_one)(visited)
        gains += [stop["prize"] * visit for visit in visited]
    model.maximize(sum(gains) - asked["rate"] * sum(route.travel for route in visits))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = asked["seconds"]
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
        return [[] for _ in visits], False
    return [_order(solver, route.arcs) for route in visits], status == cp_model.OPTIMAL


def _start(model: cp_model.CpModel, stop: dict[str, Any]) -> cp_model.IntVar:
    windows = cp_model.Domain.from_intervals(stop["windows"])
    return model.new_int_var_from_domain(windows, "")


def _route(model: cp_model.CpModel, asked: dict[str, Any], number: int, starts: list[cp_model.IntVar]) -> _Route:
    """Add the circuit of one team: from its base through some stops and back; node 0 is the base."""
    team, stops = asked["teams"][number], asked["stops"]
    visits = [model.new_bool_var("") for _ in stops]
    arcs = {pair: model.new_bool_var("") for pair in permutations(range(len(stops) + 1), 2)}
    stays = model.new_bool_var("")
    itself = [(place + 1, place + 1, ~visit) for place, visit in enumerate(visits)]
    model.add_circuit([(0, 0, stays), *itself, *((*pair, goes) for pair, goes in arcs.items())])
    for visit, stop in zip(visits, stops, strict=True):
        model.add_implication(visit, ~stays)
        if number not in stop["teams"]:
            model.add(visit == 0)
    if team["most_stops"] is not None:
        model.add(sum(visits) <= team["most_stops"])
    if team["capacity"] is not None:
        model.add(sum(stop["load"] * visit for stop, visit in zip(stops, visits, strict=True)) <= team["capacity"])
    return _Route(visits, arcs, _timed(model, asked, number, starts=starts, arcs=arcs))


def _timed(
    model: cp_model.CpModel, asked: dict[str, Any], number: int, *, starts: list[cp_model.IntVar], arcs: _Arcs
) -> cp_model.LinearExpr:
    """Let a team be at each stop no sooner than it can be; return its minutes of travel."""
    team, stops = asked["teams"][number], asked["stops"]
    minutes, points = asked["minutes"][team["mode"]], [asked["bases"] + place for place in range(len(stops))]
    leaves, returns = (model.new_int_var(team["opens"], team["closes"], "") for _ in range(2))
    if team["longest"] is not None:
        model.add(returns - leaves <= team["longest"])
    froms, tos = [team["start"], *points], [team["end"], *points]
    left = [leaves, *(start + stop["minutes"] for start, stop in zip(starts, stops, strict=True))]
    begun = [returns, *starts]
    ways = {(one, other): minutes[froms[one]][tos[other]] for one, other in arcs}
    for (one, other), goes in arcs.items():
        model.add(begun[other] >= left[one] + ways[one, other]).only_enforce_if(goes)
    return sum(ways[pair] * goes for pair, goes in arcs.items())


def _order(solver: cp_model.CpSolver, arcs: _Arcs) -> list[int]:
    follows = {one: other for (one, other), goes in arcs.items() if solver.value(goes)}
    order, here = [], follows.get(0, 0)
    while here:
        order.append(here - 1)
        here = follows[here]
    return order


if __name__ == "__main__":
    question = json.load(sys.stdin)
    begun = time.process_time()
    orders, is_proved = answer(question)
    json.dump({"orders": orders, "proved": is_proved, "seconds": time.process_time() - begun}, sys.stdout)
