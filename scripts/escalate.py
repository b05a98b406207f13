"""`waymark escalate` and `waymark watchdog`: the two processes that see that no check-in is missed unseen.

Neither keeps anything: all state is in the database, whose one function takes each step once. So either may be
killed at any moment, and may run twice.
"""

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Sequence

import click
import psycopg
from psycopg import Connection

from data.deconfliction import look_for_clashes
from data.notices import claimed, escalate, is_escalating, sent
from data.retention import forget
from scripts.installation import installation
from scripts.log_lines import keep_quiet
from scripts.notifiers import Notifier, NotSent, chosen_notifier
from scripts.operators import sentences

SECONDS = 10.0
"""Between two ticks; a step is taken at most so long after it is due, and its notice leaves within as much again."""
LOOK_SECONDS = 60.0
"""Between two looks for clashes: what counts is what stands at a full hour, so that no hurry is of use."""
FORGET_SECONDS = 86_400.0
"""Between two times that what was kept long enough is deleted; also when the process starts."""
LOG = logging.getLogger(__name__)
Tick = Callable[[Connection], object]
every = click.option("--every", default=SECONDS, show_default=True, help="Seconds between two looks; 15 at most.")
orphans = click.option("--with-parent", is_flag=True, help="End when the process that started this one ends.")


@click.command("escalate")
@every
@orphans
def escalate_command(every: float, *, with_parent: bool) -> None:
    """Raise missed check-ins, climb ladders and send notices, until this process is ended.

    Beside that look for clashes, and daily delete what was kept long enough.
    """
    beside = ((look_for_clashes, LOOK_SECONDS), (forget, FORGET_SECONDS))
    _run(_climb, min(every, 15.0), with_parent=with_parent, beside=beside)


@click.command()
@every
@orphans
def watchdog(every: float, *, with_parent: bool) -> None:
    """Tell the duty desks when nobody has escalated for 90 seconds, until this process is ended."""
    _run(_watch, min(every, 15.0), with_parent=with_parent)


def _climb(conn: Connection) -> None:
    if failed := escalate(conn):
        LOG.error("For %s shifts no step could be taken.", failed)


def _watch(conn: Connection) -> None:
    if not is_escalating(conn):
        LOG.error("Nobody has escalated for 90 seconds: the desks of teams that are out are told.")


def _run(tick: Tick, seconds: float, *, with_parent: bool, beside: Sequence[tuple[Tick, float]] = ()) -> None:
    """Tick, send and do what is less urgent, each on a connection of its own, so that nothing holds up a step."""
    keep_quiet()
    with sentences():
        where, notifier = installation().escalator, chosen_notifier()
    parent = os.getppid() if with_parent else None
    sending = threading.Thread(target=_again, args=(where, lambda conn: deliver(conn, notifier), seconds), daemon=True)
    sending.start()
    for other, pause in beside:
        threading.Thread(target=_again, args=(where, other, pause), daemon=True).start()
    _again(where, tick, seconds, parent=parent)


def _again(where: str, tick: Tick, seconds: float, *, parent: int | None = None) -> None:
    """Tick for ever on one connection, and on another when it is lost; until the parent is another one."""
    while _lives(parent):
        with contextlib.suppress(psycopg.Error), psycopg.connect(where, autocommit=True, connect_timeout=5) as conn:
            while _lives(parent):
                tick(conn)
                _rest(seconds, parent)
        if _lives(parent):
            LOG.error("The database could not be asked; it is asked again.")
            _rest(min(seconds, 2.0), parent)


def _lives(parent: int | None) -> bool:
    return parent in (None, os.getppid())


def _rest(seconds: float, parent: int | None) -> None:
    """Wait, and no longer than half a second once the parent is gone."""
    end = time.monotonic() + seconds
    while _lives(parent) and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, 0.5))


def deliver(conn: Connection, notifier: Notifier) -> int:
    """Send what is to be sent now, each notice claimed before it leaves; how many left. What fails is tried again."""
    gone = 0
    for letter in claimed(conn):
        try:
            notifier.send(letter)
        except NotSent:
            LOG.warning("A notice did not leave; it is tried again.")
            continue
        sent(conn, letter.id)
        gone += 1
    return gone
