"""The form of an agreement's terms: what is asked, how it is filled in, and the terms that it makes."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from data.agreements import KINDS, PURPOSES, STEPS, Agreement, Organisation, Terms
from geo.shifts.clock import first_day, last_day
from web import days, sharing_words
from web.words import PURPOSES as PURPOSE_WORDS

MANY = ("purposes", "areas", "kinds")
Step = Literal["5 km", "1 km", "500 m", "100 m"]
DayText = Annotated[str, AfterValidator(days.day_text)]
SENTENCES = {
    "direction": "Choose who shares with whom.",
    "partner": "Choose the other organisation.",
    "title": "Give the agreement a title of at most 200 characters.",
    "purposes": "Choose at least one purpose.",
    "areas": "Choose at least one area.",
    "kinds": "Choose at least one kind of record.",
    "max_sensitivity": "Choose the highest sensitivity, from 0 to 3.",
    "finest_step": "Choose the finest precision.",
    "valid_from": "Type the first day, such as 1 April 2027.",
    "valid_until": "Type the last day, such as 31 March 2028.",
}


class TypedTerms(BaseModel):
    """The terms of an agreement as a form gives them."""

    title: Annotated[str, Field(max_length=200)]
    purposes: Annotated[list[str], Field(min_length=1, max_length=10)]
    areas: Annotated[list[int], Field(min_length=1, max_length=200)]
    kinds: Annotated[list[str], Field(min_length=1, max_length=10)]
    max_sensitivity: Annotated[int, Field(ge=0, le=3)]
    finest_step: Step
    valid_from: DayText
    valid_until: DayText
    terms_hash: Annotated[str, Field(max_length=64)] = ""

    def terms(self, kept: Agreement | None = None) -> Terms:
        """Return the terms; moments of `kept` stay where its days do. Raises AgreementRefused."""
        return Terms(
            title=self.title,
            purposes=self.purposes,
            areas=self.areas,
            kinds=self.kinds,
            max_sensitivity=self.max_sensitivity,
            finest_step=self.finest_step,
            valid_from=days.beginning(self.valid_from, kept.valid_from if kept else None),
            valid_until=days.end(self.valid_until, kept.valid_until if kept else None),
        )


class TypedDraft(TypedTerms):
    """A new agreement as a form gives it."""

    direction: Literal["give", "receive"]
    partner: UUID


def values_of(agreement: Agreement) -> dict[str, object]:
    """Return what the form shows of an agreement."""
    return {
        "title": agreement.title,
        "purposes": agreement.purposes,
        "areas": [str(area) for area in agreement.area_ids],
        "kinds": [KINDS[kind] for kind in agreement.kinds],
        "max_sensitivity": agreement.max_sensitivity,
        "finest_step": STEPS[agreement.finest_step],
        "valid_from": first_day(agreement.valid_from).isoformat(),
        "valid_until": last_day(agreement.valid_until).isoformat(),
        "terms_hash": agreement.terms_hash,
    }


def choices(areas: Sequence[tuple[int, str]], partners: Sequence[Organisation]) -> Mapping[str, object]:
    """Return what the form offers, as pairs and triples of value, words and meaning."""
    meanings = {purpose.slug: (purpose.title, purpose.meaning) for purpose in PURPOSE_WORDS}
    return {
        "partners": [(partner.uid, partner.name) for partner in partners if not partner.is_own],
        "purposes": [(slug, *meanings[slug]) for slug in PURPOSES],
        "areas": [(area, name, "") for area, name in areas],
        "kinds": [(KINDS[n], words.capitalize(), "") for n, words in enumerate(sharing_words.KINDS)],
        "sensitivities": [
            (n, str(n), words[:1].upper() + words[1:]) for n, words in enumerate(sharing_words.SENSITIVITIES)
        ],
        "steps": [(step, f"{step} squares", "") for step in STEPS],
    }
