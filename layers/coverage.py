"""Coverage: how long ago a square was visited, what is planned there, and whether that is enough for what was noted."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from data.counts import covered, refuse_who_does_not_count, today
from data.database import Pool, entered
from data.sessions import SessionFacts
from geo.arrays import Claims, Integers
from layers.hotspot_questions import METRES, QuestionRefused, month_of

RHYTHM: Final = ((3, 30), (1, 60), (0, 180))
"""From so many notes in the last twelve months, a square is to be visited every so many days."""
MOST_WEEKS: Final = 26
NEVER: Final = -1


@dataclass(frozen=True, eq=False, kw_only=True)
class Coverage:
    """Squares where the organisation has a place, a visit or a note: corners in EPSG:27700 metres, shape (squares,).

    `days` are at least so many since the latest visit, NEVER where there was none: squares tell the month alone, so
    they count from its last day. `overdue` are days beyond the square's `rhythm`, 0 where it was visited in time.
    """

    today: date
    metres: int
    easting: Integers
    northing: Integers
    days: Integers
    months: Integers
    visits: Integers
    notes: Integers
    planned: Integers
    rhythm: Integers

    @property
    def overdue(self) -> Integers:
        """Return the days beyond the rhythm; for a square never visited, a year beyond it."""
        return np.where(self.days == NEVER, 365, np.maximum(self.days - self.rhythm, 0))

    @property
    def is_gap(self) -> Claims:
        """Return where a visit is overdue and none is planned."""
        return np.asarray((self.overdue > 0) & (self.planned == 0))

    def ranked(self) -> Integers:
        """Return the squares with the widest gap first: overdue by the square's own rhythm, then by notes."""
        width = self.overdue / self.rhythm
        order = (self.northing, self.easting, -self.notes, -width, ~self.is_gap)
        return np.lexsort(order).astype(np.int64)


def coverage(pool: Pool, me: SessionFacts, token: str | None, *, metres: int, area: str | None, weeks: int) -> Coverage:
    """Return the coverage of the session's own organisation. Raises NotAllowed, NotSignedIn, QuestionRefused."""
    with entered(pool, token) as (conn, who):
        refuse_who_does_not_count(who)
        if metres not in METRES:
            raise QuestionRefused("Squares are of 500 m, 1 km or 5 km: nothing finer is counted.")
        if area is not None and area not in me.areas:
            raise QuestionRefused("Ask about one of your own areas, or about all of them.")
        if not 1 <= weeks <= MOST_WEEKS:
            raise QuestionRefused(f"Ask about 1 to {MOST_WEEKS} weeks to come.")
        day = today(conn)
        table = covered(conn, metres=metres, today=day, weeks=weeks, area=area)
    days = np.array([_days_since(month, day) for month in table.last_month.tolist()], dtype=np.int64)
    rhythm = np.select([table.notes >= notes for notes, _ in RHYTHM], [days for _, days in RHYTHM])
    return Coverage(
        today=day,
        metres=metres,
        easting=table.easting,
        northing=table.northing,
        days=days,
        months=table.last_month,
        visits=table.visits,
        notes=table.notes,
        planned=table.planned,
        rhythm=rhythm.astype(np.int64),
    )


def _days_since(month: int, day: date) -> int:
    if month == NEVER:
        return NEVER
    return max((day - (month_of(month + 1) - timedelta(days=1))).days, 0)
