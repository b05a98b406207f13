"""Hotspot maps that were made, kept under the keys of the session they were made for, and work that takes longer.

Of this process alone. A map is found only under the ring key that the database gives to the session in the same
request; whatever changes what the session may see, or what is behind its keys, changes that key.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import UUID, uuid4

from layers.hotspot_maps import HotspotMap, Watch
from layers.hotspot_questions import Question

MOST_KEPT: Final = 64
_MOST_WORK: Final = 200
_AT_ONCE: Final = 1
_PATIENCE: Final = 1.5
"""Seconds after which somebody who waits is shown how far it is instead."""
Asked = tuple[str, Question]
"""A ring key, and what was asked under it."""


class NoSuchWork(LookupError):
    """Work of somebody else's, work under keys that changed, or none: all the same."""


class Stopped(InterruptedError):
    """Somebody stopped the work."""


@dataclass(eq=False, kw_only=True)
class Work:
    """A map that is being made: how much of it is done, and whether it may go on."""

    asked: Asked
    id: UUID = field(default_factory=lambda: uuid4())  # noqa: PLW0108 - looked up when it is called, for tests number ids.
    state: Literal["running", "done", "failed", "stopped"] = "running"
    share: float = 0.0
    is_stopped: bool = False

    def watch(self, share: float) -> None:
        """Note how much is done. Raises Stopped."""
        if self.is_stopped:
            raise Stopped("The work was stopped.")
        self.share = share


class HotspotDesk:
    """The maps that this process keeps, and the thread that makes the long ones."""

    def __init__(self, *, patience: float = _PATIENCE) -> None:
        self.patience = patience
        self._maps: OrderedDict[Asked, HotspotMap] = OrderedDict()
        self._work: OrderedDict[UUID, Work] = OrderedDict()
        self._reports: OrderedDict[UUID, Asked] = OrderedDict()
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="hotspots")

    def kept(self, asked: Asked) -> HotspotMap | None:
        """Return the map that was made of this question under these keys, if it is still here."""
        with self._lock:
            if (found := self._maps.get(asked)) is not None:
                self._maps.move_to_end(asked)
            return found

    def keep(self, asked: Asked, found: HotspotMap) -> None:
        """Keep a map, and forget the one that was least looked at when there are too many."""
        with self._lock:
            self._maps[asked] = found
            self._maps.move_to_end(asked)
            while len(self._maps) > MOST_KEPT:
                self._maps.popitem(last=False)

    def started(self, asked: Asked, make: Callable[[Watch], HotspotMap]) -> HotspotMap | Work:
        """Return the map if it is made within a moment, otherwise the work on it, which goes on.

        Work of the same keys on another question is stopped: people change their minds.
        """
        with self._lock:
            running = [one for one in self._work.values() if one.asked[0] == asked[0] and one.state == "running"]
        same = next((one for one in running if one.asked == asked and not one.is_stopped), None)
        if same is not None:
            return same
        for one in running:
            one.is_stopped = True
        work = Work(asked=asked)
        with self._lock:
            self._work[work.id] = work
            while len(self._work) > _MOST_WORK:
                self._work.popitem(last=False)
        future = self._threads.submit(self._made, work, make)
        finished, _ = wait_for([future], timeout=self.patience)
        if finished:
            return future.result() or work
        future.add_done_callback(_told)
        return work

    def work(self, ring_key: str | None, id: UUID) -> Work:
        """Return work that was begun under these keys. Raises NoSuchWork."""
        with self._lock:
            found = self._work.get(id)
        if found is None or ring_key is None or found.asked[0] != ring_key:
            raise NoSuchWork("There is no such work.")
        return found

    def file(self, asked: Asked) -> UUID:
        """Give a number to a question, under which its report is opened with the same keys."""
        id = uuid4()
        with self._lock:
            self._reports[id] = asked
            while len(self._reports) > _MOST_WORK:
                self._reports.popitem(last=False)
        return id

    def filed(self, ring_key: str | None, id: UUID) -> Question:
        """Return the question of a report that was filed under these keys. Raises NoSuchWork."""
        with self._lock:
            found = self._reports.get(id)
        if found is None or ring_key is None or found[0] != ring_key:
            raise NoSuchWork("There is no such report, or what it counts has changed: make it again.")
        return found[1]

    def close(self) -> None:
        """Stop all work."""
        for one in self._work.values():
            one.is_stopped = True
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _made(self, work: Work, make: Callable[[Watch], HotspotMap]) -> HotspotMap | None:
        try:
            found = make(work.watch)
        except Stopped:
            work.state = "stopped"
            return None
        except Exception:
            work.state = "failed"
            raise
        self.keep(work.asked, found)
        work.share, work.state = 1.0, "done"
        return found


def _told(future: "Future[HotspotMap | None]") -> None:
    """Log the kind of an error that nobody waits for any longer; its message may quote counts."""
    error = None if future.cancelled() else future.exception()
    if error is not None:
        logging.getLogger(__name__).warning("Work on a hotspot map ended with %s.", type(error).__name__)
