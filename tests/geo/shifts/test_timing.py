"""Times on a route: back as early as can be, away no longer than need be."""

from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.shifts.problem import Shift, Window
from geo.shifts.timing import Visit, timed
from tests.geo.shifts.days import a_shift, a_stop, a_team, on_a_line

windows = st.tuples(st.integers(0, 60), st.integers(0, 15)).map(lambda pair: Window(opens=pair[0], closes=sum(pair)))
ways = st.lists(st.tuples(st.integers(-12, 12), windows, st.integers(0, 9)), min_size=1, max_size=4)


def by_trying(shift: Shift, visits: list[Visit]) -> set[tuple[int, int]]:
    """Return when a team can leave and be back in time, by trying each minute."""
    team, minutes = shift.teams[0], shift.travel.minutes["car"]
    good = set()
    for leaves in range(team.starts, team.ends + 1):
        now, point, in_time = leaves, 0, True
        for number, window in visits:
            now = max(now + int(minutes[point, number + 1]), window.opens)
            in_time = in_time and now <= window.closes
            now, point = now + shift.stops[number].minutes, number + 1
        returns = now + int(minutes[point, 0])
        if in_time and returns <= team.ends:
            good.add((leaves, returns))
    return good


@given(ways)
@settings(deadline=None)
def test_no_minute_of_leaving_gives_an_earlier_return_or_a_shorter_absence(way: list[tuple[int, Window, int]]) -> None:
    stops = [a_stop(f"s{place}", minutes=length) for place, (_, _, length) in enumerate(way)]
    shift = a_shift(stops, [a_team(starts=0, ends=120)], travel=on_a_line(*(at for at, _, _ in way)))
    visits = [Visit(place, window) for place, (_, window, _) in enumerate(way)]
    tried = by_trying(shift, visits)
    assume(tried)
    route = timed(shift, shift.teams[0], visits)
    assert (route.leaves, route.returns) in tried
    assert route.returns == min(returns for _, returns in tried)
    assert route.returns - route.leaves == min(returns - leaves for leaves, returns in tried)


def test_what_cannot_be_in_time_is_late_and_no_error() -> None:
    shift = a_shift([a_stop("s")])
    for opens, length in product((0, 10), (0, 5)):
        route = timed(shift, shift.teams[0], [Visit(0, Window(opens=opens, closes=opens + length))])
        assert (route.leaves, route.calls[0].start) == (1020, 1030)
