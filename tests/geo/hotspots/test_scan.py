"""The scan finds SaTScan's clusters, digit by digit, and no more than chance where there are none."""

from pathlib import Path

import numpy as np
import pytest

from geo.hotspots.scan import NothingToScan, Scan, scan
from geo.hotspots.scan_zones import TooMuchToScan, zones

NEW_YORK = np.loadtxt(Path(__file__).with_name("new_york.csv"), delimiter=",", skiprows=1)
"""Leukaemia in 281 tracts of upstate New York, 1978 to 1982: Waller and Gotway (2004), Applied Spatial Statistics for
Public Health Data, with the centroids that the tests of R's smerc hand to SaTScan 9.6 as plane coordinates. SaTScan's
answers stand in the tests below."""

REPLICATES = 999


def new_york(*, largest_share: float) -> Scan:
    latitude, longitude, cases, population = NEW_YORK.T
    return scan(
        cases.astype(np.int64),
        population,
        (longitude, latitude),
        seed=1,
        replicates=REPLICATES,
        largest_share=largest_share,
    )


def test_the_table_is_the_published_one() -> None:
    assert NEW_YORK.shape == (281, 4)
    assert NEW_YORK[:, 2:].sum(axis=0).tolist() == [552, 1_057_673]


def test_new_york_gives_the_clusters_of_satscan() -> None:
    found = new_york(largest_share=0.5)
    said = [
        (cluster.centre + 1, len(cluster.members), cluster.cases, round(cluster.expected, 2))
        for cluster in found.clusters[:6]
    ]
    assert said == [
        (52, 28, 100, 58.28),
        (89, 8, 38, 17.79),
        (112, 33, 64, 40.85),
        (62, 4, 25, 12.82),
        (266, 4, 12, 5.14),
        (166, 3, 11, 4.61),
    ]
    assert [round(cluster.log_likelihood_ratio, 6) for cluster in found.clusters[:6]] == [
        14.083511,
        9.019716,
        6.114140,
        4.651839,
        3.363518,
        3.209485,
    ]
    assert [round(cluster.relative_risk, 2) for cluster in found.clusters[:6]] == [1.87, 2.22, 1.64, 1.99, 2.37, 2.41]
    first, second, third, *_ = found.clusters
    assert first.p_value == 1 / (REPLICATES + 1)
    assert second.p_value == pytest.approx(0.016, abs=0.012)
    assert third.p_value == pytest.approx(0.248, abs=0.05)
    assert (first.members[:8] + 1).tolist() == [52, 50, 37, 49, 38, 48, 53, 39]


def test_a_smaller_largest_circle_gives_satscans_other_answer() -> None:
    likeliest = new_york(largest_share=0.1).clusters[0]
    assert round(likeliest.log_likelihood_ratio, 6) == 11.577255
    assert (len(likeliest.members), likeliest.cases, round(likeliest.expected, 2)) == (26, 85, 49.71)
    assert round(likeliest.relative_risk, 2) == 1.84


def test_the_same_seed_gives_the_same_answer_and_another_seed_does_not() -> None:
    latitude, longitude, cases, population = NEW_YORK.T

    def highest(seed: int) -> np.ndarray:
        counts = cases.astype(np.int64)
        return scan(counts, population, (longitude, latitude), seed=seed, replicates=20).highest

    np.testing.assert_array_equal(highest(3), highest(3))
    assert (highest(3) != highest(4)).any()


def test_the_highest_of_each_replicate_is_the_highest_of_all_its_circles() -> None:
    numbers = np.random.default_rng(2)
    places = (numbers.uniform(0, 9, 12), numbers.uniform(0, 9, 12))
    base = numbers.integers(1, 9, 12).astype(np.float64)
    cases = numbers.poisson(base)
    found = scan(cases, base, places, seed=8, replicates=50)
    dealt = np.random.default_rng(8).multinomial(cases.sum(), base / base.sum(), size=50)
    expected = base * cases.sum() / base.sum()
    slow = [highest_by_hand(row, expected, places) for row in dealt]
    np.testing.assert_allclose(found.highest, slow, rtol=1e-12, atol=1e-12)


def highest_by_hand(cases: np.ndarray, expected: np.ndarray, places: tuple[np.ndarray, np.ndarray]) -> float:
    total, best = cases.sum(), 0.0
    for x, y in zip(*places, strict=True):
        order = np.argsort(np.hypot(places[0] - x, places[1] - y))
        for size in range(1, len(order) + 1):
            inside, base = cases[order[:size]].sum(), expected[order[:size]].sum()
            if base <= total / 2 and inside > base and inside >= 2:
                ratio = inside * np.log(inside / base)
                if inside < total:
                    ratio += (total - inside) * np.log((total - inside) / (total - base))
                best = max(best, float(ratio))
    return best


def test_areas_at_one_distance_are_in_a_circle_together() -> None:
    easting, northing = (side.ravel().astype(np.float64) for side in np.meshgrid(np.arange(5), np.arange(5)))
    circles = zones(np.ones(25), (easting, northing), largest_share=1, largest_metres=2)
    middle = slice(circles.starts[12], circles.starts[13])
    assert circles.expected[middle][circles.closed[middle]].tolist() == [1, 5, 9, 13]


def test_areas_of_clusters_that_chance_gives_rarely_are_confirmed() -> None:
    found = new_york(largest_share=0.5)
    confirmed = np.flatnonzero(found.confirmed(0.05))
    assert set(confirmed) == set(found.clusters[0].members) | set(found.clusters[1].members)
    assert not found.confirmed(0.0001).any()


def test_clusters_share_no_area() -> None:
    found = new_york(largest_share=0.5)
    members = np.concatenate([cluster.members for cluster in found.clusters])
    assert len(members) == len(set(members.tolist()))


def test_all_notes_in_one_area_make_an_endless_relative_risk() -> None:
    found = scan(np.array([5, 0, 0]), np.ones(3), (np.arange(3.0), np.zeros(3)), seed=1, replicates=19)
    assert found.clusters[0].relative_risk == np.inf
    assert found.clusters[0].members.tolist() == [0]


def test_equal_risk_gives_a_cluster_no_more_often_than_chance() -> None:
    numbers = np.random.default_rng(11)
    base = numbers.lognormal(2, 1, 80)
    places = (numbers.uniform(0, 1e4, 80), numbers.uniform(0, 1e4, 80))
    cases = numbers.multinomial(300, base / base.sum(), size=100)
    flagged = [scan(row, base, places, seed=1, replicates=99).clusters[0].p_value <= 0.05 for row in cases]
    assert sum(flagged) <= 11  # The chance of more is 1 %, were the true share 5 %.


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        (np.array([1, 0]), np.ones(2)),
        (np.array([2, 1]), np.array([1.0, 0.0])),
        (np.array([2, 1]), np.array([1.0, np.nan])),
        (np.array([2, -1]), np.ones(2)),
        (np.array([2, 1]), np.ones(3)),
        (np.array([], dtype=np.int64), np.array([])),
    ],
)
def test_what_cannot_be_scanned_is_refused_in_a_sentence(cases: np.ndarray, expected: np.ndarray) -> None:
    with pytest.raises(NothingToScan, match=r"\.$"):
        scan(cases, expected, (np.arange(float(len(cases))), np.zeros(len(cases))), seed=1)


def test_too_many_circles_are_refused_before_they_fill_the_memory() -> None:
    many = np.zeros(2_500)
    with pytest.raises(TooMuchToScan, match="Choose a smaller circle"):
        scan(np.ones(2_500, dtype=np.int64), np.ones(2_500), (many, many), seed=1)
