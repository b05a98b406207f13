"""What would be published of counts that chance decides, beside counting it out by drawing."""

import numpy as np
import pytest
from scipy.stats import poisson

from geo.disclosure.banding import published
from geo.disclosure.perturbing import P_TABLE
from geo.disclosure.published_sums import moments, step_of, sum_chances

DRAWS = 20_000


def drawn(means: list[float], lasting: float, more: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Draw sums of published values in steps of 5, count by count."""
    numbers = np.random.default_rng(5)
    shared = lasting * min(means) if len(means) > 1 else 0.0
    always = numbers.poisson(shared, size=DRAWS)
    noise = list(P_TABLE)
    shares = [float(share) for share in P_TABLE.values()]
    total = np.zeros(DRAWS, dtype=np.int64)
    for mean in means:
        counts = always + numbers.poisson(mean - shared, size=DRAWS) + more
        moved = numbers.choice(noise, p=shares, size=DRAWS)
        total += [step_of(published(int(count), int(by))) for count, by in zip(counts, moved, strict=True)]
    return total


@pytest.mark.parametrize(
    ("means", "lasting", "more"),
    [([3.0], 0.5, 0), ([14.0], 0.0, 2), ([60.0], 0.5, 0), ([6.0, 9.0, 4.0], 0.0, 0), ([6.0, 9.0, 4.0], 0.5, 2)],
)
def test_the_chances_of_sums_are_those_of_drawing_them(means: list[float], lasting: float, more: int) -> None:
    chances = sum_chances(np.array(means), lasting=lasting, more=more)
    assert chances.sum() == pytest.approx(1, abs=1e-9)
    found = np.bincount(drawn(means, lasting, more), minlength=len(chances)) / DRAWS
    assert np.abs(np.cumsum(found) - np.cumsum(chances)).max() < 0.015


def test_without_a_place_the_band_is_certain() -> None:
    chances = sum_chances(np.array([0.0, 0.0]), lasting=0.5)
    assert chances[0] == pytest.approx(1)
    assert chances[1:].max() < 1e-12


def test_a_larger_mean_makes_every_tail_larger() -> None:
    tails = [np.cumsum(sum_chances(np.array([mean]), lasting=0)[::-1])[::-1][:8] for mean in (8.0, 10.0, 14.0)]
    assert (np.diff(np.array(tails), axis=0)[:, 1:] > 0).all()


def test_two_more_places_make_every_tail_larger() -> None:
    plain, more = (np.cumsum(sum_chances(np.array([9.0]), lasting=0, more=more)[::-1])[::-1][:5] for more in (0, 2))
    assert (more[1:] > plain[1:]).all()


def test_moments_are_those_of_the_exact_sum_over_counts() -> None:
    means = np.array([[2.0, 11.0], [40.0, 0.0]])
    mean, variance = moments(means)
    for at, told in zip(means.ravel(), zip(mean.ravel(), variance.ravel(), strict=True), strict=True):
        steps = {
            (count, noise): (step_of(published(count, noise)), float(share) * poisson.pmf(count, at))
            for count in range(120)
            for noise, share in P_TABLE.items()
        }
        first = sum(step * chance for step, chance in steps.values())
        second = sum(step**2 * chance for step, chance in steps.values())
        assert told == pytest.approx((first, second - first**2), abs=1e-6)
