"""What was answered about a visit, in words, before it is saved: each with the step where it can be changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from web.visit_steps import QUESTIONS, has_note, is_withdrawal
from web.words import day, in_words

Lists = Mapping[str, Mapping[str, str]]
DECISIONS = {"continue": "Continue", "shorten": "Keep it short", "withdraw": "Withdraw: leave now"}


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A line of the summary."""

    step: str
    asked: str
    said: str


def summary(values: Mapping[str, object], lists: Lists, steps: Sequence[str]) -> list[Answered]:
    """Return the answers of these steps, in their order."""
    return [line for line in _lines(values, lists) if line.step in steps and line.said]


def _lines(values: Mapping[str, object], lists: Lists) -> Iterator[Answered]:
    for name, question in QUESTIONS:
        yield Answered(step="door", asked=question, said=str(values.get(name, "")).capitalize())
    yield Answered(step="door", asked="At the door", said=DECISIONS.get(str(values.get("decision")), ""))
    if is_withdrawal(values):
        return
    yield Answered(step="outcome", asked="Outcome", said=_word(values, "outcome", lists["outcome"]))
    yield Answered(step="outcome", asked="Day", said=day(values.get("visited_on", "")))
    yield Answered(step="outcome", asked="Team", said=lists.get("team", {}).get(str(values.get("team", "")), ""))
    yield Answered(step="people", asked="People met", said=str(values.get("people_met", "")))
    yield Answered(step="people", asked="Children among them", said=str(values.get("children_met", "")))
    yield Answered(step="needs", asked="Needs", said=_words(values, "needs", lists["need"]))
    yield Answered(step="needs", asked="Seen", said=_words(values, "indicators", lists["indicator"]))
    both = {**lists["danger_flag"], **lists["contact_flag"]}
    yield Answered(step="flags", asked="Flags to add", said=_words(values, "add", both))
    yield Answered(step="flags", asked="Flags that end", said=_words(values, "end", both))
    if has_note(values):
        heading = f"{_word(values, 'category', lists['exploitation'])}, severity {values.get('severity')} of 5"
        yield Answered(step="note", asked=f"Risk note: {heading}", said=str(values["text"]))
    else:
        yield Answered(step="note", asked="Risk note", said="None")


def _word(values: Mapping[str, object], name: str, titles: Mapping[str, str]) -> str:
    slug = str(values.get(name, ""))
    return titles.get(slug, in_words(slug))


def _words(values: Mapping[str, object], name: str, titles: Mapping[str, str]) -> str:
    chosen = values.get(name, [])
    return ", ".join(titles.get(slug, in_words(slug)) for slug in chosen) if isinstance(chosen, list) else ""
