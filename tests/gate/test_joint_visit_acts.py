"""What people do with joint visits: who may, who is told that there is none, what is refused, what the audit says."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests import worlds
from tests.gate.playing import BROKEN, DAY, DENIED, ENDS, HOUR, MISSING, REFUSED, STARTS, TICK, Play
from tests.gate.town import a_layer_token, asked
from tests.worlds import NOON

pytestmark = pytest.mark.proof


def test_only_live_outreach_workers_of_ones_own_are_named(play: Play) -> None:
    id = play.propose()
    police = play.town.police
    unfit: dict[str, list[UUID]] = {
        "nobody": [],
        "of another organisation": [play.town.worker],
        "an analyst": [worlds.a_membership(play.writer, police, role="analyst")],
        "whose membership ended": [worlds.a_membership(play.writer, police, valid_until=NOON)],
        "who never was": [uuid4()],
        "one good, one not": [play.town.officer, play.town.worker],
    }
    for members in unfit.values():
        with pytest.raises(REFUSED, match="Name"):
            play.call("officer", "accept_joint_visit", id, members, "record")
    assert play.one("SELECT count(*) FROM store.joint_visit_member WHERE joint_visit_id = %s", id) == 0


def test_nobody_accepts_what_they_proposed_under_another_membership(play: Play) -> None:
    person = play.one("SELECT person_id FROM access.membership WHERE id = %s", play.town.worker)
    play.others["both"] = worlds.a_membership(play.writer, play.town.police, person=person)
    with pytest.raises(REFUSED, match="Another person"):
        play.call("both", "accept_joint_visit", play.propose(), [play.others["both"]], "record")


def test_whom_a_partner_may_name_is_told_to_it_alone(play: Play) -> None:
    id = play.propose()
    query = "SELECT membership_id FROM store.joint_visit_members(%s)"

    def named(who: str) -> set[UUID]:
        return {row[0] for row in asked(play.service, play.token(who), query, id)}

    police = {play.town.officer, play.others["second officer"], play.others["far officer"]}
    assert named("officer") == police
    assert named("worker") == named("far officer") == named("stranger") == set()
    play.call("officer", "accept_joint_visit", id, [play.town.officer], "record")
    assert named("second officer") == {play.town.officer}
    assert named("worker") == set()


NONSENSE: dict[str, tuple[dict[str, Any], str]] = {
    "ends before it starts": ({"ends": STARTS - HOUR}, "ends after"),
    "ends as it starts": ({"ends": STARTS}, "ends after"),
    "too long": ({"ends": STARTS + 48 * HOUR + TICK}, "48 hours"),
    "past": ({"starts": NOON - 3 * HOUR, "ends": NOON}, "in the future"),
    "far ahead": ({"starts": NOON + 91 * DAY, "ends": NOON + 91 * DAY + HOUR}, "within 90 days"),
}


@pytest.mark.parametrize("what", NONSENSE)
def test_nonsense_is_not_proposed(play: Play, what: str) -> None:
    given, why = NONSENSE[what]
    with pytest.raises(REFUSED, match=why):
        play.propose(**given)


def test_only_to_whom_an_agreement_lets_know(play: Play) -> None:
    said = []
    council = play.one("SELECT organisation_id FROM access.membership WHERE id = %s", play.others["stranger"])
    for partner in (council, play.town.charity, -1):
        with pytest.raises(REFUSED, match="No live agreement") as refused:
            play.propose(partner=partner)
        said.append(str(refused.value))
    assert len(set(said)) == 1
    with pytest.raises(BROKEN):
        play.propose(help="whatever")


def partners(play: Play, who: str, place: UUID) -> Sequence[Any]:
    return [
        row[0] for row in asked(play.service, play.token(who), "SELECT uid FROM store.joint_visit_partners(%s)", place)
    ]


def test_partners_are_offered_for_ones_own_places_only(play: Play) -> None:
    police = play.one("SELECT uid FROM access.organisation WHERE id = %s", play.town.police)
    secret = worlds.a_place(play.writer, worlds.a_label(play.writer, play.town.charity, handling=worlds.a_handling(
        play.writer, owner_only=True
    )))  # fmt: skip
    assert partners(play, "worker", play.town.place) == [police]
    assert partners(play, "worker", secret) == []
    for who, place in (("junior", play.town.place), ("officer", play.town.place), ("worker", uuid4())):
        with pytest.raises(DENIED):
            partners(play, who, place)


@pytest.mark.parametrize("who", ["officer", "stranger", "junior"])
def test_another_organisations_and_a_hidden_place_are_refused_as_a_missing_one(play: Play, who: str) -> None:
    play.accepted()
    play.clock(STARTS)  # The officer sees the place now, and still does not own it.
    said = []
    for place in (play.town.place, uuid4()):
        with pytest.raises(DENIED) as refused:
            play.propose(who, place=place, starts=STARTS + HOUR, ends=STARTS + 2 * HOUR)
        said.append(str(refused.value))
    assert said[0] == said[1]


ACTS: dict[str, tuple[object, ...]] = {
    "accept_joint_visit": ([uuid4()], "record"),
    "decline_joint_visit": ("record",),
    "cancel_joint_visit": ("record",),
    "ask_more_time": (ENDS + HOUR, "record"),
    "agree_more_time": (ENDS + HOUR, "record"),
}


@pytest.mark.parametrize("who", ["stranger", "junior", "far officer"])
@pytest.mark.parametrize("act", ACTS)
def test_who_may_not_know_of_it_is_answered_as_if_there_were_none(play: Play, act: str, who: str) -> None:
    id, said = play.propose(), []
    for which in (id, uuid4()):
        with pytest.raises(MISSING) as missing:
            play.call(who, act, which, *ACTS[act])
        said.append(str(missing.value))
    assert said[0] == said[1]


@pytest.mark.parametrize(
    ("who", "act"),
    [
        ("worker", "accept_joint_visit"),
        ("worker", "decline_joint_visit"),
        ("officer", "ask_more_time"),
        ("officer", "agree_more_time"),
    ],
)
def test_each_side_does_only_what_is_its_own(play: Play, who: str, act: str) -> None:
    id = play.accepted()
    with pytest.raises(DENIED, match="other organisation"):
        play.call(who, act, id, *ACTS[act])


@pytest.mark.parametrize("who", ["analyst", "enforcement", "layer token", "nobody"])
def test_other_sessions_have_no_part_in_joint_visits(play: Play, who: str) -> None:
    play.propose()
    tokens: dict[str, Callable[[], str]] = {
        "analyst": lambda: play.token("analyst", "analysis"),
        "enforcement": lambda: play.token("officer", "enforcement"),
        "layer token": lambda: a_layer_token(play.service, play.token("worker"))[0],
        "nobody": str,
    }
    for query in (
        "SELECT * FROM store.joint_visits(NULL)",
        "SELECT * FROM store.joint_visit_members(gen_random_uuid())",
    ):
        with pytest.raises(DENIED):
            asked(play.service, tokens[who](), query)


def test_each_act_stands_in_both_chains(play: Play) -> None:
    id = play.accepted()
    play.call("worker", "ask_more_time", id, ENDS + HOUR, "record")
    play.call("colleague", "agree_more_time", id, ENDS + HOUR, "record")
    play.call("officer", "cancel_joint_visit", id, "record")
    play.call("officer", "decline_joint_visit", play.propose(), "record")
    both = [
        ("disclosure", "proposed a joint visit"),
        ("disclosure", "accepted a joint visit"),
        ("disclosure", "gave a joint visit more time"),
        ("alteration", "cancelled a joint visit"),
        ("disclosure", "proposed a joint visit"),
        ("alteration", "declined a joint visit"),
    ]
    owners = play.told(play.town.charity)
    assert [one for one in owners if "asked" not in one[1]] == both
    assert ("alteration", "asked for more time for a joint visit") in owners
    assert play.told(play.town.police) == both


def test_who_goes_is_named_in_the_partners_chain_and_counted_in_the_owners(play: Play) -> None:
    play.accepted()
    query = (
        "SELECT body::jsonb -> 'members' FROM audit.entry WHERE organisation_id = %s"
        " AND body::jsonb ->> 'what' = 'accepted a joint visit'"
    )
    assert play.one(query, play.town.charity) == 1
    assert play.one(query, play.town.police) == [str(play.town.officer)]
    place = "SELECT body FROM audit.entry WHERE organisation_id = %s AND body LIKE '%%place record%%'"
    assert play.one(place, play.town.charity)
    assert play.one(place, play.town.police) is None
