"""Several people at the service in one moment: each request in a thread of its own, let go together."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Answer = TypeVar("Answer")


def together(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Do all acts at once; what each answered, in order."""
    start = threading.Barrier(len(acts))

    def act(one: Callable[[], Answer]) -> Answer:
        start.wait()
        return one()

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return list(pool.map(act, acts))
