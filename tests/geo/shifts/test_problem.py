"""Values that contradict one another are refused with a sentence."""

from dataclasses import replace

import numpy as np
import pytest

from geo.shifts.problem import NotAShift, Window
from geo.shifts.travel import Travel
from tests.geo.shifts.days import a_shift, a_stop, a_team


def test_a_visit_that_must_end_by_an_hour_starts_its_length_before() -> None:
    assert Window.ending_by(1080, 1200, minutes=30) == Window(opens=1080, closes=1170)
    assert Window.ending_by(1080, 1110, minutes=30) == Window(opens=1080, closes=1080)
    assert Window.ending_by(1080, 1109, minutes=30) is None


def test_contradictions_are_refused() -> None:
    shift = a_shift([a_stop("s")])
    for change, said in (
        (lambda: Window(opens=2, closes=1), "closes at 1"),
        (lambda: replace(shift, teams=(a_team("one"), a_team("one"))), "expected each once"),
        (lambda: a_shift([a_stop("s"), a_stop("s")]), "expected each once"),
        (lambda: replace(shift, teams=(a_team(members=0),)), "0 members"),
        (lambda: replace(shift, teams=(a_team(ends=0),)), "from 1020 to 0"),
        (lambda: replace(shift, teams=(a_team(end_base=1),)), "none of the 1 bases"),
        (lambda: replace(shift, teams=(a_team(mode="boat"),)), "goes by boat"),
        (lambda: replace(shift, stops=()), "expected 1 by 1"),
        (lambda: a_shift([a_stop("s", minutes=-1)]), "below 0"),
        (lambda: replace(shift, travel=Travel(minutes={"car": -np.ones((2, 2), int)}, is_estimate=False)), "upwards"),
    ):
        with pytest.raises(NotAShift, match=said):
            change()
