"""Numbers, addresses and accounts that point at one person, found by their published forms.

Forms: NI numbers as HMRC's NIM39110 gives them; NHS numbers by the check digit of the NHS Data Dictionary
(modulus 11); vehicle registrations as DVLA's INF104 gives them; postcodes as `geo.postcodes`. Every pattern is
bounded, so that the time grows with the length of the text alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from data.free_text.found import Finding, identifier
from geo.postcodes import INWARD_PATTERN, OUTWARD_PATTERN

_HELPLINES: Final = frozenset({"08000121700", "08001111", "116123", "101", "999"})
_MONTHS: Final = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"  # noqa: E501  # twelve months
_DATE: Final = (
    r"(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?(?:{_MONTHS}),?\s\d{{4}})"
)
_BORN_BEFORE: Final = 2020
_ACCOUNTS: Final = (
    "snapchat|snap|instagram|insta|telegram|whatsapp|tiktok|facebook|fb|onlyfans|twitter|wechat|viber|signal"
)

_EMAIL: Final = re.compile(r"[\w.+-]{1,64}(?:@|\s?[(\[]at[)\]]\s?)[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_URL: Final = re.compile(
    r"(?:https?://|www\.)\S{1,300}|\b[a-z0-9-]{2,63}\.(?:com|net|org|info|me|io|uk|co\.uk|org\.uk|ro|pl|al|vn|cn|ru)\b(?:/\S{0,200})?",
    re.IGNORECASE,
)
_HANDLE: Final = re.compile(r"(?<![\w.@])@[A-Za-z0-9_.]{2,40}")
_ACCOUNT: Final = re.compile(
    rf"\b(?:{_ACCOUNTS})\b(?:\s(?:account|name|user|id|is|called|as|under|handle)){{0,3}}\s?[:=]?\s?"
    r"(?=[A-Za-z0-9_.]{0,39}[0-9_])[A-Za-z0-9_.]{3,40}",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(
    r"(?<![\w+])(?:(?:\+|00)[1-9](?:[\s().-]{0,3}\d){7,14}|\(?0(?:[\s().-]{0,3}\d){9,10}|07\d{3}[\s-]?\d{6})(?![\d])"
)
_NI: Final = re.compile(
    r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][\s-]?\d\d[\s-]?\d\d[\s-]?\d\d[\s-]?[A-D]\b",
    re.IGNORECASE,
)
_TEN_DIGITS: Final = re.compile(r"(?<![\d+])\d{3}[\s-]?\d{3}[\s-]?\d{4}(?!\d)")
_VEHICLE: Final = (
    re.compile(r"\b[A-HJ-PR-Y][A-HJ-PR-Y]\d\d\s?[A-HJ-PR-Z]{3}\b", re.IGNORECASE),
    re.compile(r"\b(?:[A-HJ-NPR-TV-Y]\d{1,3}\s?[A-HJ-PR-Z]{3}|[A-HJ-PR-Z]{3}\s?\d{1,3}[A-HJ-NPR-TV-Y])\b"),
    re.compile(
        r"\b[A-Z]?[A-Z]?I[A-Z]\s?\d{2,4}\b|\b(?:reg(?:istration)?|plate)\s(?:is\s|was\s|no\.?\s)?[A-Z0-9]{2,4}\s?[A-Z0-9]{2,4}\b"
    ),
)
_PASSPORT: Final = (
    re.compile(
        r"\b(?:passport|brp|permit|id(?:entity)? card|licence)\b[^.\n]{0,24}?\b(?=[A-Z]{0,4}\d)[A-Z0-9]{6,18}\b",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\w+])(?:[A-Z]{1,3}\d{6,9}|\d{9})(?!\w)"),
)
_BORN: Final = re.compile(
    rf"\b(?:d\.?o\.?b\.?|date of birth|birth ?day|born|birth date)\b[^.\n\d]{{0,20}}(?:{_DATE}|(?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_ANY_DATE: Final = re.compile(rf"(?<![\d/.-]){_DATE}(?![\d/-])", re.IGNORECASE)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_POSTCODE: Final = re.compile(rf"\b(?:{OUTWARD_PATTERN})\s?{INWARD_PATTERN}\b", re.IGNORECASE)
_STREETS: Final = "street|st|road|rd|avenue|ave|lane|ln|drive|close|crescent|court|place|terrace|way|gardens|grove|walk|row|hill|square|mews|parade|rise|croft"  # noqa: E501  # one list
_HOUSE: Final = re.compile(
    r"\b(?:(?:flat|unit|apartment|room|house|number|no\.?)\s\d{1,4}[a-z]?,?\s)?\d{1,4}[a-z]?,?\s"
    rf"(?:[a-z'’]{{2,20}}\s){{1,3}}(?:{_STREETS})\b",  # noqa: RUF001  # an apostrophe as people type it
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[a-z0-9]+")
_FLAT: Final = re.compile(r"\b(?:flat|apartment|room)\s\d{1,4}[a-z]?\b", re.IGNORECASE)


def identifiers(text: str, own: str) -> Iterator[Finding]:
    """Give what looks like an identifier in `text`; `own` is the address of the place it is about."""
    yield from _matches(text, {"email": (_EMAIL,), "handle": (_URL, _HANDLE, _ACCOUNT)})
    yield from _matches(text, {"ni_number": (_NI,), "birth_date": (_BORN,)})
    yield from (identifier("birth_date", match.span()) for match in _ANY_DATE.finditer(text) if _is_long_ago(match[0]))
    yield from (identifier("nhs_number", match.span()) for match in _TEN_DIGITS.finditer(text) if is_nhs(match[0]))
    yield from (identifier("phone", match.span()) for match in _PHONE.finditer(text) if not _is_helpline(match[0]))
    yield from _addresses(text, own)
    yield from _matches(text, {"vehicle": _VEHICLE, "passport": _PASSPORT})


def is_nhs(text: str) -> bool:
    """Return whether ten digits are an NHS number, by their check digit."""
    digits = [int(letter) for letter in text if letter.isdigit()]
    check = 11 - sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=False)) % 11
    return len(digits) == 10 and check % 11 == digits[9] and check != 10


def _matches(text: str, patterns: Mapping[str, Sequence[re.Pattern[str]]]) -> Iterator[Finding]:
    for kind, forms in patterns.items():
        yield from (identifier(kind, match.span()) for form in forms for match in form.finditer(text))


def _addresses(text: str, own: str) -> Iterator[Finding]:
    own_words = f" {' '.join(_WORD.findall(own.lower()))} "
    own_postcodes = {_compact(match[0]) for match in _POSTCODE.finditer(own)}
    for pattern in (_HOUSE, _FLAT):
        for match in pattern.finditer(text):
            if f" {' '.join(_WORD.findall(match[0].lower()))} " not in own_words:
                yield identifier("address", match.span())
    for match in _POSTCODE.finditer(text):
        if _compact(match[0]) not in own_postcodes:
            yield identifier("postcode", match.span())


def _compact(postcode: str) -> str:
    return postcode.upper().replace(" ", "")


def _is_helpline(text: str) -> bool:
    return "".join(letter for letter in text if letter.isdigit()) in _HELPLINES


def _is_long_ago(date: str) -> bool:
    """Return whether a date is too old for a visit or a sighting: then it is somebody's birth, most likely."""
    year = _YEAR.search(date)
    return year is not None and int(year[0]) < _BORN_BEFORE
