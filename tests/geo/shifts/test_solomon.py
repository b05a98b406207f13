"""Published instances go through the same model as a shift, and come out near the best known cost."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest

from geo.shifts.checking import faults
from geo.shifts.moving import scheduled
from geo.shifts.solving import solved
from scripts.bench.plan_instances import Instance, prize_collecting, solomon


@pytest.fixture(scope="module")
def instances(testdata: Path) -> Sequence[Instance]:
    return tuple(solomon(testdata / "vrptw" / "solomon"))


def test_the_best_known_plans_have_no_fault_and_their_published_cost(instances: Sequence[Instance]) -> None:
    assert len(instances) == 28
    for one in instances:
        plan = scheduled(one.shift, one.best_orders)
        assert not faults(one.shift, plan)
        assert one.cost(plan) == one.best_known


def test_prizes_are_counted_as_published(testdata: Path) -> None:
    folder = testdata / "vrptw" / "gehring-homberger-1000" / "PCVRPTW"
    for one in islice(prize_collecting(folder), 2):
        plan = scheduled(one.shift, one.best_orders)
        assert not faults(one.shift, plan)
        assert one.cost(plan) == one.best_known


@pytest.mark.parametrize("name", ["C103", "R206"])
def test_a_few_iterations_come_near_the_best_known_cost(name: str, instances: Sequence[Instance]) -> None:
    instance = next(one for one in instances if one.name == name)
    plan = solved(instance.shift, iterations=400)
    assert not faults(instance.shift, plan)
    assert instance.gap(plan) <= 12
