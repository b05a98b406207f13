"""The column of opening hours: each different text read once a batch, as the places of a file share few."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.imports.texts import claims
from geo.arrays import Claims
from geo.shifts.hours import NotHours
from geo.shifts.opening_hours import read_opening_hours

_BAD = "?"


def hours_of(texts: pa.StringArray) -> tuple[pa.StringArray, Claims]:
    """Return hours as they are kept, as JSON, '' where none are said; and which rows say none that can be read."""
    if not pc.any(pc.not_equal(texts, "")).as_py():
        return texts, np.zeros(len(texts), dtype=np.bool_)
    found = pc.dictionary_encode(texts)
    kept = pa.array([_kept(text) for text in found.dictionary.to_pylist()], pa.string()).take(found.indices)
    is_bad = claims(pc.equal(kept, _BAD))
    return pc.if_else(pa.array(is_bad), "", kept), is_bad


def _kept(text: str) -> str:
    try:
        stretches = read_opening_hours(text)
    except NotHours:
        return _BAD
    return json.dumps({"open": stretches}, separators=(",", ":")) if stretches else ""
