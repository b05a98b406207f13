"""Which column says what: recognised, shown, and edited by whoever imports."""

import json
import re
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Final, Literal

from data.imports.refusals import FileRefused

Position = Literal["longitude and latitude", "grid", "grid reference", "postcode", "wkt", "shape", "none"]
Duplicates = Literal["skip", "keep"]

POSITIONS: Final = {
    "longitude and latitude": 2,
    "grid": 2,
    "grid reference": 1,
    "postcode": 1,
    "wkt": 1,
    "shape": 0,
    "none": 0,
}
_PATTERN_COLUMN: Final = re.compile(r"\{([^{}]*)\}")
LISTS: Final = ("address", "position_columns")
_ONE_COLUMN: Final = (
    "name", "postcode", "source_id", "kind", "attend_rule", "status", "closed", "sensitivity", "hours"
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """What each field of a place is read from: names of columns, None where no column says it.

    `name_pattern` makes a name where the name's column is empty or missing: text, with columns in braces. A place
    whose `closed` column says anything is closed. `position_columns` are, for longitude and latitude or a grid, the
    eastward one first. `crs` is a reference system as `EPSG:27700`. `duplicates` says what becomes of a row whose
    name occurs within 50 m. `reasons` say why each guess was made.
    """

    name: str | None = None
    name_pattern: str = ""
    address: tuple[str, ...] = ()
    postcode: str | None = None
    source_id: str | None = None
    kind: str | None = None
    kind_default: str = "other"
    attend_rule: str | None = None
    status: str | None = None
    closed: str | None = None
    sensitivity: str | None = None
    hours: str | None = None
    position: Position = "none"
    position_columns: tuple[str, ...] = ()
    crs: str = ""
    duplicates: Duplicates = "skip"
    reasons: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the mapping as JSON values."""
        return asdict(self) | {"address": list(self.address), "position_columns": list(self.position_columns)}

    def canonical(self) -> bytes:
        """Return what of the mapping changes an import, the same bytes for the same choices."""
        values = self.to_json()
        del values["reasons"]
        if self.hours is None:  # Files that say none are what they were before hours were read.
            del values["hours"]
        return json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()

    def pattern_columns(self) -> list[str]:
        """Return the columns that the pattern for names takes up."""
        return _PATTERN_COLUMN.findall(self.name_pattern)

    def columns(self) -> set[str]:
        """Return every column that is used."""
        single = {getattr(self, name) for name in _ONE_COLUMN} - {None}
        return single | {*self.address, *self.position_columns, *self.pattern_columns()}


def mapping_from(values: dict[str, Any], recognised: Mapping) -> Mapping:
    """Return a recognised mapping with what a person says of it instead; raises FileRefused."""
    known = {each.name for each in fields(Mapping)} - {"reasons"}
    changes: dict[str, Any] = {}
    for name, value in values.items():
        if name == "reasons":
            continue
        if name not in known:
            raise FileRefused(f"There is no field {name[:60]!r}; expected some of {', '.join(sorted(known))}.")
        changes[name] = _value(name, value)
    reasons = {name: why for name, why in recognised.reasons.items() if name not in changes}
    return replace(recognised, **changes, reasons=reasons | dict.fromkeys(changes, "You said so."))


def _value(name: str, value: object) -> object:
    """Return one field's value in its type."""
    if name in LISTS:
        listed = [value] if isinstance(value, str) else value
        if isinstance(listed, list | tuple) and all(isinstance(each, str) for each in listed):
            return tuple(listed)
        raise FileRefused(f"The field {name} takes a list of columns.")
    if name in _ONE_COLUMN and value in (None, "", "none"):
        return None
    if not isinstance(value, str) or len(value) > 500:
        raise FileRefused(f"The field {name} takes a text of at most 500 letters.")
    choices: dict[str, tuple[str, ...]] = {"position": tuple(POSITIONS), "duplicates": ("skip", "keep")}
    if name in choices and value not in choices[name]:
        raise FileRefused(f"The field {name} takes one of {', '.join(choices[name])}.", said=value)
    return value


def check_mapping(mapping: Mapping, columns: tuple[str, ...], kinds: dict[str, int]) -> None:
    """Raise FileRefused when a mapping names what the file or the list of kinds does not have."""
    missing = sorted(mapping.columns() - set(columns))
    if missing:
        raise FileRefused(
            f"The file has no column {missing[0][:60]!r}; its columns are {', '.join(columns[:30])}.",
            column=missing[0],
            expected=", ".join(columns),
        )
    if mapping.kind_default not in kinds:
        raise FileRefused(
            f"There is no kind of place {mapping.kind_default[:60]!r}; expected one of {', '.join(sorted(kinds))}."
        )
    if mapping.position == "none":
        raise FileRefused(
            "No column says where the places are; expected longitude and latitude, easting and northing, a grid "
            f"reference, WKT or a postcode. The columns are {', '.join(columns[:30])}.",
            column=", ".join(columns[:30]),
            expected="columns of positions",
        )
    if len(mapping.position_columns) != POSITIONS[mapping.position]:
        raise FileRefused(
            f"A position by {mapping.position} is read from {POSITIONS[mapping.position]} columns; "
            f"{len(mapping.position_columns)} were named."
        )
    if mapping.name is None and not mapping.name_pattern:
        raise FileRefused(
            "No column says what the places are called; name one, or give a pattern such as {" + columns[0][:60] + "}.",
            column="name",
            expected="a column or a pattern of names",
        )
