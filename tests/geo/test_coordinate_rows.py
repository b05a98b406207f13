"""Each row without a usable position gets the first reason that fits."""

import math

import numpy as np
import pytest

from geo.coordinate_rows import FAULT_SENTENCES, RowFault, judge_rows


@pytest.mark.parametrize(
    ("longitude", "latitude", "fault"),
    [
        (-1.9, 52.48, RowFault.NONE),
        (-2, 52, RowFault.NONE),
        (-1.90000000000001, 52.4800000000001, RowFault.NONE),
        (0.0, 51.48, RowFault.NONE),
        (-8.5785, 57.8135, RowFault.NONE),
        (-6.3, 49.89, RowFault.NONE),
        (-0.85, 60.86, RowFault.NONE),
        (1.76, 52.48, RowFault.NONE),
        (math.nan, 52.48, RowFault.MISSING),
        (-1.9, math.nan, RowFault.MISSING),
        (math.inf, math.nan, RowFault.MISSING),
        (-math.inf, 52.48, RowFault.INFINITE),
        (0.0, 0.0, RowFault.ZERO),
        (-0.0, 0.0, RowFault.ZERO),
        (-181, 52.48, RowFault.IMPOSSIBLE),
        (-1.9, 90.1, RowFault.IMPOSSIBLE),
        (406_500, 286_500, RowFault.IMPOSSIBLE),
        (52.48, -1.9, RowFault.OUTSIDE_BRITAIN),
        (2.35, 48.86, RowFault.OUTSIDE_BRITAIN),
    ],
)
def test_a_row_gets_its_first_fault(longitude: float, latitude: float, fault: RowFault) -> None:
    rows = judge_rows(np.array([longitude, -1.9]), np.array([latitude, 52.48]))
    assert rows.fault.tolist() == [fault, RowFault.NONE]
    assert rows.is_good.tolist() == [fault is RowFault.NONE, True]
    assert rows.fault.dtype == np.int8


def test_every_fault_has_a_sentence() -> None:
    assert set(FAULT_SENTENCES) == set(RowFault)
    assert all(FAULT_SENTENCES[fault].endswith(".") for fault in RowFault if fault)


def test_no_rows_are_no_trouble() -> None:
    assert judge_rows(np.array([]), np.array([])).is_good.size == 0
