"""An organisation's settings: the defaults are the model's own, and each is said in minutes that a team goes."""

from dataclasses import replace

from geo.shifts.need import Weights
from geo.shifts.settings import PARTS_OF_DAY, RHYTHM, Settings, effects
from geo.shifts.travel import HOURS, Speeds


def test_the_defaults_are_those_of_the_model() -> None:
    assert Settings().weights == Weights()
    assert Settings().speeds == Speeds()
    assert Settings(rhythms={"street": 14}).rhythm("street") == 14
    assert Settings().rhythm("a kind that no table knows") == RHYTHM


def test_every_hour_of_a_day_is_in_one_part() -> None:
    hours = [hour for _, part in PARTS_OF_DAY for hour in part]
    assert sorted(hours) == list(range(HOURS))


def test_the_effect_is_told_in_minutes_and_follows_each_setting() -> None:
    usual = Settings()
    assert "up to 30 minutes out of its way; of severity 3, up to 15; of severity 1, up to 3" in effects(usual)[0]
    assert "never visited, up to 40" in effects(usual)[2]
    for change in (
        {"risk": 31}, {"severity_shares": (10, 25, 60, 80, 100)}, {"half_life": 91}, {"risk_most": 91},
        {"overdue": 21}, {"overdue_most": 3}, {"request": 41}, {"follow_up": 31}, {"exploration": 41},
        {"exploratory": 11}, {"minutes": 21}, {"car_speeds": (22, 25, 10, 27, 30)}, {"parking": 4}, {"slack": 16},
    ):  # fmt: skip
        assert effects(replace(usual, **change)) != effects(usual), change
