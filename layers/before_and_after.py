"""Reports before and after an initiative, beside boroughs where none ran: published values, and never a sum of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from geo.quarters import later, quarter_of

AROUND: Final = 2
"""Quarters before an initiative began, and after it."""
WITHHELD: Final = "withheld"
"""What stands for a value that was not published, because of what releases tell of its squares."""


def comparisons(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return for each initiative of a briefing the quarters before, of and after it, in its boroughs and in others.

    Others are the counted boroughs in which no initiative of the briefing ran in these quarters. A row is an area, and
    the borough table's values of these quarters in order. An initiative is left out when the table holds no quarter
    before it.
    """
    shown = [date.fromisoformat(one) for one in document["quarters"]]
    values = {(one["area"], one["quarter"]): value_of(one) for one in document["counts"]}
    found = []
    for one in document["initiatives"]:
        quarters = [quarter for quarter in _around(one) if quarter in shown]
        if not quarters or quarters[0] >= quarter_of(date.fromisoformat(one["starts_on"])):
            continue
        busy = {area for other in document["initiatives"] if _ran_in(other, quarters) for area in other["areas"]}
        known = [borough["area"] for borough in document["boroughs"] if borough["is_counted"]]
        phases = [_phase(one, quarter) for quarter in quarters]
        texts = [quarter.isoformat() for quarter in quarters]
        found.append({
            "initiative": one["id"], "quarters": texts, "phases": phases,
            "own": [_row(area, texts, values) for area in known if area in one["areas"]],
            "others": [_row(area, texts, values) for area in known if area not in busy],
        })  # fmt: skip
    return found


def value_of(cell: Mapping[str, Any]) -> int | str | None:
    """Return a cell's published value: a number, None for the band, WITHHELD for none."""
    value: int | None = cell["value"]
    return WITHHELD if cell["is_withheld"] else value


def _around(one: Mapping[str, Any]) -> list[date]:
    first = later(quarter_of(date.fromisoformat(one["starts_on"])), -AROUND)
    last = later(quarter_of(date.fromisoformat(one["ends_on"])), AROUND)
    quarters = [first]
    while quarters[-1] < last:
        quarters.append(later(quarters[-1], 1))
    return quarters


def _ran_in(one: Mapping[str, Any], quarters: list[date]) -> bool:
    first, last = (date.fromisoformat(one[name]) for name in ("starts_on", "ends_on"))
    return first < later(quarters[-1], 1) and last >= quarters[0]


def _phase(one: Mapping[str, Any], quarter: date) -> str:
    if later(quarter, 1) <= date.fromisoformat(one["starts_on"]):
        return "before"
    return "after" if quarter > date.fromisoformat(one["ends_on"]) else "during"


def _row(area: int, quarters: list[str], values: Mapping[tuple[int, str], int | str | None]) -> dict[str, Any]:
    return {"area": area, "values": [values.get((area, quarter)) for quarter in quarters]}
