"""What each column of a file may be taken for: a mapping as one choice a column, and such choices as a mapping."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data.imports.columns import Columns
from data.imports.mapping import Mapping as FileMapping
from data.imports.recognise_position import BNG, WGS84, authority_of


@dataclass(frozen=True, kw_only=True)
class Role:
    """What a column may say: the choice, its words and what it means."""

    slug: str
    words: str
    meaning: str


PLACE = (
    Role(slug="name", words="Name", meaning="What the place is called."),
    Role(slug="address", words="Address", meaning="A part of the address; several columns are put together."),
    Role(slug="kind", words="Kind of place", meaning="Nail bar, farm, home: common words are understood."),
    Role(slug="source_id", words="Source id", meaning="The source's own number, by which a repeat is noticed."),
    Role(slug="status", words="Status", meaning="active, unconfirmed or closed."),
    Role(slug="closed", words="Closed on", meaning="A row that says anything here is a closed place."),
    Role(slug="attend_rule", words="Attend rule", meaning="ok, two_people, contact_owner_first or do_not_attend."),
    Role(slug="sensitivity", words="Sensitivity", meaning="0 to 3, where a row has its own."),
    Role(slug="hours", words="Opening hours", meaning="As Mo-Fr 09:00-17:00; Sa 10:00-14:00."),
)
POSITION = (
    Role(slug="longitude", words="Longitude", meaning="Degrees, about -2 here; with a latitude."),
    Role(slug="latitude", words="Latitude", meaning="Degrees, about 52 here; with a longitude."),
    Role(slug="easting", words="Easting", meaning="British National Grid, metres; with a northing."),
    Role(slug="northing", words="Northing", meaning="British National Grid, metres; with an easting."),
    Role(slug="grid_reference", words="Grid reference", meaning="British National Grid, such as SP 0686."),
    Role(slug="postcode", words="Postcode", meaning="Also where the place is, when no other column says it."),
    Role(slug="wkt", words="Well-known text", meaning="A shape such as POINT(-1.9 52.5)."),
)
OTHER_GRID = (
    Role(slug="x", words="Eastward", meaning="In the reference system that was recognised; with a northward one."),
    Role(slug="y", words="Northward", meaning="In the reference system that was recognised; with an eastward one."),
)
_WORDS = {role.slug: role.words for role in (*PLACE, *POSITION, *OTHER_GRID)}
_PAIRS = (
    ("longitude and latitude", "longitude", "latitude"),
    ("grid", "easting", "northing"),
    ("grid", "x", "y"),
)
_ALONE = (("grid reference", "grid_reference"), ("wkt", "wkt"))
_FIELDS = ("name", "postcode", "source_id", "kind", "attend_rule", "status", "closed", "sensitivity", "hours")
_SAID_SO = "You said so."


@dataclass(frozen=True, kw_only=True)
class ColumnChoice:
    """One column to choose for: its field in the form, its name, three samples, the choice, and why it was guessed."""

    field: str
    name: str
    samples: tuple[str, ...]
    chosen: str
    reason: str


def position_roles(mapping: FileMapping) -> tuple[Role, ...]:
    """Return what a column may say of positions; another grid than ours only where one was recognised."""
    return POSITION + (OTHER_GRID if _is_other_grid(mapping) else ())


def choices(found: Columns, typed: Mapping[str, object]) -> Iterator[ColumnChoice]:
    """Yield the columns of a file, with what was typed for them or else what the mapping says."""
    roles = _roles(found.mapping)
    for number, name in enumerate(found.layout.columns):
        field = f"column-{number}"
        role, reason = roles.get(name, ("", ""))
        chosen = str(typed.get(field, role))
        yield ColumnChoice(
            field=field,
            name=name,
            samples=found.samples.get(name, ()),
            chosen=chosen,
            reason=reason if chosen == role and reason != _SAID_SO else "",
        )


def decided(found: Columns, typed: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the fields of the mapping that a filled form decides, and its faults by field."""
    by_role: dict[str, list[str]] = {}
    fields: dict[str, str] = {}
    for choice in choices(found, typed):
        by_role.setdefault(choice.chosen, []).append(choice.name)
        fields[choice.name] = choice.field
    faults: dict[str, str] = {}
    for role, names in by_role.items():
        if role not in ("", "address") and len(names) > 1:
            faults[fields[names[1]]] = f"{_WORDS.get(role, role)} is chosen for several columns; choose one of them."
    position, position_faults = _position(found, by_role, fields)
    changes = {
        **{field: next(iter(by_role.get(field, ())), None) for field in _FIELDS},
        "address": by_role.get("address", []),
        "name_pattern": str(typed.get("name_pattern", "")),
        "kind_default": str(typed.get("kind_default", "other")),
        "duplicates": str(typed.get("duplicates", "skip")),
        **position,
    }
    return changes, faults | position_faults


def _position(
    found: Columns, by_role: Mapping[str, Sequence[str]], fields: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    ways, faults = [], {}
    for position, first, second in _PAIRS:
        given = [role for role in (first, second) if role in by_role]
        if len(given) == 1:
            missing = second if given[0] == first else first
            words = f"{_WORDS[given[0]]} alone is not enough; choose the column of the {_WORDS[missing].lower()} too."
            faults[fields[by_role[given[0]][0]]] = words
        elif given:
            ways.append((position, [by_role[first][0], by_role[second][0]], _crs(found, first)))
    ways += [(position, [by_role[role][0]], _crs(found, role)) for position, role in _ALONE if role in by_role]
    if len(ways) > 1:
        words = "Where the places are is said in two ways; choose one and leave the other out."
        faults[fields[ways[1][1][0]]] = words
    if not ways and found.layout.has_geometry:
        ways.append(("shape", [], _crs(found, "shape")))
    elif not ways and "postcode" in by_role:
        ways.append(("postcode", [by_role["postcode"][0]], ""))
    position, columns, crs = ways[0] if ways else ("none", [], "")
    return {"position": position, "position_columns": columns, "crs": crs}, faults


def _crs(found: Columns, role: str) -> str:
    """Return the reference system of positions that a column of this role says."""
    if role in ("easting", "grid_reference"):
        return BNG
    if role in ("x", found.mapping.position):
        return found.mapping.crs
    if role == "shape":
        return authority_of(found.layout.crs) or WGS84
    return WGS84


def _is_other_grid(mapping: FileMapping) -> bool:
    return mapping.position == "grid" and mapping.crs not in (BNG, "")


def _roles(mapping: FileMapping) -> dict[str, tuple[str, str]]:
    """Return the role of each column that the mapping uses, with the reason for it."""
    reasons = mapping.reasons
    roles = {name: ("address", reasons.get("address", "")) for name in mapping.address}
    for field in _FIELDS:
        name = getattr(mapping, field)
        if name is not None:
            roles[name] = (field, reasons.get(field, ""))
    found = {
        "longitude and latitude": ("longitude", "latitude"),
        "grid": ("x", "y") if _is_other_grid(mapping) else ("easting", "northing"),
        "grid reference": ("grid_reference",),
        "wkt": ("wkt",),
        "postcode": ("postcode",),
    }.get(mapping.position, ())
    for role, name in zip(found, mapping.position_columns, strict=False):
        roles[name] = (role, reasons.get("position", ""))
    return roles
