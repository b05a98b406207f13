"""Which rows of longitude and latitude are positions in Britain, and why the others are not."""

from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.arrays import Claims, Floats
from geo.tile_keys import LONGITUDE_LIMIT, POLE, Bounds

BRITAIN: Final = Bounds(-8.65, 49.84, 1.78, 60.87)
"""Great Britain and all its islands but Rockall; parts of Ireland and France lie inside too."""


class RowFault(IntEnum):
    """Why a row has no usable position, in the order in which they are looked for."""

    NONE = 0
    MISSING = 1
    INFINITE = 2
    ZERO = 3
    IMPOSSIBLE = 4
    OUTSIDE_BRITAIN = 5


FAULT_SENTENCES: Final = {
    RowFault.NONE: "",
    RowFault.MISSING: "The row has no position; expected a longitude and a latitude.",
    RowFault.INFINITE: "The position is infinite; expected degrees.",
    RowFault.ZERO: "The position is 0, 0, which means that none was known.",
    RowFault.IMPOSSIBLE: (
        "The position is not on Earth; expected a longitude from -180 to 180 and a latitude from -90 to 90."
    ),
    RowFault.OUTSIDE_BRITAIN: "The position is outside Britain.",
}


class RowJudgement(NamedTuple):
    """``is_good`` per row, and the ``RowFault`` of each as int8."""

    is_good: Claims
    fault: NDArray[np.int8]


def judge_rows(longitude: Floats, latitude: Floats) -> RowJudgement:
    """Return which rows hold a position in Britain, and the first fault of each that does not.

    Degrees (EPSG:4326). Many or few decimals are no fault. Britain is taken as a rectangle of
    degrees: a row in Belfast passes, and the areas of the organisation must catch it.
    """
    longitude = np.asarray(longitude, dtype=np.float64)
    latitude = np.asarray(latitude, dtype=np.float64)
    faults = (
        (np.isnan(longitude) | np.isnan(latitude), RowFault.MISSING),
        (np.isinf(longitude) | np.isinf(latitude), RowFault.INFINITE),
        ((longitude == 0) & (latitude == 0), RowFault.ZERO),
        (
            (np.abs(longitude) > LONGITUDE_LIMIT) | (np.abs(latitude) > POLE),
            RowFault.IMPOSSIBLE,
        ),
        (
            (longitude < BRITAIN.west)
            | (longitude > BRITAIN.east)
            | (latitude < BRITAIN.south)
            | (latitude > BRITAIN.north),
            RowFault.OUTSIDE_BRITAIN,
        ),
    )
    fault = np.select(
        [is_faulty for is_faulty, _ in faults],
        [np.int8(code) for _, code in faults],
        default=np.int8(RowFault.NONE),
    )
    return RowJudgement(fault == RowFault.NONE, fault)
