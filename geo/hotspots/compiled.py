"""Loops that numpy has no word for, compiled by numba at their first call.

numba takes half a second to import: whoever draws no hotspots does not wait for it. What was compiled is kept in
the folder that the environment's NUMBA_CACHE_DIR names, else beside the code or in the user's cache; where none of
these may be written it is compiled again by each process. Compiled loops let go of the interpreter lock.
"""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Answer = TypeVar("Answer")


class Compiled(Generic[Answer]):
    """A function of arrays and numbers, compiled when it is first called; calls no other of its kind."""

    def __init__(self, function: Callable[..., Answer]) -> None:
        self.function = function
        self._fast: Callable[..., Answer] | None = None

    def __call__(self, *arguments: Any) -> Answer:  # noqa: ANN401 - whatever the function itself takes.
        """Return what the function returns."""
        if self._fast is None:
            self._fast = _compiled(self.function)
        return self._fast(*arguments)


def _compiled(function: Callable[..., Answer]) -> Callable[..., Answer]:
    from numba import njit  # noqa: PLC0415 - see above: half a second.

    try:
        fast: Callable[..., Answer] = njit(cache=True, nogil=True)(function)
    except RuntimeError:  # numba found no folder that it may write.
        fast = njit(nogil=True)(function)
    return fast
