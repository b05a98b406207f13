"""The noise of a set of records is fixed by them and the key, and has the moments of its table."""

from collections import Counter
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from geo.disclosure.perturbing import P_TABLE, noise_of, records_digest

KEY = b"a key of the tests' own, 32 long"


def test_the_table_of_noise_has_mean_0_and_variance_2_and_a_tenth_exactly() -> None:
    assert sum(P_TABLE.values()) == 1
    assert sum(noise * share for noise, share in P_TABLE.items()) == 0
    assert sum(noise**2 * share for noise, share in P_TABLE.items()) == Fraction(21, 10)


def test_draws_follow_the_table() -> None:
    drawn = Counter(
        noise_of(KEY, heading="visited", square=400028, records=number.to_bytes(4, "big")) for number in range(40_000)
    )
    for noise, share in P_TABLE.items():
        assert abs(drawn[noise] / 40_000 - share) < 0.01


@settings(deadline=None)
@given(st.lists(st.binary(min_size=16, max_size=16), min_size=1, max_size=9), st.randoms())
def test_the_same_records_in_any_order_have_the_same_noise(ids: list[bytes], random: object) -> None:
    shuffled = sorted(ids, key=lambda _: random.random())  # type: ignore[attr-defined]
    digests = {records_digest(ids), records_digest(shuffled), records_digest(ids + ids[:1])}
    assert len(digests) == 1
    first, again = (noise_of(KEY, heading="visited", square=1, records=digests.copy().pop()) for _ in range(2))
    assert first == again


def test_another_key_square_heading_or_record_draws_again() -> None:
    def draws(**other: object) -> list[int]:
        made = {"heading": "visited", "square": 1} | other
        key = bytes(str(made.pop("key", KEY)), "ascii")
        return [noise_of(key, records=bytes([number]), **made) for number in range(64)]  # type: ignore[arg-type]

    assert len({tuple(draws(**other)) for other in ({}, {"key": "b"}, {"square": 2}, {"heading": "concern"})}) == 4
