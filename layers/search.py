"""Search: places by name or postcode among those that the session may see, and positions, which are open to all."""

import re
from dataclasses import dataclass
from typing import Any, Final

from data.database import Pool
from data.reading import OVERVIEW, admitted, features, postcode_position
from data.vault import Vault
from geo.positions import Reading, near, readings
from geo.postcodes import OUTWARD_PATTERN, is_postcode, normalise
from geo.tile_keys import Bounds
from layers.features import as_features
from layers.map_list import LISTED, looks_of

MOST: Final = 20
SHORTEST: Final = 2
_DISTRICT: Final = re.compile(OUTWARD_PATTERN, re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Postcode:
    """A postcode that was asked for, and the box in degrees that shows it, None where its position is not known."""

    text: str
    box: Bounds | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a text finds: readings of it as a position, a postcode, and places as GeoJSON in the order of names.

    `is_whole` says that there are no more places than these.
    """

    positions: list[Reading]
    postcode: Postcode | None
    places: list[dict[str, Any]]
    is_whole: bool


def search(reader: tuple[Pool, Vault], text: str, token: str | None) -> Found:
    """Return what a text finds for a session. Raises NotSignedIn.

    Places are compared with the text only where row-level security shows them; positions touch nothing protected.
    """
    pool, vault = reader
    wanted = " ".join(text.split())
    positions = readings(wanted)
    rows: list[dict[str, Any]] = []
    with admitted(pool, token, *looks_of(vault, (OVERVIEW,))) as reading:
        postcode = normalise(wanted) if is_postcode(wanted) else None
        at = postcode_position(reading.conn, postcode) if postcode else None
        if len(wanted) >= SHORTEST and not _is_pair(positions):
            rows = features(reading, "places_named", _asked(wanted, postcode))
    return Found(
        positions=positions,
        postcode=Postcode(text=postcode, box=near(*at) if at else None) if postcode else None,
        places=as_features(vault, LISTED, rows[:MOST]),
        is_whole=len(rows) <= MOST,
    )


def _is_pair(positions: list[Reading]) -> bool:
    """Say whether the text was two coordinates, which is no name."""
    return any(reading.kind != "square" for reading in positions)


def _asked(wanted: str, postcode: str | None) -> dict[str, Any]:
    folded = wanted.lower()
    district = wanted.upper() if _DISTRICT.fullmatch(wanted.upper()) else None
    return {
        "parts": [f"%{_literally(word)}%" for word in folded.split(" ")],
        "beginning": f"{_literally(folded)}%",
        "postcode": postcode or (f"{district} %" if district else None),
        "most": MOST + 1,
    }


def _literally(text: str) -> str:
    """Return a text so that LIKE takes each of its characters for itself."""
    return re.sub(r"([\\%_])", r"\\\1", text)
