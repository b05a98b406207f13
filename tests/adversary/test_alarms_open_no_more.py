"""An insider lets themselves be named duty manager, and waits for an alarm to open what they may never be shown."""

import json
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests import worlds
from tests.gate.shift_playing import MINUTE, Shift, a_shift
from tests.gate.town import asked
from tests.worlds import NOON

pytestmark = pytest.mark.proof
AT_FOURTH_STEP = 46
"""Minutes after which a team that never checked in has been looked for by everybody."""


@pytest.fixture
def play(writer: psycopg.Connection, service: psycopg.Connection) -> Shift:
    return a_shift(writer, service, has_set_out=False)


def excluding(play: Shift, *people: str) -> None:
    """Let the two stops be kept from people, as if the places were recorded so."""
    handling = worlds.a_handling(play.writer, excluded=[play.people[name] for name in people])
    label = worlds.a_label(play.writer, play.town.charity, sensitivity=3, handling=handling)
    columns = {"place": "id", "place_point": "place_id", "place_flag": "place_id", "place_history": "place_id"}
    with play.writer.transaction():
        for table, column in columns.items():
            step = worlds.EXACT if table == "place_point" else worlds.CONTENT
            play.writer.execute(
                f"UPDATE store.{table} SET lock_id = %s WHERE {column} = ANY (%s)".encode(),
                [worlds.lock_of(label, worlds.PLACE, step), play.places],
            )


def missed(play: Shift, minute: int = AT_FOURTH_STEP) -> None:
    play.minute(minute)
    play.tick()


def test_a_duty_manager_who_is_excluded_from_a_place_is_not_shown_it_and_the_desk_is(play: Shift) -> None:
    excluding(play, "manager")
    play.start()
    missed(play)
    assert play.points("manager") == set()
    assert [alarm["place_id"] for alarm in play.alarms("manager")] == [None]
    assert play.points("desk") == {1}


def test_nobody_of_the_desk_who_is_excluded_is_shown_it_either(play: Shift) -> None:
    excluding(play, "manager", "desk")
    play.start()
    missed(play)
    assert (play.points("manager"), play.points("desk")) == (set(), set())
    assert [alarm["step"] for alarm in play.alarms("manager")] == [3], "the ladder itself climbs as ever"


def test_a_place_that_excludes_the_manager_after_it_was_opened_closes_on_the_next_statement(play: Shift) -> None:
    play.start()
    missed(play)
    assert play.points("manager") == {1}
    excluding(play, "manager")
    assert play.points("manager") == set()


def to_a_partners_place(play: Shift, **label: Any) -> UUID:
    """Let the town's charity propose a place for the police's night, and the police's team set out to it."""
    writer, town = play.writer, play.town
    place = worlds.a_place(writer, worlds.a_label(writer, town.charity, **label))
    named = [worlds.a_membership(writer, town.police) for _ in range(2)]
    contacts = [worlds.a_membership(writer, town.police) for _ in range(2)]
    contacts.append(worlds.a_membership(writer, town.police, clearance=0, areas=(2,)))
    worlds.a_joint_visit(
        writer, place, town.charity, town.police, members=named, starts_at=NOON, ends_at=NOON + 240 * MINUTE
    )
    play.people |= {"officer": named[0], "mate": named[1], "their manager": contacts[2], "able manager": contacts[0]}
    writer.execute("INSERT INTO access.duty_desk VALUES (%s, '0121 496 0002', NULL, %s)", [town.police, NOON])
    writer.execute("INSERT INTO access.duty_desk_member VALUES (%s, %s)", [town.police, contacts[1]])
    plan = uuid4()
    keep = "SELECT access.keep_plan(%s, 0, %s, %s, 'ready', %s, %s, %s)"
    play.ask("officer", keep, plan, NOON, NOON + 240 * MINUTE, json.dumps({}), named, [1, 1])
    start = "SELECT access.start_shift(%s, %s, 1, %s, %s, %s, 25, %s)"
    play.places = [place]
    play.ask("officer", start, uuid4(), plan, [place], ["record"], [20], contacts)
    return place


def test_a_partners_manager_whom_the_agreement_does_not_reach_is_not_shown_the_owners_place(play: Shift) -> None:
    to_a_partners_place(play)
    missed(play)
    assert len(play.alarms("their manager")) == 1
    assert play.points("their manager") == set()


def test_what_opened_to_a_partners_manager_closes_with_the_agreement_that_shared_it(play: Shift) -> None:
    writer, town = play.writer, play.town
    to_a_partners_place(play)
    writer.execute("UPDATE access.shift SET manager = %s, buddy = %s WHERE organisation_id = %s",
                   [play.people["able manager"], play.people["their manager"], town.police])  # fmt: skip
    missed(play)
    assert play.points("able manager") == {1}
    worlds.an_agreement(writer, town.charity, town.police, areas=(2,), max_sensitivity=0)
    writer.execute("UPDATE access.agreement SET suspended_at = %s WHERE id = %s", [play.at, town.agreement])
    assert play.points("able manager") == set(), "another agreement between the two does not reach this place"


def test_each_look_of_a_partners_manager_stands_in_the_owners_chain(play: Shift) -> None:
    writer, town = play.writer, play.town
    place = to_a_partners_place(play)
    missed(play)
    disclose = "SELECT audit.disclose_place(%s, '{}')"
    query = "SELECT count(*) FROM audit.entry WHERE organisation_id = %s AND body::jsonb ->> 'what' = 'opened place'"
    for name in ("their manager", "able manager"):
        before = writer.execute(query, [town.charity]).fetchone()
        asked(play.service, play.token(name), disclose, place)
        after = writer.execute(query, [town.charity]).fetchone()
        shown = name in play.people and play.points(name) == {1}
        assert (after != before) is shown, name


def test_a_contact_who_takes_an_alarm_again_and_again_holds_its_ladder_no_longer(play: Shift) -> None:
    play.start()
    missed(play, 36)
    alarm = play.alarms("buddy")[0]["id"]
    for minute in (37, 44, 50):
        missed(play, minute)
        play.ask("buddy", "SELECT access.take_alarm(%s)", alarm)
    assert play.kinds("second") == []
    missed(play, 53)
    assert play.kinds("second") == ["second_contact"]
    assert play.kinds("desk") == ["second_contact"]
