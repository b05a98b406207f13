"""Entries of the audit as an auditor reads them: what was done, to what, how precisely; never a name or a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from data.audit_reading import Found
from geo.shifts.clock import LOCAL
from web.words import in_words

GROUPS: Final = {
    "saw": ("Saw", ("consultation",)),
    "shown": ("Shown to others, exported", ("disclosure",)),
    "changed": ("Recorded, changed, erased", ("collection", "alteration", "erasure", "combination")),
    "signed": ("Signed in and out", ("authentication",)),
    "decided": ("Decided: people, agreements, imports", ("administration",)),
    "denied": ("Refused", ("denied",)),
}
"""What an auditor may look for: words and operations by key."""
ALTERED: Final = "Cannot be read: it was altered. Verify the chain."
_OPENED = {
    "place": "Opened the card of a place",
    "place history": "Read the history of a place",
    "visits": "Read the visits to a place",
    "note": "Read a risk note",
}
_MADE = {"collection": "Recorded a", "alteration": "Changed a", "erasure": "Erased a"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry in words; `record` is the keyed hash under which a record stands in the audit."""

    seq: int
    at: str
    who: str
    purpose: str
    what: str
    precision: str
    record: str


def line(found: Found) -> Line:
    """Return an entry in words."""
    entry = found.entry
    if not entry:
        return Line(seq=found.seq, at="", who="", purpose="", what=ALTERED, precision="", record="")
    at = datetime.fromisoformat(entry["at"]).astimezone(LOCAL)
    return Line(
        seq=found.seq,
        at=f"{at:%d %b %Y %H:%M:%S}",
        who=_who(found),
        purpose=str(entry.get("purpose", "")),
        what=_what(entry),
        precision=str(entry.get("precision", "")),
        record=str(entry.get("record", "")),
    )


def _who(found: Found) -> str:
    if found.email:
        return f"{found.email} ({found.role})"
    if found.partner:
        return f"Somebody of {found.partner}"
    if found.entry.get("actor") in {"deconfliction", "retention"}:
        return "Waymark itself"
    return "The operator" if found.entry.get("actor", "operator") == "operator" else "Somebody"


def _what(entry: Mapping[str, Any]) -> str:
    kind, op, layer = entry.get("kind"), entry["op"], entry.get("layer")
    if entry.get("what") == "export":
        records = entry.get("records")
        counted = f", {len(records)} records" if isinstance(records, list) else ""
        return f"Exported the layer {layer} as {entry.get('format', 'a file')}{counted}"
    if entry.get("what"):
        counted = f", {entry['records']} records" if isinstance(entry.get("records"), int) else ""
        return in_words(str(entry["what"])) + counted
    if op == "disclosure" and layer:
        return f"Was shown our layer {layer}, " + _where(entry)
    if op == "consultation" and layer:
        return f"Looked at the layer {layer}, " + _where(entry)
    if op == "consultation":
        return _OPENED.get(str(kind), f"Read: {kind}")
    return f"{_MADE.get(op, in_words(op))} {kind or 'record'}"


def _where(entry: Mapping[str, Any]) -> str:
    return "as an overview" if entry.get("cell") == "overview" else "one 5 km square, five minutes"
