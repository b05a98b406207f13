"""The score of a place is a sum that can be shown, and a share of visits goes where the score does not point."""

from datetime import date, timedelta

import pytest

from geo.shifts.need import Known, Risk, Weights, explored, need, needs

TODAY = date(2026, 11, 26)
WEIGHTS = Weights()


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_each_term_is_shown_with_its_points() -> None:
    place = Known(
        id="p",
        risks=(Risk(severity=5, on=TODAY), Risk(severity=3, on=days_ago(90))),
        last_visit=days_ago(30),
        rhythm=60,
        requests=1,
        follow_ups=2,
    )
    found = need(place, on=TODAY, weights=WEIGHTS)
    assert [(term.words, term.points) for term in found.terms] == [
        ("2 risk notes", 30 + 30 * 0.5 * 0.5),
        ("last visited 30 days ago, to be seen every 60 days", 10),
        ("1 request", 40),
        ("2 follow-ups", 60),
    ]
    assert found.points == round(37.5 + 10 + 40 + 60)
    assert found.why == "2 follow-ups, 1 request, 2 risk notes and last visited 30 days ago, to be seen every 60 days"


def test_a_place_never_visited_is_as_overdue_as_can_be() -> None:
    never, long_ago = (need(Known(id="p", last_visit=day), on=TODAY, weights=WEIGHTS) for day in (None, days_ago(9999)))
    assert never.points == long_ago.points == 40
    assert never.why == "never visited"


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (Known(id="p", risks=(Risk(severity=4, on=TODAY),)), Known(id="p", risks=(Risk(severity=3, on=TODAY),))),
        (Known(id="p", risks=(Risk(severity=4, on=TODAY),)), Known(id="p", risks=(Risk(severity=4, on=days_ago(40)),))),
        (Known(id="p", last_visit=days_ago(50)), Known(id="p", last_visit=days_ago(20))),
        (Known(id="p", last_visit=days_ago(50), rhythm=30), Known(id="p", last_visit=days_ago(50), rhythm=90)),
    ],
)
def test_more_need_scores_more(more: Known, less: Known) -> None:
    assert need(more, on=TODAY, weights=WEIGHTS).points > need(less, on=TODAY, weights=WEIGHTS).points


def test_many_risk_notes_do_not_drown_everything_and_dates_ahead_count_as_today() -> None:
    many = Known(id="p", risks=(Risk(severity=5, on=TODAY + timedelta(days=9)),) * 50, last_visit=TODAY)
    assert need(many, on=TODAY, weights=WEIGHTS).points == WEIGHTS.risk_most
    assert not need(Known(id="p", last_visit=TODAY + timedelta(days=1)), on=TODAY, weights=WEIGHTS).terms


def test_weights_are_the_organisation_s_own() -> None:
    assert need(Known(id="p", requests=1, last_visit=TODAY), on=TODAY, weights=Weights(request=7)).points == 7


def places() -> list[Known]:
    seen = [Known(id=f"seen{n}", last_visit=days_ago(5), requests=2) for n in range(20)]
    return seen + [Known(id=f"unseen{n}", last_visit=None if n % 2 else days_ago(400)) for n in range(20)]


def test_a_share_of_visits_goes_where_the_score_does_not_point() -> None:
    drawn = explored(places(), on=TODAY, weights=WEIGHTS, visits=25, seed=1)
    assert len(drawn) == 3
    assert all(id.startswith("unseen") for id in drawn)
    assert drawn == explored(places()[::-1], on=TODAY, weights=WEIGHTS, visits=25, seed=1)
    assert len({explored(places(), on=TODAY, weights=WEIGHTS, visits=25, seed=seed) for seed in range(9)}) > 1
    assert not explored([], on=TODAY, weights=WEIGHTS, visits=25, seed=1)
    assert not explored(places(), on=TODAY, weights=Weights(exploring=0), visits=25, seed=1)


def test_exploring_is_a_term_like_any_other() -> None:
    scored = needs(places(), on=TODAY, weights=WEIGHTS, exploratory=frozenset({"unseen1"}))
    assert scored["unseen1"].points == scored["unseen3"].points + 40
    assert "chosen to look where we seldom go" in scored["unseen1"].why
