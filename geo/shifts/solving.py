"""The best plan that can be found in the time there is, and never a worse one than the greedy plan.

The solver is PyVRP (Wouda, Lan & Kool 2024, doi:10.1287/ijoc.2023.0055), an iterated local search for vehicle routing
with prizes and time windows. It holds Python's lock for some milliseconds at a time and keeps one processor busy.
"""

import threading
import time
import warnings
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Final

from pyvrp import (
    IteratedLocalSearch,
    IteratedLocalSearchCallbacks,
    IteratedLocalSearchParams,
    Solution,
    SolveParams,
    solve,
)
from pyvrp.exceptions import PenaltyBoundWarning

from geo.shifts.checking import faults
from geo.shifts.greedy import greedy_plan
from geo.shifts.plans import Plan, score
from geo.shifts.problem import Shift
from geo.shifts.routing import routing
from geo.shifts.wishes import impossible

_GLANCE_SECONDS: Final = 0.1
_ITERATIONS_TO_EXCUSE: Final = 300


class NoPlan(ValueError):
    """The must-go stops cannot all be in one plan; ``stops`` are ids of those without which there would be one."""

    def __init__(self, message: str, stops: tuple[str, ...]) -> None:
        """Keep which stops."""
        super().__init__(message)
        self.stops = stops


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A plan, its score in points, and the seconds after which it was there."""

    plan: Plan
    score: int
    elapsed: float


def solved(
    shift: Shift,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    clock: Callable[[], float] = time.perf_counter,
) -> Plan:
    """Return the best plan found in so many seconds (for people) or iterations (the same plan each time).

    Seconds are those of ``clock``: give ``time.process_time`` to compare on a busy machine. Every plan has passed
    ``checking.faults``. Raises ``NoPlan`` where a must-go stop is impossible
    (``wishes.impossible`` says why), or where the must-go stops, each possible alone, are not together in any plan
    that was found; ``ValueError`` unless one of ``seconds`` and ``iterations`` is given.
    """
    if (seconds is None) == (iterations is None):
        message = "A search ends after seconds or after iterations; expected one of both."
        raise ValueError(message)
    is_over = _from_now(seconds, iterations, clock)
    search = _Search(shift, seed=seed)
    search.run(is_over)
    plan = search.best()
    if plan is None:
        raise _no_plan(shift, seed)
    return plan


def improving(
    shift: Shift,
    *,
    seconds: float,
    first: float = 1.0,
    seed: int = 0,
    is_wanted: Callable[[], bool] = lambda: True,
) -> Generator[Answer, None, None]:
    """Give the best plan after ``first`` seconds, then each better one, until ``seconds`` have passed.

    The first plan comes later where none was found so soon. Closing the iterator ends the search at its next step, and
    so does ``is_wanted``, asked at each, once it says no. Raises as ``solved`` does.
    """
    begun = time.perf_counter()
    is_late = _from_now(seconds, None, time.perf_counter)
    search = _Search(shift, seed=seed)
    with ThreadPoolExecutor(max_workers=1) as pool:
        running = pool.submit(search.run, lambda: is_late() or not is_wanted())
        try:
            wait([running], timeout=max(0, begun + first - time.perf_counter()))
            shown = False
            for plan in _rising(shift, search, running):
                yield Answer(plan=plan, score=score(shift, plan), elapsed=time.perf_counter() - begun)
                shown = True
        finally:
            search.is_unwanted.set()
    if not shown:
        raise _no_plan(shift, seed)


def _rising(shift: Shift, search: "_Search", running: "Future[None]") -> Iterator[Plan]:
    """Give the best plan so far, and again whenever it is better, until the search is over."""
    best: int | None = None
    is_over = False
    while not is_over:
        is_over = running.done()
        search.has_news.clear()
        plan = search.best()
        if plan is not None and (best is None or score(shift, plan) > best):
            best = score(shift, plan)
            yield plan
        if not is_over:
            search.has_news.wait(timeout=_GLANCE_SECONDS)
    running.result()


def _from_now(seconds: float | None, iterations: int | None, clock: Callable[[], float]) -> Callable[[], bool]:
    """Return what says, asked once in each iteration, whether a search is over."""
    if seconds is not None:
        until = clock() + seconds
        return lambda: clock() >= until
    left = iter(range(iterations or 0))
    return lambda: next(left, None) is None


def _no_plan(shift: Shift, seed: int) -> NoPlan:
    """Return the error that names those must-go stops which a plan with as many of them as can be leaves out."""
    worth = 1 + sum(stop.prize for stop in shift.stops) + shift.points_per_minute * _longest_travel(shift)
    stops = tuple(
        replace(stop, must_go=False, prize=stop.prize + worth) if stop.must_go else stop for stop in shift.stops
    )
    plan = solved(replace(shift, stops=stops), iterations=_ITERATIONS_TO_EXCUSE, seed=seed)
    must = {stop.id for stop in shift.stops if stop.must_go}
    stops_left_out = tuple(stop for stop in plan.left_out if stop in must)
    message = (
        f"The must-go stops are not all in one plan that was found; without {len(stops_left_out)} of them they are."
    )
    return NoPlan(message, stops_left_out)


def _longest_travel(shift: Shift) -> int:
    """Return minutes that the travel of no plan exceeds."""
    longest = max(int(matrix.max(initial=0)) for matrix in shift.travel.minutes.values())
    return longest * (len(shift.stops) + len(shift.teams))


class _Search(IteratedLocalSearchCallbacks):
    """One search: the greedy plan at once, then whatever PyVRP finds."""

    def __init__(self, shift: Shift, *, seed: int) -> None:
        if wishes := impossible(shift):
            message = f"{len(wishes)} of the must-go stops are impossible for every team; expected each to be possible."
            raise NoPlan(message, tuple(wish.stop for wish in wishes))
        self.is_unwanted, self.has_news = threading.Event(), threading.Event()
        self._shift, self._seed = shift, seed
        self._routing = routing(shift)
        greedy = greedy_plan(shift)
        self._greedy = None if faults(shift, greedy) else greedy
        self._found: Solution | None = None

    def run(self, is_over: Callable[[], bool]) -> None:
        """Search until it is over or unwanted."""
        if self._routing is None:
            return
        start = None if self._greedy is None else self._routing.solution(self._greedy)
        with warnings.catch_warnings():
            # It warns that there may be no plan at all, which NoPlan says better.
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            solve(
                self._routing.data,
                stop=lambda _: is_over() or self.is_unwanted.is_set(),
                seed=self._seed,
                collect_stats=False,
                params=SolveParams(ils=IteratedLocalSearchParams(callbacks=self)),
                initial_solution=start,
            )

    def on_start(self, ils: IteratedLocalSearch) -> None:
        """Keep what the search begins with, if it can be driven."""
        if ils.initial_solution.is_feasible():
            self.on_best(ils.initial_solution)

    def on_best(self, best: Solution) -> None:
        """Keep a better solution."""
        self._found = best
        self.has_news.set()

    def best(self) -> Plan | None:
        """Return the best plan so far, checked; None where there is none yet."""
        plans = [] if self._greedy is None else [self._greedy]
        if self._routing is not None and self._found is not None:
            plan = self._routing.plan(self._found)
            if broken := faults(self._shift, plan):
                message = f"The solver's plan breaks a rule: {broken[0]}"
                raise AssertionError(message)
            plans.append(plan)
        return max(plans, key=lambda plan: score(self._shift, plan), default=None)
