"""Searches for better plans that go on after an answer: few at once, one for each person, and ended when nobody looks.

Nothing is remembered here but what runs. Each better plan is kept at once, in the name of the session that asked.
"""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from data.plans import PlanRefused

AT_ONCE: Final = 2
MOST_WAITING: Final = 6
UNSEEN_SECONDS: Final = 6.0
"""How long a search goes on when nobody asks how far it is."""
_END_SECONDS: Final = 3.0


@dataclass
class Search:
    """One search: whose, for which plan, the score of the best plan so far, and whether anybody still wants it."""

    person: UUID
    plan: UUID
    score: int | None = None
    seen_at: float = field(default_factory=time.monotonic)
    is_stopped: threading.Event = field(default_factory=threading.Event)
    future: "Future[None] | None" = None

    def is_wanted(self) -> bool:
        """Return whether somebody asked for it a moment ago and nobody stopped it."""
        return not self.is_stopped.is_set() and time.monotonic() - self.seen_at < UNSEEN_SECONDS

    def end(self) -> None:
        """Stop it, and wait a moment until it has stopped."""
        self.is_stopped.set()
        if self.future is not None and not self.future.cancel():
            wait([self.future], timeout=_END_SECONDS)


class PlanSearches:
    """The searches of one process."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="plan")
        self._lock = threading.Lock()
        self._running: dict[UUID, Search] = {}

    def start(self, person: UUID, plan: UUID, work: Callable[[Search], None]) -> None:
        """Let `work` search, after the person's other search has ended. Raises PlanRefused when many wait."""
        self.stop(person=person)
        search = Search(person=person, plan=plan)
        with self._lock:
            if len(self._running) >= AT_ONCE + MOST_WAITING:
                raise PlanRefused("Many plans are being made now: ask again in a minute.")
            self._running[plan] = search
            search.future = self._threads.submit(self._done, search, work)

    def seen(self, plan: UUID) -> Search | None:
        """Return the search for a plan, which goes on because somebody asked; None when none runs."""
        with self._lock:
            search = self._running.get(plan)
        if search is not None:
            search.seen_at = time.monotonic()
        return search

    def stop(self, *, plan: UUID | None = None, person: UUID | None = None) -> None:
        """End the search for a plan, or that of a person, before anything else is done with it."""
        with self._lock:
            found = [one for one in self._running.values() if one.plan == plan or one.person == person]
        for search in found:
            search.end()
            self._forget(search)

    def close(self) -> None:
        """End all."""
        with self._lock:
            found = list(self._running.values())
        for search in found:
            search.is_stopped.set()
        self._threads.shutdown(cancel_futures=True)

    def _done(self, search: Search, work: Callable[[Search], None]) -> None:
        try:
            work(search)
        except Exception as error:  # noqa: BLE001 - nobody waits for it any longer, and its message may tell of places
            logging.getLogger(__name__).warning("A search for a plan ended with %s.", type(error).__name__)
        finally:
            self._forget(search)

    def _forget(self, search: Search) -> None:
        with self._lock:
            if self._running.get(search.plan) is search:
                del self._running[search.plan]
