"""A position as somebody writes it: a postcode or an address with one, a grid reference, or two numbers."""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
from psycopg import Connection

from data.database import queries
from geo.grid_references import NotAGridReference, parse
from geo.national_grid import to_wgs84
from geo.postcodes import INWARD_PATTERN, OUTWARD_PATTERN, normalise

_POSTCODE: Final = re.compile(rf"\b(?:{OUTWARD_PATTERN})\s?{INWARD_PATTERN}\b", re.IGNORECASE)
_NUMBER: Final = r"[-+]?\d{1,7}(?:\.\d{1,12})?"
_PAIR: Final = re.compile(rf"\s*({_NUMBER})\s*°?\s*[,;\s]\s*({_NUMBER})\s*°?\s*")
_LATITUDES, _LONGITUDES = (49.5, 61.0), (-9.0, 2.5)
_EXPECTED: Final = (
    "expected a postcode (or an address with one), a grid reference such as SP 0686, "
    "or latitude and longitude such as 52.48, -1.90"
)


class NoSuchPosition(ValueError):
    """A text that names no position in Great Britain, or a postcode that is not known here."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A position that a text names, how it was understood, and what of the text is an address."""

    longitude: float
    latitude: float
    words: str
    address: str = ""
    postcode: str = ""


def find_position(conn: Connection, text: str) -> Found:
    """Return the position that a text names. Raises NoSuchPosition with what was expected."""
    pair = _PAIR.fullmatch(text)
    if pair:
        return _of_numbers(float(pair[1]), float(pair[2]))
    try:
        square = parse(text)
    except NotAGridReference:
        return _of_postcode(conn, text)
    return _on_grid(*square.centre, words=f"the middle of a grid square of {square.metres} m")


def _of_numbers(first: float, second: float) -> Found:
    for latitude, longitude in ((first, second), (second, first)):
        if _LATITUDES[0] <= latitude <= _LATITUDES[1] and _LONGITUDES[0] <= longitude <= _LONGITUDES[1]:
            return Found(longitude=longitude, latitude=latitude, words="latitude and longitude")
    if 0 < first < 700_000 and 0 < second < 1_300_000 and min(first, second) > 1_000:
        return _on_grid(first, second, words="easting and northing in metres")
    raise NoSuchPosition(f"These two numbers are no position in Great Britain; {_EXPECTED}.")


def _of_postcode(conn: Connection, text: str) -> Found:
    written = _POSTCODE.search(text)
    if written is None:
        raise NoSuchPosition(f"No position was found in this; {_EXPECTED}.")
    postcode = normalise(written[0])
    row = conn.execute(queries("imports")["postcodes"], {"postcodes": [postcode]}).fetchone()
    if row is None:
        raise NoSuchPosition("This postcode is not known here: give a grid reference, or latitude and longitude.")
    address = " ".join((text[: written.start()] + text[written.end() :]).replace(",", ", ").split()).strip(", ")
    _, easting, northing = row
    return _on_grid(easting, northing, words="the middle of the postcode", address=address, postcode=postcode)


def _on_grid(easting: float, northing: float, *, words: str, address: str = "", postcode: str = "") -> Found:
    longitude, latitude = (float(axis[0]) for axis in to_wgs84(np.array([easting]), np.array([northing])))
    if not np.isfinite(longitude):
        raise NoSuchPosition(f"This is no position in Great Britain; {_EXPECTED}.")
    return Found(
        longitude=round(longitude, 6), latitude=round(latitude, 6), words=words, address=address, postcode=postcode
    )
