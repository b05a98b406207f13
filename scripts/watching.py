"""The escalator and the watchdog beside the service: started with it, started again when they end, ended with it."""

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

WATCHERS = ("escalate", "watchdog")
SECONDS_BEFORE_AGAIN = 1.0


@contextmanager
def watched() -> Iterator[None]:
    """Have both processes run while the block does; they end by themselves when this process is killed."""
    is_over = threading.Event()
    keepers = [threading.Thread(target=_keep, args=(name, is_over)) for name in WATCHERS]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        is_over.set()
        for keeper in keepers:
            keeper.join()


def _keep(name: str, is_over: threading.Event) -> None:
    """Run one of them, again and again, until it is over."""
    while not is_over.is_set():
        with subprocess.Popen([sys.executable, "-m", "scripts.cli", name, "--with-parent"]) as process:
            while process.poll() is None and not is_over.wait(0.2):
                pass
            process.terminate()
        if not is_over.is_set():
            logging.getLogger(__name__).error("The %s ended; it is started again.", name)
            is_over.wait(SECONDS_BEFORE_AGAIN)
