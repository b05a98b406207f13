"""Days and moments as forms give them: what a browser hands over, and what people write themselves."""

from datetime import date, datetime

import pytest
from pydantic import BaseModel

from geo.shifts.clock import LOCAL
from web import days
from web.agreement_forms import SENTENCES as AGREEMENT
from web.forms import read


class AForm(BaseModel):
    """A form that asks for a day."""

    day: days.Day


@pytest.mark.parametrize("text", ["2027-03-31", " 31 March 2027 ", "31 Mar 2027", "31/03/2027", "31/3/2027"])
def test_a_day_is_understood_however_people_write_it(text: str) -> None:
    found = read(AForm, {"day": text}, {})
    assert isinstance(found, AForm)
    assert found.day == date(2027, 3, 31)
    assert days.day_text(text) == text


@pytest.mark.parametrize("text", ["2027-03-31T18:00", "31 March 2027 18:00", "31 March 2027, 18:00"])
def test_a_moment_is_understood_by_the_clock_in_britain(text: str) -> None:
    assert days.moment(text) == datetime(2027, 3, 31, 18, tzinfo=LOCAL)


@pytest.mark.parametrize("text", ["soon", "", "31 March", "2027", "0031-03-01", "31 February 2027", "\x00"])
def test_what_is_no_day_is_told_how_people_write_one(text: str) -> None:
    with pytest.raises(days.NotADay, match="31 March 2027"):
        days.day_text(text)
    with pytest.raises(days.NotADay, match="31 March 2027 18:00"):
        days.moment(text)


def test_what_a_form_expects_is_understood_by_it() -> None:
    example = AGREEMENT["valid_from"].partition("such as ")[2].rstrip(".")
    assert days.beginning(example) == datetime(2027, 4, 1, tzinfo=LOCAL)
