"""What the API knows of a place, a square, a visit, a note, worded for reading: the same facts in the same order.

Safety comes first, then kind, status and address. The list, the card and the page of a place all take their words
from here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.words import ADVICE, STRICTEST, day, in_words, square_in_words

Record = Mapping[str, Any]
DOOR = {"shorten": "At the door the team kept it short.", "withdraw": "At the door the team withdrew."}
_LEFT = {"letter": "no letter", "card": "no card through the door", "voicemail": "no voicemail"}
_ROLES = {"you": "you", "outreach": "an outreach worker", "admin": "an admin", "analyst": "an analyst"}
Choice = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the list: a place that the session may open, a square (without `id`), or a position that was sought.

    A position has no attend rule. `box` is west, south, east, north in degrees, as released to the session.
    """

    id: str | None
    box: tuple[float, float, float, float]
    sign: str
    attend_rule: str | None
    title: str
    facts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A visit or a note on a card: a heading, then lines; `text` is what somebody wrote."""

    heading: str
    lines: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Card:
    """A place as its card shows it."""

    name: str
    attend_rule: str
    facts: tuple[tuple[str, str], ...]


def row(feature: Record) -> Row:
    """Return the row of a GeoJSON feature of the layer `places`."""
    known = feature["properties"]
    rule = known["attend_rule"]
    if "size" in known:
        title, id_ = square_in_words(known["size"]), None
        facts = ["Somewhere in this square"]
    else:
        title, id_ = known["name"], str(feature["id"])
        (_, kind), (_, status), *address = _place_facts(known)
        facts = [f"{kind} · {status}", *(value for _, value in address), *_seen(known)]
    sign = rule if rule in ADVICE else STRICTEST
    return Row(
        id=id_,
        box=box_of(feature["geometry"]),
        sign=sign if id_ else f"square-{sign}",
        attend_rule=rule,
        title=title,
        facts=tuple(facts),
    )


def card(place: Record) -> Card:
    """Return the card of a place as the API describes it."""
    told = (*_place_facts(place), *when_to_visit(place), *_upkeep(place))
    return Card(name=place["name"], attend_rule=place["attend_rule"], facts=told)


def visit_entry(visit: Record) -> Entry:
    """Return a visit: its day and state, its outcome, what the team found at the door, whom it met and what it saw."""
    lines = [in_words(visit["outcome"])] if visit.get("outcome") else []
    check = visit.get("risk_check") or {}
    if check.get("decision") in DOOR:
        lines.append(DOOR[check["decision"]])
    if visit.get("people_met"):
        children = f", {visit['children_met']} of them children" if visit.get("children_met") else ""
        lines.append(f"People met: {visit['people_met']}{children}")
    for name, heading in (("needs", "Needs"), ("indicators", "Seen")):
        if visit.get(name):
            lines.append(f"{heading}: " + ", ".join(in_words(seen).lower() for seen in visit[name]))
    if visit.get("team"):
        lines.append(f"By {visit['team']}")
    return Entry(heading=f"{day(visit['visited_on'])}: {visit['status']}", lines=tuple(lines))


def safety(found: Sequence[Record], may_leave: Mapping[str, bool], titles: Mapping[str, str]) -> dict[str, Any]:
    """Return what must be known before anybody goes: dangers, contact safety, and what may not be left behind."""
    flags = [(flag["list"], _flag_entry(flag, titles)) for flag in found]
    forbidden = [_LEFT[way] for way, is_safe in may_leave.items() if not is_safe]
    return {
        "dangers": [entry for list_, entry in flags if list_ == "danger_flag"],
        "contact": [entry for list_, entry in flags if list_ == "contact_flag"],
        "forbidden": f"Leave {_listed(forbidden)}: nobody said lately that it is safe." if forbidden else "",
    }


def _flag_entry(flag: Record, titles: Mapping[str, str]) -> Entry:
    words = titles.get(flag["flag"], "Something that this version cannot read: ask the owner before anybody goes")
    return Entry(
        heading=words, lines=(f"Since {day(flag['since'])}; to be looked at again by {day(flag['review_on'])}.",)
    )


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def seen_entry(seen: Record) -> str:
    """Return who opened a card and when, by role and day."""
    return f"{day(seen['seen_on'])}: {_ROLES.get(seen['role'], 'somebody who is no longer a member')}"


def flag_choices(lists: Mapping[str, Mapping[str, str]], found: Sequence[Record]) -> dict[str, list[Choice]]:
    """Return the flags that can be added to a place, and those that can be ended; each is value, words, hint."""
    has = {flag["flag"]: f"Since {day(flag['since'])}" for flag in found}
    titles = {**lists["danger_flag"], **lists["contact_flag"]}
    return {
        "add": [(slug, title, "") for slug, title in titles.items() if slug not in has],
        "end": [(slug, title, has[slug]) for slug, title in titles.items() if slug in has],
    }


def note_entry(note: Record) -> Entry:
    """Return a risk note: category and severity, the author's own words, then where they came from."""
    lines = [f"Recorded {day(note['recorded_on'])}; the author {_provenance(note['provenance'])}."]
    grade = note.get("grade")
    if grade:
        lines.append(f"Police grade beside it: {grade['source']}{grade['intelligence']}{grade['handling']}.")
    if note.get("team"):
        lines.append(f"Written for {note['team']}.")
    if note.get("review_on"):
        lines.append(f"Review by {day(note['review_on'])}.")
    return Entry(
        heading=f"{in_words(note['category'])}, severity {note['severity']} of 5",
        text=note["text"],
        lines=tuple(lines),
    )


def list_in_words(rows: Sequence[Row], *, is_whole: bool) -> str:
    """Return what the list holds, in one sentence that says when there is more than it shows."""
    places = sum(row.id is not None for row in rows)
    squares = len(rows) - places
    if not rows:
        return "Nothing here that this session may see."
    parts = [_counted(places, "place")] * bool(places) + [_counted(squares, "square")] * bool(squares)
    found = " and ".join(parts)
    return f"{found}." if is_whole else f"The first {found}. Move closer to list the rest."


def box_of(geometry: Record) -> tuple[float, float, float, float]:
    """Return west, south, east, north of a GeoJSON geometry."""
    positions = list(_positions(geometry["coordinates"]))
    longitudes = [position[0] for position in positions]
    latitudes = [position[1] for position in positions]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _positions(coordinates: Sequence[Any]) -> Iterator[Sequence[float]]:
    if isinstance(coordinates[0], int | float):
        yield coordinates
        return
    for part in coordinates:
        yield from _positions(part)


def _place_facts(place: Record) -> tuple[tuple[str, str], ...]:
    address = ", ".join(part for part in (place.get("address"), place.get("postcode")) if part)
    facts = (("Kind", in_words(place["kind"])), ("Status", in_words(place["status"])), ("Address", address))
    return tuple((name, value) for name, value in facts if value)


def when_to_visit(place: Record) -> tuple[tuple[str, str], ...]:
    """Return when a place is open, when a visit is safe, when nobody knocks, and what a team speaks there."""
    spoken = ", ".join(in_words(one) for one in place.get("languages") or ())
    facts = (
        ("Open", place.get("open_hours")),
        ("Safe to visit only", place.get("safe_hours")),
        ("Do not knock", place.get("no_knock_hours")),
        ("Spoken there", spoken),
    )
    return tuple((name, value) for name, value in facts if value)


def _seen(place: Record) -> Iterator[str]:
    """Give the last visit and the severest risk note, as far as this session may see them."""
    if "visited_on" in place:
        yield f"Last visit {day(place['visited_on'])}" if place["visited_on"] else "No visit that you may see"
    if place.get("severity"):
        yield f"Risk note, severity {place['severity']} of 5"


def _upkeep(place: Record) -> tuple[tuple[str, str], ...]:
    found = [
        ("Risk flag", f"{in_words(risk['category'])}, severity {risk['severity']} of 5, {day(risk['recorded_on'])}")
        for risk in place.get("risks", ())
    ]
    if place.get("owner"):
        found.append(("Recorded by", place["owner"]))
    if place.get("review_on"):
        found.append(("Review by", day(place["review_on"])))
    return tuple(found)


def _provenance(said: str) -> str:
    return {"saw myself": "saw it", "unsure": "is unsure where it came from"}.get(said, said)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
