"""Work on imports that outlasts a request: done by a few threads of the process, waited for a moment.

Nothing is remembered here. What becomes of the work is written into the import, where any process finds it.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for

from data.imports.records import Import

_AT_ONCE = 2
_PATIENCE = 4.0
"""Seconds after which somebody who waits is shown how far it is instead."""


class ImportWork:
    """The threads that read files and make places."""

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._threads = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="import")
        self._patience = patience

    def done(self, work: Callable[[], Import]) -> Import | None:
        """Return what the work makes, or raise what it raises; None when it goes on after this."""
        future = self._threads.submit(work)
        finished, _ = wait_for([future], timeout=self._patience)
        if finished:
            return future.result()
        future.add_done_callback(_told)
        return None


def _told(future: "Future[Import]") -> None:
    """Log the kind of an error that nobody waits for any longer; its message may quote the file."""
    error = future.exception()
    if error is not None:
        logging.getLogger(__name__).warning("Work on an import ended with %s.", type(error).__name__)
