"""Places near a position, or of nearly its name, among those that a session was shown exactly."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

NEAR_METRES, SAME_NAME_METRES = 150, 1000
_ALIKE = 0.8
_METRES_A_DEGREE = 111_320


@dataclass(frozen=True, kw_only=True)
class Near:
    """A place that may be the same one."""

    id: str
    name: str
    address: str
    kind: str
    status: str
    metres: int
    is_alike: bool

    @property
    def distance(self) -> str:
        """How far it is, in words."""
        return "at the same point" if self.metres < 5 else f"{max(round(self.metres, -1), 10)} m away"


def box_around(longitude: float, latitude: float) -> tuple[float, float, float, float]:
    """Return west, south, east, north of the box in which near-duplicates are looked for."""
    up = SAME_NAME_METRES / _METRES_A_DEGREE
    across = up / math.cos(math.radians(latitude))
    return longitude - across, latitude - up, longitude + across, latitude + up


def near_ones(features: Sequence[Mapping[str, Any]], *, at: tuple[float, float], name: str) -> list[Near]:
    """Return the exact places within 150 m, and those of nearly this name within 1 km: the nearest ten."""
    found = [_near(feature, at, name) for feature in features if "size" not in feature["properties"]]
    close = [one for one in found if one.metres <= NEAR_METRES or (one.is_alike and one.metres <= SAME_NAME_METRES)]
    return sorted(close, key=lambda one: (one.metres, one.id))[:10]


def _near(feature: Mapping[str, Any], at: tuple[float, float], name: str) -> Near:
    known = feature["properties"]
    longitude, latitude = feature["geometry"]["coordinates"][:2]
    across = (longitude - at[0]) * math.cos(math.radians(at[1]))
    return Near(
        id=str(feature["id"]),
        name=known["name"],
        address=", ".join(part for part in (known.get("address"), known.get("postcode")) if part),
        kind=known["kind"],
        status=known["status"],
        metres=round(math.hypot(across, latitude - at[1]) * _METRES_A_DEGREE),
        is_alike=are_alike(known["name"], name),
    )


def are_alike(one: str, other: str) -> bool:
    """Return whether two names are nearly the same, whatever their capitals, spaces and order of words."""
    first, second = (" ".join(sorted(name.lower().split()))[:100] for name in (one, other))
    return bool(second) and SequenceMatcher(None, first, second, autojunk=False).ratio() >= _ALIKE
