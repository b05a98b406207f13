"""The kinds of array that geography takes and gives."""

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers: TypeAlias = ArrayLike
"""What callers may hand in as coordinates: arrays, lists, single numbers."""

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Claims: TypeAlias = NDArray[np.bool_]
"""One yes or no per row."""

Texts: TypeAlias = NDArray[np.object_]
"""A column as a file gives it: text, or None and NaN where nothing is said."""
