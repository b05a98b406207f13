"""Planning shifts: published instances and outreach days, beside OR-Tools and VROOM, in one run.

Seconds are of processor time on one thread, so that a busy machine does not decide; only how soon the first plan is
there is measured by the clock on the wall. Every plan, a rival's too, goes through our checker.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from geo.shifts.checking import faults
from geo.shifts.greedy import greedy_plan
from geo.shifts.plans import Plan, score
from geo.shifts.problem import Shift
from geo.shifts.solving import improving, solved
from scripts.bench.effort import Effort
from scripts.bench.lines import Target, beside, geometric_mean, heading, middle, result
from scripts.bench.plan_days import SIX_DAYS, OutreachDay, outreach_day
from scripts.bench.plan_instances import Instance, prize_collecting, solomon
from scripts.bench.plan_rivals import CP_SAT, OR_TOOLS, VROOM, Rival, rival_answer
from scripts.cluster import CHECKOUT

INSTANCES: Final = CHECKOUT.parent / "shared" / "testdata" / "vrptw"
SOLOMON: Final = INSTANCES / "solomon"
WITH_PRIZES: Final = INSTANCES / "gehring-homberger-1000" / "PCVRPTW"
GAPS: Final = {1.0: Target(value=3.0, at_most=True), 5.0: Target(value=1.5, at_most=True)}
"""After so many seconds, the mean gap to the best known costs in per cent."""

AS_GOOD: Final = Target(value=1.0)
NONE: Final = Target(value=0, at_most=True)
SOON: Final = Target(value=2.0, at_most=True)
RIVAL_SECONDS: Final = 5.0
PRIZE_SECONDS: Final = 60.0
DAY_SECONDS: Final = (1.0, 5.0, 15.0)
PROOF_SECONDS: Final = 60.0
SMALL_DAYS: Final = tuple(OutreachDay(places=12, teams=teams) for teams in (1, 2))
SMALL_SEEDS: Final = range(5)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What one solver reached on several instances: a figure for each plan without a fault, and how many had one."""

    figures: Sequence[float]
    faulty: int

    @property
    def mean(self) -> float:
        """Return the mean, NaN for none."""
        return fmean(self.figures) if self.figures else float("nan")

    @property
    def worst(self) -> float:
        """Return the largest, NaN for none."""
        return max(self.figures, default=float("nan"))


def bench_plan(effort: Effort) -> bool:
    """Measure all of it; whether all targets are met."""
    good = [bench_first_plan(effort.rounds), bench_proved(), bench_days()]
    if not INSTANCES.is_dir():
        beside(f"The published instances are not here; expected {INSTANCES.name} in the folder of test data.")
        return False
    good += [bench_solomon(tuple(solomon(SOLOMON))), bench_prizes(tuple(prize_collecting(WITH_PRIZES)))]
    return all(good)


def bench_solomon(instances: Sequence[Instance], budgets: Mapping[float, Target] = GAPS) -> bool:
    """Compare gaps to the best known costs of Solomon's instances."""
    heading(f"{len(instances)} Solomon instances through our model: gap to the best known cost, mean (worst), per cent")
    good = []
    for seconds, target in budgets.items():
        ours = gaps(instances, [solved(one.shift, seconds=seconds, clock=time.process_time) for one in instances])
        good.append(result(f"ours, {seconds:g} s (worst {ours.worst:.2f})", ours.mean, target, unit=" %"))
        good.append(result(f"ours, {seconds:g} s, plans with a fault", ours.faulty, NONE))
    for rival in (OR_TOOLS, VROOM):
        theirs, spent = rival_gaps(rival, instances)
        beside(rival.shown)
        said = f"{rival.name}, {spent:.1f} s (worst {theirs.worst:.2f}), {theirs.faulty} without a faultless plan"
        result(said, theirs.mean, unit=" %")
    return all(good)


def bench_prizes(instances: Sequence[Instance]) -> bool:
    """Report gaps on instances of 1,000 stops with prizes; research set no target."""
    heading(
        f"{len(instances)} instances of 1,000 stops with prizes (PCVRPTW), {PRIZE_SECONDS:g} s: gap to the best known"
    )
    faulty = 0
    for one in instances:
        plan = solved(one.shift, seconds=PRIZE_SECONDS, clock=time.process_time)
        faulty += bool(faults(one.shift, plan))
        result(one.name, one.gap(plan), unit=" %")
    return result("plans with a fault", faulty, NONE)


def bench_days(days: Iterable[OutreachDay] = SIX_DAYS) -> bool:
    """Compare scores on outreach days with the greedy plan and with rivals."""
    heading("Outreach days (places/teams): score beside the greedy plan's, and beside rivals at 5 s")
    good, beside_rivals = [], dict[str, list[float]]()
    for day in days:
        shift = outreach_day(day)
        greedy = score(shift, greedy_plan(shift))
        ours = [score(shift, solved(shift, seconds=seconds, clock=time.process_time)) for seconds in DAY_SECONDS]
        said = f"{day}: greedy {greedy}, ours {', '.join(map(str, ours))} at 1, 5, 15 s; least ratio to greedy"
        good.append(result(said, min(ours) / greedy, AS_GOOD))
        for rival in (OR_TOOLS, VROOM):
            theirs = rival_answer(rival, shift, RIVAL_SECONDS)
            points = score(shift, theirs.plan)
            note = f"; {theirs.faults[0]}" if theirs.faults else ""
            beside(f"{rival.name}: {points} in {theirs.seconds:.1f} s{note}")
            if not theirs.faults and points > 0:
                beside_rivals.setdefault(rival.name, []).append(ours[1] / points)
    for name, ratios in beside_rivals.items():
        good.append(result(f"ours at 5 s beside {name}, {len(ratios)} days", geometric_mean(ratios), AS_GOOD))
    return all(good)


def bench_proved() -> bool:
    """Compare scores on days of 12 places with the optimum that CP-SAT proves."""
    heading("Days of 12 places: ours at 1 s beside the optimum that CP-SAT proved")
    beside(CP_SAT.shown)
    proved = missed = 0
    for day in SMALL_DAYS:
        for seed in SMALL_SEEDS:
            shift = outreach_day(day, seed=seed)
            exact = rival_answer(CP_SAT, shift, PROOF_SECONDS)
            ours = score(shift, solved(shift, seconds=1, clock=time.process_time))
            if exact.is_proved and not exact.faults:
                proved += 1
                missed += ours != score(shift, exact.plan)
    result("days of which the optimum was proved", proved)
    return result("of these, days on which ours was not the optimum", missed, NONE)


def bench_first_plan(rounds: int) -> bool:
    """Measure how soon the first plan of 100 places for 4 teams is there, from a shift to a checked plan."""
    heading("100 places, 4 teams: seconds on the wall until the first plan")
    shift = outreach_day(OutreachDay(places=100, teams=4))
    return result(f"median of {rounds}", middle([_first(shift) for _ in range(rounds)]), SOON, unit=" s")


def _first(shift: Shift) -> float:
    begun = time.perf_counter()
    answers = improving(shift, seconds=60)
    next(answers)
    elapsed = time.perf_counter() - begun
    answers.close()
    return elapsed


def gaps(instances: Sequence[Instance], plans: Sequence[Plan]) -> Figures:
    """Return the gaps of plans in per cent."""
    pairs = list(zip(instances, plans, strict=True))
    good = [one.gap(plan) for one, plan in pairs if not faults(one.shift, plan)]
    return Figures(figures=good, faulty=len(pairs) - len(good))


def rival_gaps(rival: Rival, instances: Sequence[Instance], seconds: float = RIVAL_SECONDS) -> tuple[Figures, float]:
    """Return a rival's gaps, and the mean of the processor time that it took."""
    answers = [rival_answer(rival, one.shift, seconds) for one in instances]
    return gaps(instances, [answer.plan for answer in answers]), fmean(answer.seconds for answer in answers)
