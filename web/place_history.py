"""What changed of a place from version to version, by field, and whose role it was."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.place_hours import told_hours
from web.words import attend_rule, day, in_words

Record = Mapping[str, Any]
_ATTEND = ("ok", "two_people", "contact_owner_first", "do_not_attend")
_FIELDS = {
    "name": "Name",
    "kind": "Kind",
    "address": "Address",
    "postcode": "Postcode",
    "status": "Status",
    "attend_rule": "Attend rule",
    "review_on": "Review by",
    "open_hours": "Open",
    "safe_hours": "Safe to visit only",
    "no_knock_hours": "Do not knock",
    "languages": "Spoken there",
    "position": "Position",
}
WHO = {
    "you": "you",
    "outreach": "an outreach worker of your organisation",
    "admin": "an admin of your organisation",
    None: "somebody who is not of your organisation now",
}


@dataclass(frozen=True, kw_only=True)
class Change:
    """A version: when it was made and by whom, and what it changed of the one before, as field, before, after."""

    version: int
    on: str
    by: str
    fields: tuple[tuple[str, str, str], ...]


def changes(now: Record, past: Sequence[Record], kinds: Sequence[str]) -> list[Change]:
    """Return the versions of a place, the latest first; `past` holds the earlier ones, the latest first."""
    current = {
        "version": now["version"],
        "was": _was(now),
        "changed_at": now["changed_at"],
        "changed_by": now["changed_by"],
    }
    versions = [current, *({**one, "was": _told(one["was"], kinds)} for one in past)]
    before = [*versions[1:], None]
    return [_change(version, earlier) for version, earlier in zip(versions, before, strict=True)]


def _change(version: Record, earlier: Record | None) -> Change:
    fields = tuple(_different(earlier["was"], version["was"])) if earlier else ()
    return Change(
        version=version["version"],
        on=day(version["changed_at"]),
        by=WHO.get(version["changed_by"], WHO[None]),
        fields=fields,
    )


def _different(before: Record, after: Record) -> Iterator[tuple[str, str, str]]:
    for name, heading in _FIELDS.items():
        if before.get(name) != after.get(name):
            yield heading, _words(name, before.get(name)), _words(name, after.get(name))


def _was(place: Record) -> dict[str, Any]:
    position = (round(place["longitude"], 6), round(place["latitude"], 6))
    return {**place, "review_on": str(place["review_on"] or ""), "position": position}


def _told(was: Record, kinds: Sequence[str]) -> dict[str, Any]:
    """Return a past version in words: its kind and attend rule are kept as codes."""
    kind, rule = was.get("kind"), was.get("attend_rule")
    position = (round(was.get("longitude") or 0, 6), round(was.get("latitude") or 0, 6))
    return {
        **was,
        **told_hours(was.get("hours") or {}),
        "languages": was.get("languages") or [],
        "kind": kinds[kind - 1] if isinstance(kind, int) and 0 < kind <= len(kinds) else "unknown",
        "attend_rule": _ATTEND[rule] if isinstance(rule, int) and 0 <= rule < len(_ATTEND) else _ATTEND[-1],
        "review_on": str(was.get("review_on") or ""),
        "position": position,
    }


def _words(name: str, value: object) -> str:
    if value in (None, "", []):
        return "nothing"
    if name == "languages" and isinstance(value, list):
        return ", ".join(in_words(one) for one in value)
    if name == "position":
        return "another point"
    if name == "review_on":
        return day(value)
    if name == "attend_rule":
        return attend_rule(str(value))
    return in_words(str(value)) if name in {"kind", "status"} else str(value)
