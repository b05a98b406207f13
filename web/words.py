"""The words of the domain as people read them: purposes, attend rules, coded slugs, dates, sizes."""

from dataclasses import dataclass
from datetime import date, datetime

from geo.shifts.clock import LOCAL
from layers.catalogue import layer_named


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """A purpose as it is offered at sign-in."""

    slug: str
    title: str
    meaning: str


PURPOSES = (
    Purpose(
        slug="visit",
        title="Visit",
        meaning="Plan and make welfare visits, and read what makes them safe.",
    ),
    Purpose(
        slug="safeguarding",
        title="Safeguarding",
        meaning="Follow up a concern for somebody's safety.",
    ),
    Purpose(
        slug="analysis",
        title="Analysis",
        meaning="Study patterns in counts and squares. No exact places, no notes.",
    ),
    Purpose(
        slug="enforcement",
        title="Enforcement",
        meaning="Police only. Nothing that was recorded for welfare is shown.",
    ),
    Purpose(
        slug="administration",
        title="Administration",
        meaning="Imports, people and agreements. No records are shown.",
    ),
    Purpose(
        slug="audit",
        title="Audit",
        meaning="Who saw what. No records are shown.",
    ),
)

ADVICE = {
    "ok": "Nothing special is known. Keep to your lone-working rules.",
    "two_people": "Never alone, and never one inside and one in the car.",
    "contact_owner_first": "Ask the organisation that recorded it before anybody goes.",
    "do_not_attend": "Nobody goes. Ask the organisation that recorded it.",
}
STRICTEST = "do_not_attend"
ATTEND_CHOICES = tuple((slug, words, ADVICE[slug]) for slug, words in layer_named("places").legend)

SEVERITIES = (
    ("1", "1: something seems not right", ""),
    ("2", "2: signs, nothing urgent", ""),
    ("3", "3: several signs of exploitation", ""),
    ("4", "4: serious harm seems likely", ""),
    ("5", "5: danger to life, or a child", "Call 999 first."),
)
SENSITIVITIES = (
    ("0", "As the place itself", ""),
    ("2", "A specific concern", "Colleagues of clearance 2 and 3 read it."),
    ("3", "A child, immediate danger, or covert", "Colleagues of clearance 3 read it, and no partner."),
)
PLACE_SENSITIVITIES = (
    ("0", "It asked for outreach, and is public", "Partners under an agreement may know it within 100 m."),
    ("1", "Routine", "Partners within 500 m at best."),
    ("2", "A specific concern", "Partners within 1 km at best. Choose this when you are not sure."),
    ("3", "A child, immediate danger, or covert", "Never shown to partners."),
)
COLLECTED_FOR = (
    ("welfare", "Welfare", "Never shown to anybody who is here for enforcement."),
    ("safeguarding", "Safeguarding", "To follow up a concern for somebody's safety."),
    ("enforcement", "Enforcement", "Police only."),
)
GRADES = {
    "source": (("1", "1: reliable"), ("2", "2: untested"), ("3", "3: not reliable")),
    "intelligence": (
        ("A", "A: known directly"),
        ("B", "B: known indirectly, but corroborated"),
        ("C", "C: known indirectly"),
        ("D", "D: not known"),
        ("E", "E: suspected false: it never leaves your organisation"),
    ),
    "handling": (("P", "P: sharing permitted"), ("C", "C: permitted with conditions")),
}

# Where a slug read aloud is not the phrase that the taxonomy uses.
SPECIAL = {
    "violence_known": "Violence is known here",
    "surveillance_at_door": "The door is watched",
    "controller_present": "Somebody who controls others is often here",
    "drugs_paraphernalia": "Drugs or needles",
    "structural_hazard": "The building is unsafe",
    "infection_control": "Take care against infection",
    "hostile_neighbour": "A hostile neighbour",
    "covert_op_deconflict": "Ask the owner before anybody goes",
    "no_letter": "No letters",
    "no_card_through_door": "No card through the door",
    "no_text": "No text messages",
    "no_email": "No e-mail",
    "no_phone": "No telephone calls",
    "no_knock": "Do not knock",
    "no_org_name": "Do not say which organisation",
    "interpreter_needed": "An interpreter is needed",
    "interpreter_from_elsewhere": "Interpreter not from the same community",
    "perpetrator_may_answer": "Whoever does harm may answer",
    "withheld_number_only": "Call from a withheld number only",
    "letter_safe": "A letter was said to be safe",
    "card_safe": "A card through the door was said to be safe",
    "voicemail_safe": "Voicemail was said to be safe",
    "somewhere_to_stay": "Somewhere safe to stay",
    "mental_health": "Someone to talk to",
    "drugs_or_alcohol": "Support with drugs or alcohol",
    "food_or_clothes": "Food, clothes, essentials",
    "money_or_debt": "Advice on wages, money or debt",
    "interpreter": "An interpreter",
    "children": "Help for children",
    "other": "Something else",
    "street": "Stretch of street",
    "restaurant": "Restaurant or takeaway",
    "not_known": "Not known yet",
    "chose_not_to_speak": "Chose not to speak today",
    "withdrew": "Team withdrew",
    "living_on_site": "People seem to live on site",
    "papers_held": "Papers held by someone else",
    "fearful": "People seem fearful",
    "support_to_leave": "Support to leave, if they wish",
    "health": "A doctor or nurse",
    "locked_or_watched": "Locked or watched door",
}


def purpose_title(slug: str) -> str:
    """Return a purpose in a word."""
    return next((purpose.title for purpose in PURPOSES if purpose.slug == slug), in_words(slug)).lower()


def attend_rule(slug: str) -> str:
    """Return an attend rule in words; one unknown to this page reads as the strictest would."""
    titles = dict(layer_named("places").legend)
    return titles.get(slug, titles[STRICTEST])


def attend_advice(slug: str) -> str:
    """Return what an attend rule asks of the reader."""
    return ADVICE.get(slug, ADVICE[STRICTEST])


def in_words(slug: str) -> str:
    """Return a coded slug as a phrase: `nail_bar` is "Nail bar"."""
    words = SPECIAL.get(slug, slug.replace("_", " "))
    return words[:1].upper() + words[1:]


def square_in_words(metres: int) -> str:
    """Return the size of a square: "500 m square", "5 km square"."""
    return f"{metres // 1000} km square" if metres >= 1000 else f"{metres} m square"


def day(value: object) -> str:
    """Return a date as "7 March 2026"; of a moment the day that it is in Britain. Either may be a text in ISO form."""
    if not isinstance(value, date):
        try:
            value = datetime.fromisoformat(str(value))
        except ValueError:
            return str(value)
    if isinstance(value, datetime) and value.tzinfo:
        value = value.astimezone(LOCAL)
    return f"{value.day} {value:%B %Y}"
