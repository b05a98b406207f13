"""The life of a joint visit, minute by minute: what each side learns, when it opens, and when it closes."""

from datetime import datetime

import psycopg
import pytest

from tests import worlds
from tests.gate.playing import BROKEN, DAY, ENDS, HOUR, MISSING, REFUSED, STARTS, TICK, Play
from tests.gate.town import a_town, asked
from tests.worlds import NOON

pytestmark = pytest.mark.proof

SQUARE = ("step", "easting", "northing")


def test_before_it_is_accepted_the_partner_learns_a_square_and_a_window_and_nothing_opens(play: Play) -> None:
    id = play.propose()
    (told,) = play.known("officer")
    assert (told["id"], told["state"], told["help"], told["place_id"]) == (str(id), "proposed", "support", None)
    assert tuple(told[name] for name in SQUARE) == (2, 406_000, 286_000)
    assert str(play.town.place) not in str(told)
    play.clock(STARTS)
    assert not play.sees_exactly("officer")
    (own,) = play.known("worker")
    assert (own["place_id"], own["step"], own["is_open"]) == (str(play.town.place), None, False)


@pytest.mark.parametrize(
    ("who", "count"),
    [("second officer", 1), ("far officer", 0), ("junior", 0), ("colleague", 1), ("stranger", 0)],
)
def test_who_may_know_of_a_proposal(play: Play, who: str, count: int) -> None:
    play.propose()
    assert len(play.known(who)) == count


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (NOON, False),
        (STARTS - DAY - TICK, False),
        (STARTS - DAY, True),
        (STARTS, True),
        (ENDS + DAY - TICK, True),
        (ENDS + DAY, False),
    ],
)
def test_accepted_it_opens_to_those_named_for_its_time(play: Play, at: datetime, *, is_open: bool) -> None:
    id = play.accepted()
    play.clock(at)
    assert play.sees_exactly("officer") is is_open
    assert not play.sees_exactly("second officer")
    (told,) = play.known("officer", id)
    assert (told["place_id"] is not None, told["is_open"]) == (is_open, is_open)
    assert told["state"] == ("over" if at >= ENDS + DAY else "accepted")
    (other,) = play.known("second officer", id)
    assert (other["place_id"], other["is_named"], other["named"]) == (None, False, 1)


def test_more_time_needs_a_second_person_and_moves_the_end(play: Play) -> None:
    id, until = play.accepted(), ENDS + 3 * HOUR
    play.call("worker", "ask_more_time", id, until, "record")
    with pytest.raises(REFUSED, match="Another person"):
        play.call("worker", "agree_more_time", id, until, "record")
    with pytest.raises(REFUSED, match="Another time"):
        play.call("colleague", "agree_more_time", id, until + HOUR, "record")
    play.clock(until + DAY - TICK)
    assert not play.sees_exactly("officer")
    play.clock(NOON)
    play.call("colleague", "agree_more_time", id, until, "record")
    for at, is_open in ((until + DAY - TICK, True), (until + DAY, False)):
        play.clock(at)
        assert play.sees_exactly("officer") is is_open


def test_the_second_person_is_another_person_not_another_membership(play: Play) -> None:
    id = play.accepted()
    person = play.one("SELECT person_id FROM access.membership WHERE id = %s", play.town.worker)
    play.call("worker", "ask_more_time", id, ENDS + HOUR, "record")
    # The same person cannot be an outreach worker there twice; a membership that changed its role has another id.
    play.writer.execute("UPDATE access.membership SET role = 'auditor' WHERE id = %s", [play.town.worker])
    play.others["again"] = worlds.a_membership(play.writer, play.town.charity, person=person)
    with pytest.raises(REFUSED, match="Another person"):
        play.call("again", "agree_more_time", id, ENDS + HOUR, "record")


@pytest.mark.parametrize(
    ("until", "why"),
    [
        (ENDS, "later than"),
        (ENDS - HOUR, "later than"),
        (ENDS + 49 * HOUR, "at most 48 hours"),
    ],
)
def test_more_time_has_bounds(play: Play, until: datetime, why: str) -> None:
    id = play.accepted()
    with pytest.raises(REFUSED, match=why):
        play.call("worker", "ask_more_time", id, until, "record")


def test_seven_days_are_the_most_in_all(play: Play) -> None:
    id, until = play.accepted(), ENDS
    for _ in range(3):
        until += 48 * HOUR
        play.call("worker", "ask_more_time", id, until, "record")
        play.call("colleague", "agree_more_time", id, until, "record")
    with pytest.raises(REFUSED, match="seven days"):
        play.call("worker", "ask_more_time", id, until + 48 * HOUR, "record")
    play.call("worker", "ask_more_time", id, STARTS + 7 * DAY, "record")
    with pytest.raises(BROKEN):
        play.writer.execute("UPDATE store.joint_visit SET ends_at = ends_at + interval '1 month' WHERE id = %s", [id])


@pytest.mark.parametrize("who", ["worker", "colleague", "officer", "second officer"])
def test_either_side_cancels_and_it_closes_at_once(play: Play, who: str) -> None:
    id = play.accepted()
    play.clock(STARTS)
    assert play.sees_exactly("officer")
    play.call(who, "cancel_joint_visit", id, "record")
    assert not play.sees_exactly("officer")
    assert play.known("officer", id)[0]["state"] == "cancelled"
    with pytest.raises(REFUSED, match="over already"):
        play.call("worker", "cancel_joint_visit", id, "record")


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM store.joint_visit_member WHERE membership_id = %(officer)s",
        "UPDATE access.agreement SET suspended_at = %(now)s WHERE id = %(agreement)s",
        "UPDATE access.membership SET suspended_at = %(now)s WHERE id = %(officer)s",
    ],
    ids=["member removed", "agreement suspended", "membership suspended"],
)
def test_it_closes_with_what_it_stands_on(play: Play, change: str) -> None:
    play.accepted()
    play.clock(STARTS)
    token = play.token("officer")
    query = "SELECT count(*) FROM store.place_point WHERE place_id = %s"
    assert asked(play.service, token, query, play.town.place) == [(1,)]
    play.writer.execute(change.encode(), vars(play.town) | {"now": STARTS})
    assert asked(play.service, token, query, play.town.place) == [(0,)]


def test_without_its_agreement_the_partner_no_longer_knows_of_it_and_the_owner_does(play: Play) -> None:
    id = play.propose()
    play.writer.execute("UPDATE access.agreement SET suspended_at = %s WHERE id = %s", [NOON, play.town.agreement])
    assert play.known("officer", id) == []
    with pytest.raises(MISSING):
        play.call("officer", "accept_joint_visit", id, [play.town.officer], "record")
    assert len(play.known("worker", id)) == 1


def test_a_declined_one_never_opens(play: Play) -> None:
    id = play.propose()
    play.call("second officer", "decline_joint_visit", id, "record")
    with pytest.raises(REFUSED, match="no longer waits"):
        play.call("officer", "accept_joint_visit", id, [play.town.officer], "record")
    with pytest.raises(BROKEN):
        play.writer.execute("UPDATE store.joint_visit SET accepted_at = now() WHERE id = %s", [id])


def test_a_proposal_nobody_answered_is_over_with_its_window(play: Play) -> None:
    id = play.propose()
    play.clock(ENDS)
    assert play.known("officer", id)[0]["state"] == "over"
    with pytest.raises(REFUSED, match="no longer waits"):
        play.call("officer", "accept_joint_visit", id, [play.town.officer], "record")


def test_what_was_there_before_counts_as_accepted(writer: psycopg.Connection) -> None:
    town = a_town(writer)
    id = worlds.a_joint_visit(writer, town.place, town.charity, town.police, members=[town.officer])
    state = "SELECT store.joint_visit_state(j) FROM store.joint_visit AS j WHERE id = %s"
    assert writer.execute(state, [id]).fetchone() == ("accepted",)
