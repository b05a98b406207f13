"""Log lines that say where an error happened and of which kind, never with which values."""

import logging
import traceback
from pathlib import Path


class WithoutValues(logging.Formatter):
    """Log lines that say where an error happened and of which kind, never with which values."""

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name is logging's
        """Return the kind of error and the lines of code it went through."""
        kind, _, trace = ei if isinstance(ei, tuple) else (None, None, None)
        places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        return f"{kind.__name__ if kind else 'error'} at {' < '.join(reversed(places[-12:]))}"


def keep_quiet() -> None:
    """Log warnings and errors only, without the values that caused them."""
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutValues("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
