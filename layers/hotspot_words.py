"""How a hotspot map was made, in sentences: every parameter, every choice nobody made, and where it may mislead."""

from typing import Final

import numpy as np

from geo.hotspots.excess import State
from geo.hotspots.shifted import SIDES, WAYS
from layers.hotspot_maps import LEVEL, REPLICATES, HotspotMap
from layers.hotspot_questions import KNOWN, METHODS, REACH, Question, month_number
from layers.hotspot_steadiness import FEWEST_NOTES, steadiness_of
from layers.hotspot_teams import Strata

STATES: Final = {
    "hot_for_team": "Hot, even for the teams that go there",
    "hot": "Hot for the visits made there",
    "ordinary": "Not hot",
    "too_few_visits": "Too few visits to say",
    "busy": "Much is written down here",
    "not_busy": "Not more than elsewhere",
}
PATTERNS: Final = (
    "", "New", "Hot for some months on end", "Growing", "Hot all along", "Fading", "Hot now and then",
    "Hot now, once quiet", "Was hot",
)  # fmt: skip
"""What each pattern of geo.hotspots.emerging is called, in the order of their numbers."""
Choice = tuple[str, str]
FEW_NOTES: Final = 30
"""Notes below which hardly anything can stand out."""


def slug_of(found: HotspotMap, index: int) -> str:
    """Return the state of one square as a word for machines; STATES has the sentence."""
    if found.question.method == "activity":
        return "busy" if found.state[index] == State.HOT else "not_busy"
    if found.state[index] == State.HOT:
        return "hot_for_team" if found.is_hot_for_team[index] else "hot"
    return "ordinary" if found.state[index] == State.ORDINARY else "too_few_visits"


def metres_in_words(metres: int) -> str:
    """Return a length as people say it: "500 m", "5 km", "7.5 km"."""
    return f"{metres} m" if metres < 1_000 else f"{metres / 1_000:g} km"


def months_in_words(question: Question) -> str:
    """Return the months asked about: "March 2025 to February 2026, 12 months"."""
    if question.months == 1:
        return f"{question.first:%B %Y}"
    return f"{question.first:%B %Y} to {question.last:%B %Y}, {question.months} months"


def choices(found: HotspotMap, *, organisation: str, category: str, hides_small: bool = False) -> list[Choice]:
    """Return what was chosen, by people and by us, as pairs of name and sentences.

    With `hides_small` totals are rounded to tens: what is left of an exact one would tell the counts that are hidden.
    """
    question = found.question
    notes, visits = (_total(count, hides_small=hides_small) for count in (found.notes.sum(), found.visits.sum()))
    told = [
        _choice("Notes counted", f"{category}{_of_notes(question)}.", f"{notes} notes."),
        _choice("Months", f"{months_in_words(question)}."),
        _choice("Where", f"{question.area or 'All of your areas'}."),
        _choice(
            "Whose records",
            f"Those of {organisation} that you may count.",
            "No partner's: their counts come as releases alone.",
        ),
        _choice("Method", f"{METHODS[question.method]}."),
        _choice(
            "Squares",
            f"{metres_in_words(question.metres)} squares of the National Grid with a visit or a note in these months:",
            f"{len(found.easting):,}.",
            "A square where nobody went and nothing was written is left out, not called quiet.",
        ),
        _choice(
            "Looked at together",
            "Each square with all whose middles lie within",
            f"{metres_in_words(REACH[question.metres])} of its own. Chosen by us for this size of square.",
        ),
    ]
    told += _of_activity() if question.method == "activity" else _of_excess(found, f"{notes} notes on {visits} visits")
    return told + _of_grids(found, hides_small=hides_small) + _of_scan(found)


def _of_excess(found: HotspotMap, totals: str) -> list[Choice]:
    rate = 100 * found.notes.sum() / max(found.visits.sum(), 1)
    how = found.excess
    if how is None:
        return [_choice("Expected notes", "Nobody made a visit in these months, so nothing can be expected.")]
    called = f"Those with a chance of {how.line:.2g} or less were called." if how.hot.any() else "None were called."
    return [
        _choice(
            "Expected notes",
            f"{totals}: {rate:.0f} on a hundred, for every visit alike.",
            "The chance of so many notes or more is that of the binomial distribution, exact.",
        ),
        _of_teams(found.strata),
        _choice(
            "Hot",
            f"A false discovery rate of {LEVEL:.0%} over all squares (Benjamini and Hochberg): about one in",
            f"{1 / LEVEL:.0f} of the squares called hot may be so by chance. {called}",
        ),
        _choice(
            "Too few visits to say",
            f"Where even {how.tellable:g} times the expected notes would have been missed with a chance of more than",
            f"{1 - how.power:.0%}: {_number((found.state == State.TOO_FEW_VISITS).sum(), 'square')}.",
            "Never drawn as quiet.",
        ),
    ]


def _of_notes(question: Question) -> str:
    """Return which severities and which ways of knowing are counted, where not all are: ", severity 3 or more"."""
    severity = {1: "", 5: ", severity 5"}.get(question.severity, f", severity {question.severity} or more")
    known = KNOWN[question.known][0] if question.known else ""
    return severity + (f", {known[0].lower()}{known[1:]}" if known else "")


def _of_teams(strata: Strata) -> Choice:
    stood_for = "team" if strata.teams else "borough"
    if strata.teams:
        whose = f"team gave, of the {strata.teams} teams that the visits name{_unsaid(strata.unsaid)}. Notes that name"
        why = "no team are shared out among those who went there."
    else:
        named = "one team alone, which leaves nobody to compare it with" if strata.named else "no team"
        whose, why = f"borough gave: they name {named},", "so the borough stands for the team."
    return _choice(
        "Teams",
        "Teams write notes at different rates. The second test expects of each visit what the visits of that",
        whose,
        why,
        f"It is stricter: a real excess that fills one {stood_for}'s patch looks like a habit.",
    )


def _unsaid(share: float) -> str:
    """Return in twentieths how many visits name no team: finer shares would tell single visits."""
    if not share:
        return ""
    of_visits = f"about {5 * round(20 * share)}%" if round(20 * share) else "fewer than 5%"
    return f"; {of_visits} of the visits name none, and for those the borough stands"


def _of_activity() -> list[Choice]:
    how = f"Gi* of the notes, at a false discovery rate of {LEVEL:.0%}."
    return [_choice("Much is written down", how, "Visits are not looked at.")]


def _of_grids(found: HotspotMap, *, hides_small: bool) -> list[Choice]:
    twice, thrice = (metres_in_words(side * found.question.metres) for side in SIDES)
    hot = _grids_of(found, hides_small=hides_small)
    steady = f"Of {_number(len(hot), _hot_square(found))}, {hot.count('most')} are so in two thirds of them or more."
    return [
        _choice(
            "Other ways of drawing the squares",
            f"The same test in all {WAYS} other ways of drawing squares along these lines, of {twice} and of {thrice},",
            f"from every corner. One of {twice} is looked at with the four beside it, one of {thrice} alone: about as",
            f"much ground as on the map. A way counts where {FEWEST_NOTES} notes or more lie there.",
            *([] if hides_small or not hot else [steady]),
        )
    ]


def _hot_square(found: HotspotMap) -> str:
    return "busy square" if found.question.method == "activity" else "hot square"


def _grids_of(found: HotspotMap, *, hides_small: bool) -> list[str | None]:
    """Return of each hot square that is told of how steady it is when squares are drawn otherwise."""
    told = np.nan_to_num(found.windowed) >= (FEWEST_NOTES if hides_small else 0)
    return [steadiness_of(int(ways)) for ways in found.ways[(found.state == State.HOT) & told]]


def _of_scan(found: HotspotMap) -> list[Choice]:
    how = found.confirmed
    if how is None:
        return [] if found.question.method == "activity" else [_choice("Second method", "Not asked for.")]
    coarser = "" if how.metres == found.question.metres else ", coarser than the map because they are many"
    return [
        _choice(
            "Second method",
            "Kulldorff's scan for circles with more notes than the visits there give, in squares of",
            f"{metres_in_words(how.metres)}{coarser}; {REPLICATES} random worlds, always the same ones.",
            f"{_number(how.clusters, 'circle')} found at {LEVEL:.0%}.",
        )
    ]


def warnings(found: HotspotMap, *, this_month: int, hides_small: bool = False) -> list[str]:
    """Return where this map may mislead, each in a sentence; `this_month` is the number of the month still running."""
    question, is_activity = found.question, found.question.method == "activity"
    in_all = "few notes" if hides_small else _number(found.notes.sum(), "note")
    alone = int(((found.visits == 0) & (found.notes > 0)).sum())
    few = _grids_of(found, hides_small=hides_small).count("few")
    number = f"Some {_hot_square(found)}s" if hides_small else _number(few, _hot_square(found))
    silent = float(np.mean(found.state == State.TOO_FEW_VISITS)) if len(found.easting) else 0.0
    said = {
        "This is a map of activity. Notes are written where teams go: it shows where you went, not where risk is.": (
            is_activity
        ),
        "Some of the notes alone are set against all visits, whatever those were made for.": (
            not question.counts_every_note and not is_activity
        ),
        f"With {in_all} in all, hardly anything can stand out.": (0 < found.notes.sum() < FEW_NOTES),
        f"{_number(alone, 'square')} with notes and no visit: notes that came otherwise count as excess.": alone > 0,
        "In more than half of the squares there were too few visits to say. Look at the effort beside it.": (
            silent > 0.5 and not is_activity
        ),
        f"{number} would hardly be so if the squares were drawn otherwise: look at the column beside each.": few > 0,
        "The last month is not over.": month_number(question.last) >= this_month,
        "Squares of 5 km hide whatever is smaller than a town.": question.metres == 5_000,
        "Plan some visits where this map says nothing: visits made only where it is hot make it hotter.": True,
    }
    return [sentence for sentence, holds in said.items() if holds]


def _choice(name: str, *sentences: str) -> Choice:
    return name, " ".join(sentences)


def _total(count: int, *, hides_small: bool) -> str:
    return f"About {round(int(count), -1):,}" if hides_small else f"{count:,}"


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
