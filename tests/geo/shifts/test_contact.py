"""Contact-safety flags fail closed: what is not known, or not said to be safe, is forbidden."""

from datetime import date, timedelta

import pytest

from geo.shifts.contact import SKILLS, TOLD, ContactFlag, barred_by_contact, may_leave, skills_asked

TODAY = date(2026, 11, 26)


def flags(*names: str, days: int = 10) -> tuple[ContactFlag, ...]:
    return tuple(ContactFlag(flag=name, since=TODAY - timedelta(days=days)) for name in names)


def test_flags_about_who_goes_ask_for_skills() -> None:
    assert skills_asked(flags("no_uniform", "women_workers_only", "no_letter")) == {"plain clothes", "women only"}
    assert not skills_asked(())


def test_a_visit_is_barred_where_nobody_may_knock_and_where_a_flag_cannot_be_read() -> None:
    assert barred_by_contact(flags(*SKILLS, *TOLD)) is None
    assert barred_by_contact(()) is None
    assert barred_by_contact(flags("no_knock")) == "nobody is to knock there"
    assert barred_by_contact(flags("something_new")) == "it has a contact-safety flag that this version cannot read"
    assert barred_by_contact(None) == "how to make contact safely is not known"


@pytest.mark.parametrize(
    ("what", "safe", "forbidden"),
    [
        ("letter", "letter_safe", "no_letter"),
        ("card", "card_safe", "no_card_through_door"),
        ("voicemail", "voicemail_safe", "no_voicemail"),
    ],
)
def test_only_what_was_said_to_be_safe_of_late_may_be_left(what: str, safe: str, forbidden: str) -> None:
    assert may_leave(what, flags(safe), on=TODAY)
    assert may_leave(what, flags(safe, days=90), on=TODAY)
    assert not may_leave(what, flags(safe, days=91), on=TODAY)
    assert not may_leave(what, flags(safe, days=-1), on=TODAY)
    assert not may_leave(what, flags(safe, forbidden), on=TODAY)
    assert not may_leave(what, (), on=TODAY)
    assert not may_leave(what, None, on=TODAY)
    assert not may_leave("pigeon", flags(safe), on=TODAY)


def test_every_flag_of_the_reference_list_is_known() -> None:
    assert len(set(SKILLS) | TOLD | {"no_knock"}) == 19
