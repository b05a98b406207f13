"""Opening hours as OpenStreetMap writes them: the simple forms are read, everything else is refused."""

import pytest

from geo.shifts.hours import NotHours, written_hours
from geo.shifts.opening_hours import read_opening_hours


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("Mo-Fr 09:00-17:00; Sa 10:00-14:00", "Mon-Fri 09:00-17:00, Sat 10:00-14:00"),
        ("mo-fr 9:00-17:00;sa 10:00-14:00;", "Mon-Fri 09:00-17:00, Sat 10:00-14:00"),
        ("Mo,We 10:00-12:00,13:00-17:00", "Mon 10:00-12:00, Mon 13:00-17:00, Wed 10:00-12:00, Wed 13:00-17:00"),
        ("Mo-Su 10:00-18:00; We off", "Mon-Tue 10:00-18:00, Thu-Sun 10:00-18:00"),
        ("10:00-18:00", "Mon-Sun 10:00-18:00"),
        ("24/7", "Mon-Sun 00:00-24:00"),
        ("Fr-Sa 20:00-02:00", "Fri-Sat 20:00-02:00"),
        ("Fr 20:00-26:00", "Fri 20:00-02:00"),
        ("Sa-Mo 10:00\u201312:00", "Mon 10:00-12:00, Sat-Sun 10:00-12:00"),
        ("Mo-Fr 09:00-17:00; PH off", "Mon-Fri 09:00-17:00"),
        ("Monday-Friday 09:00-17:00", "Mon-Fri 09:00-17:00"),
        ("", ""),
        ("  ", ""),
    ],
)  # fmt: skip
def test_a_simple_form_is_read(text: str, means: str) -> None:
    assert written_hours(read_opening_hours(text)) == means


@pytest.mark.parametrize(
    "text",
    ["by appointment", "Mo-Fr", "Mo-Fr 09:00", "Jan-Mar Mo 09:00-17:00", 'Mo 09:00-17:00 || "call"', "sunrise-sunset",
     "Mo 25:00-26:00", "Mo 09:70-10:00", "Mo 09:00-49:00", "Xx 09:00-17:00", "off", "PH off", "week 1-10 Mo 09:00",
     "Mo-Su " + ",".join(f"{hour:02}:00-{hour:02}:30" for hour in range(8))],
)  # fmt: skip
def test_what_is_no_simple_form_is_refused(text: str) -> None:
    with pytest.raises(NotHours, match="Mo-Fr 09:00-17:00"):
        read_opening_hours(text)
