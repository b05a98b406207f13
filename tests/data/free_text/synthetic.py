"""A synthetic set of notes: sentences with an identifier or a name put in, and sentences that have none.

Whoever wrote the check wrote these sentences, so the numbers are kind to it: they show that no origin is worse
off than another, and hold what is found from being lost; what people really write is more various.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from data.free_text.given_names import BY_ORIGIN
from data.free_text.identifiers import is_nhs

# Names that stand on no list of the check, by origin: what it has to find by where they stand.
UNLISTED = {
    "British and Irish": "Saoirse Tamsin Peregrine Eluned Ffion Ottoline Rupert Fergal Aoibheann Cormac",
    "Polish": "Zdzislawa Bronislaw Kazimierz Wislawa Euzebiusz Gertruda Ludwik Zenon Hieronim Bozydar",
    "Romanian and Moldovan": "Haralamb Smaranda Decebal Vasilisa Zoica Traian Ioachim Aglaia Nichifor Draga",
    "Albanian": "Xhemile Rrok Zef Nikoll Hamdije Sabrije Muharrem Shqipe Ramiz Nazmije",
    "Vietnamese": "Nghiem Thoai Quynhanh Bichngoc Thuylinh Khuong Ngoan Tuoi Nhuong Hoanganh",
    "Chinese": "Zhaoxia Yingjie Shufen Guizhen Baoguo Yulan Fengxia Dehua Xuefeng Cuihua",
    "Punjabi, Hindi, Gujarati and Tamil": "Charanpal Lakhvir Thirumalai Ishwarbhai Pushpaben Veerpal Gurnaib Sivakumar",
    "Pakistani, Bangladeshi and Afghan": "Zulekha Mehrunissa Shehryar Bakhtawar Inzamam Gulalai Zarghuna Motiur",
    "Arabic, Kurdish and Iranian": "Zhikar Shaho Peshawa Mahshid Golnaz Hedieh Abdelkader Noureddine Rojgar Soheila",
    "West African": "Onyinye Ebikaboere Aghogho Nosakhare Tiemoko Adjoa Folasade Iyore Mamoudou Uyiosa",
    "East African": "Zewditu Tsigereda Nyakim Akello Habtemariam Degmo Xaawo Wairimu Temesgen Awadia",
    "Turkish": "Muzaffer Hacer Bedriye Satilmis Zubeyde Cevdet Ruhi Nimet Perihan Sukru",
}  # fmt: skip
_AROUND_NAMES = (
    "{} said the owner keeps the keys.",
    "We spoke with {} at the side door.",
    "The man in charge is called {} by the others.",
    "One worker told us that {} holds the papers.",
    "The van belongs to {} and comes at six.",
    "{} works seven days and sleeps above the shop.",
    "Nobody goes out unless {} drives them.",
    "Two women asked for {} before they would sit down.",
    "The rent goes to a cousin, {}, each month.",
    "Later {} closed the shutters.",
    "{} cooks for everyone.",
    "Keys: {} has them.",
)
_AROUND = {
    "phone": ("Ring {} after ten.", "The poster gives {} as the number.", "Number on the card: {}"),
    "email": ("Adverts are sent from {} each week.", "Reply to {}."),
    "ni_number": ("Payslip shows {} for all of them.", "NI no {} on the form"),
    "nhs_number": ("The letter has {} on it.", "Hospital number {} was on the wristband."),
    "vehicle": ("A grey van, {}, waits outside.", "Dropped off by {} at five."),
    "birth_date": ("She was born {} she thinks.", "DOB {} on the card.", "date of birth is {}"),
    "passport": ("Passport {} is kept in the office.", "He showed passport number {}."),
    "handle": ("Adverts under {} online.", "They are told to message {}."),
    "postcode": ("They are driven to {} at night.", "Another house at {} was named."),
    "address": ("They sleep at {} in turns.", "Moved from {} last week."),
}
CLEAN = """
    Two people sleep in the back room and there is one mattress. The front door was locked from outside at ten in
    the morning. Staff looked tired and did not speak to us without the person at the till. We left the card of
    the Modern Slavery Helpline, 08000 121 700, with one of them. Three workers, all adults, seem to live above
    the premises. The team parked on Broad Street near the church. Someone answers for everybody else. On Tuesday
    the shutters were down. Nobody there in March; open again in April. People met: four. Wages are paid in cash,
    about 40 pounds a day. One person said the documents are kept by someone else. The rooms have numbers on the
    doors and new bolts. It was raining and the yard was empty. A child of about ten carried boxes. Polish and
    Romanian were spoken. West Midlands Police came with us, and the Council's environmental health officer looked
    at the kitchen. The Car Wash on Soho Road closed in January. Visit again before Christmas, on a weekday, not
    on Friday. The nail bar has a new sign. They may be being exploited. A person who sells sex said she feels
    safe there. Support to leave was offered. The owner was polite and asked us to come back with an interpreter
    who speaks Vietnamese. Working hours are from 7 am to 9 pm. There were 12 chairs and 6 lamps. We waited 20
    minutes. The next visit is due on 14 May 2026. Hours are long but the mood was calm. On Sunday 1 February 2026
    two teams went together. The back gate opens to the canal. Someone brings food at noon. Fire exits are blocked
    with pallets. There is a camera over the door. The alarm rang at 3. Rent is taken from wages, 300 a month. One
    person has a cough and would see a doctor. The Salvation Army offered a place to stay. Unit works as a store.
    Cleaning things stand in the hall. Gas bottles are kept under the stairs. A dog barks behind the fence. Water
    runs down the wall. Everyone chose not to speak today. Transport is by one white van that leaves at half past
    five. Lights were on all night. Birmingham City Council knows the site. It smelled of chemicals.
    """
OWN = "12 Invented Row, B1 1AA"


@dataclass(frozen=True)
class Planted:
    """A sentence, and what was put into it where."""

    text: str
    kind: str
    start: int
    end: int
    origin: str = ""


def planted(kind: str, around: str, value: str, origin: str = "") -> Planted:
    """Return a sentence with `value` in it."""
    start = around.index("{}")
    return Planted(around.format(value), kind, start, start + len(value), origin)


def listed_names(random: Random, each: int) -> Iterator[Planted]:
    """Give sentences with names of the check's lists, a given name alone or two names."""
    for origin, words in BY_ORIGIN.items():
        known = [name for name in words.split() if len(name) > 1]
        for number in range(each):
            name = random.choice(known).title()
            second = f" {random.choice(known).title()}" if number % 3 == 0 else ""
            yield planted("name", _AROUND_NAMES[number % len(_AROUND_NAMES)], name + second, origin)


def unlisted_names() -> Iterator[Planted]:
    """Give sentences with names that stand on no list, each in every frame."""
    for origin, words in UNLISTED.items():
        for name in words.split():
            for around in _AROUND_NAMES:
                yield planted("name", around, name, origin)


def identifiers(random: Random, each: int) -> Iterator[Planted]:
    """Give sentences with one identifier of each kind."""
    for kind, frames in _AROUND.items():
        for number in range(each):
            yield planted(kind, frames[number % len(frames)], an_identifier(random, kind))


# "#" is a digit, "?" a letter, "~" a small letter.
_WAYS = {
    "phone": ("07#########", "07### ######", "+44 7### ### ###", "0121 ### ####", "(0121) ###-####", "+40 7## ### ###"),
    "email": ("~~~~~.~~~~~~@example.com", "~~~~##@mail.example.org"),
    "ni_number": ("AB######C", "JK ## ## ## D", "pt######a", "WM######B"),
    "vehicle": ("BD## ???", "BX##???", "bv## ~~~", "M### ???"),
    "birth_date": ("12/0#/19##", "7 May 19##", "9.4.8#", "2004-11-2#"),
    "passport": ("#########", "??#######", "?########"),
    "handle": ("@~~~~~~##", "www.~~~~~~~~.com", "https://~~~~~~~.example.org/~~~~", "snapchat ~~~~~_##"),
    "postcode": ("B2# #AB", "WS# #EX", "cv#1 #hn", "WV1# #QT"),
    "address": ("3## Sedgemoor Road", "Flat 2#", "4##a Old Mill Lane", "7# soho street"),
}


def an_identifier(random: Random, kind: str) -> str:
    """Return an invented identifier of a kind, in one of the ways people write it."""
    if kind == "nhs_number":
        return a_number(random, random.choice((" ", "", "-")))
    fills = {"#": "123456789", "?": "ABCEHJKLMNPRSTWXY", "~": "abcehjklmnprstwxy"}
    return "".join(random.choice(fills.get(letter, letter)) for letter in random.choice(_WAYS[kind]))


def a_number(random: Random, between: str) -> str:
    """Return an invented number that has the check digit of an NHS number."""
    while True:
        text = "".join(random.choice("123456789") for _ in range(10))
        if is_nhs(text):
            return between.join((text[:3], text[3:6], text[6:]))
