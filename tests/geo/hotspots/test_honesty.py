"""Regions of which the truth is known: where teams go must not look like risk, and risk must be found.

Any flag at all is one too many where risk is the same everywhere. Each share is of simulated regions.
"""

import numpy as np
import pytest

from geo.hotspots.excess import State, excess, expected_by_visits
from layers import hotspot_maps
from scripts.bench.hotspot_honesty import (
    REGIONS,
    WINDOWS,
    gi_star_on_counts,
    hot_for_that_team,
    hot_for_visits,
)
from scripts.bench.hotspot_pages import pages_of
from scripts.bench.hotspot_regions import region


def test_equal_risk_and_uneven_effort_make_no_hotspots_but_for_gi_star() -> None:
    regions = [region(seed) for seed in range(REGIONS)]
    ours = np.mean([hot_for_visits(one).any() for one in regions])
    theirs = np.mean([gi_star_on_counts(one).any() for one in regions])
    print(f"any flag under equal risk: {ours:.1%} for visits, {theirs:.1%} Gi* on counts")
    assert ours <= 0.07
    assert theirs >= 0.90


def test_teams_that_write_differently_fool_what_knows_only_visits() -> None:
    regions = [region(seed, habits=True) for seed in range(REGIONS)]
    by_team = np.mean([hot_for_that_team(one).any() for one in regions])
    by_visits = np.mean([hot_for_visits(one).any() for one in regions])
    print(f"any flag under equal risk and teams' habits: {by_team:.1%} for teams, {by_visits:.1%} for visits")
    assert by_team <= 0.07
    assert by_visits >= 0.90


@pytest.mark.parametrize("habits", [False, True])
def test_a_planted_disc_is_found_and_little_else(habits: bool) -> None:  # noqa: FBT001 - a parameter of the test.
    hits, wrong = [], []
    for seed in range(50):
        one = region(seed, habits=habits, risk=2.5)
        flagged = hot_for_that_team(one)
        hits.append((flagged & one.disc).any())
        wrong.append((flagged & (WINDOWS.sums(one.disc.astype(float)) == 0)).any())
    print(f"a disc of 2.5 times the risk is found in {np.mean(hits):.0%}")
    assert np.mean(hits) >= 0.9
    assert np.mean(wrong) <= 0.1


def test_the_scan_and_both_together_find_the_disc_and_hardly_anything_under_equal_risk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hotspot_maps, "REPLICATES", 111)
    planted = [region(seed, risk=2.5) for seed in range(15)]
    told = [(page, one.disc) for page, one in zip(pages_of(planted), planted, strict=True)]
    found = [(page.confirmed & disc).any() for page, disc in told]
    both = [(page.hot & page.confirmed & disc).any() for page, disc in told]
    calm = pages_of([region(seed) for seed in range(30)])
    print(f"of 15 discs the scan finds {np.sum(found)}, both together {np.sum(both)}")
    assert np.mean(found) >= 0.8
    assert np.sum([one.confirmed.any() for one in calm]) <= 5  # The chance of more is 0.3 % at most.
    assert np.sum([(one.hot & one.confirmed).any() for one in calm]) <= 5


def test_little_effort_is_too_few_visits_to_say_and_never_cold() -> None:
    one = region(3, effort=0.05)
    notes, visits = one.notes.sum(axis=0), one.visits.sum(axis=0)
    told = excess(notes, expected_by_visits(notes, visits), WINDOWS)
    middle = one.disc & (WINDOWS.sums((~one.disc).astype(float)) == 0)
    assert middle.any()
    assert (told.state[middle] == State.TOO_FEW_VISITS).all()
    assert (told.detectable[middle] > 3).all()
