"""Shifts: a team that set out, its check-ins, and the alarms that a missed one raises.

The functions of the gate decide who may know of which shift and who may say what; the moment by which a team must
check in is theirs as well. Every function takes a connection that the session's token was entered on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import Connection
from psycopg.rows import class_row

from data.database import NotAllowed, Pool, connected, queries
from data.passwords import STRONG, PasswordCost, WeakPassword, hash_password, is_password
from data.refusals import refusals
from data.vault import Vault

SAID = ("arrived", "fine", "more_time", "left", "withdrew", "help", "home_safe")
"""What a team can say while it is out."""
WITH_WORD = frozenset({"fine", "home_safe"})
"""What is said with one's word, by whoever set one."""
BECAME = ("visited", "withdrew", "not_reached")
ENDINGS = ("spoke", "home", "called_999")
SHORTEST_WORD = 4
_QUERIES = queries("shifts")


class NoSuchShift(LookupError):
    """A shift, plan or alarm that is not for the session, or none: the same."""


class ShiftRefused(ValueError):
    """What was said or asked of a shift cannot be; the message says why."""


class TooManyWords(ShiftRefused):
    """Several words were wrong: some seconds must pass before another is taken. Help needs no word."""

    def __init__(self, seconds: int) -> None:
        super().__init__(
            f"Several words were wrong. Wait {seconds} seconds and type it again, or call your buddy or the duty desk."
        )
        self.seconds = seconds


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """Who is told when a team does not check in, by membership, in this order."""

    buddy: UUID
    second: UUID
    manager: UUID


@dataclass(frozen=True, kw_only=True)
class Leg:
    """A stop, and the minutes on the way there."""

    place: UUID
    minutes: int


@dataclass(frozen=True, kw_only=True)
class Departure:
    """A team of a plan that sets out: its stops in order, the minutes home, and its contacts."""

    plan: UUID
    team: int
    legs: Sequence[Leg]
    home_minutes: int
    contacts: Contacts


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A shift as one session may know it: `parts` are the session's own in it; where the team is, is told to it alone.

    `next_due_at` is None once everybody is home.
    """

    id: UUID
    plan_id: UUID
    parts: Sequence[str]
    team: Sequence[str]
    contacts: Sequence[str]
    state: str
    stop: int | None
    stops: int
    started_at: datetime
    last_check_in_at: datetime
    next_due_at: datetime | None
    is_late: bool
    more_times: int
    are_others_told: bool

    @property
    def is_mine(self) -> bool:
        """Return whether the session goes on it."""
        return "team" in self.parts

    @property
    def is_out(self) -> bool:
        """Return whether the team is still out."""
        return self.next_due_at is not None


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A stop of one's own shift. `is_briefed`: the session has read its briefing."""

    number: int
    place_id: UUID
    travel_minutes: int
    is_briefed: bool
    arrived_at: datetime | None
    left_at: datetime | None
    became: str | None
    is_follow_up: bool


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """An alarm that the session was told of; `place_id` is the stop that it opens to the session, if it does."""

    id: UUID
    shift_id: UUID
    kind: str
    since: datetime
    step: int
    answered_at: datetime | None
    taken_by: str | None
    taken_at: datetime | None
    is_taken_by_me: bool
    closed_at: datetime | None
    closed_how: str | None
    place_id: UUID | None
    place_opened_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class WordTried:
    """A word that is tried counts already: the seconds to wait before one is taken, and the two kept hashes."""

    seconds: int
    safe_hash: str
    duress_hash: str

    def is_duress(self, word: str) -> bool | None:
        """Return whether a word means danger; None for one that is neither. Both hashes are tried each time."""
        is_safe, is_duress = (is_password(_plain(word), kept) for kept in (self.safe_hash, self.duress_hash))
        return is_duress if is_safe or is_duress else None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of a stop, and whether somebody is to go again."""

    became: str
    is_follow_up: bool = False


def is_watched(conn: Connection) -> bool:
    """Return whether the escalator lives: nobody sets out while it does not."""
    row = conn.execute(_QUERIES["is_watched"]).fetchone()
    return bool(row and row[0])


def start_shift(conn: Connection, vault: Vault, departure: Departure) -> UUID:
    """Set out; the shift's id. Raises NoSuchShift for a plan that one does not go by, ShiftRefused, NotAllowed."""
    id, places = uuid4(), [leg.place for leg in departure.legs]
    who = departure.contacts
    _do(conn, "start_shift", {
        "id": id, "plan": departure.plan, "team": departure.team, "places": places,
        "records": [vault.hashed_id("place", place) for place in places],
        "minutes": [leg.minutes for leg in departure.legs], "home": departure.home_minutes,
        "contacts": [who.buddy, who.second, who.manager],
    })  # fmt: skip
    return id


def my_shifts(conn: Connection) -> list[Shift]:
    """Return the shifts that the session goes on or is a contact of, latest first. Raises NotAllowed."""
    with _refusals(), conn.cursor(row_factory=class_row(Shift)) as cursor:
        return cursor.execute(_QUERIES["my_shifts"]).fetchall()


def my_shift(conn: Connection, id: UUID) -> Shift:
    """Return one of them. Raises NoSuchShift, NotAllowed."""
    found = next((shift for shift in my_shifts(conn) if shift.id == id), None)
    if found is None:
        raise NoSuchShift("There is no such shift.")
    return found


def stops_of(conn: Connection, id: UUID) -> list[Stop]:
    """Return the stops of a shift that the session goes on, in order; none of any other."""
    with _refusals(), conn.cursor(row_factory=class_row(Stop)) as cursor:
        return cursor.execute(_QUERIES["shift_stops"], {"id": id}).fetchall()


def read_briefing(conn: Connection, id: UUID, stop: int) -> None:
    """Say that one has read the briefing of the stop that is next. Raises NoSuchShift, ShiftRefused."""
    _do(conn, "read_briefing", {"id": id, "stop": stop})


def try_word(conn: Connection, id: UUID) -> WordTried | None:
    """Count a word that is about to be judged; None where the session's person set none. Raises NoSuchShift.

    To be committed before it is judged, so that many at once are many. A check-in that follows takes it back.
    """
    with _refusals(), conn.cursor(row_factory=class_row(WordTried)) as cursor:
        return cursor.execute(_QUERIES["try_word"], {"id": id}).fetchone()


def say_word(conn: Connection, id: UUID, *, is_duress: bool) -> None:
    """Put down what was said while one must wait: no check-in, but danger is heard all the same."""
    _do(conn, "say_word", {"id": id, "is_duress": is_duress})


def check_in(conn: Connection, id: UUID, kind: str, *, is_duress: bool = False) -> None:
    """Say where one is, or that all is well; `is_duress` with the word that means danger, which is answered alike.

    Raises NoSuchShift, ShiftRefused.
    """
    _do(conn, "check_in", {"id": id, "kind": kind, "is_duress": is_duress})


def call_for_help(pool: Pool, token: str | None, id: UUID) -> None:
    """Call for help with a session that fell asleep; nothing is told, not even whether anybody was called."""
    with connected(pool) as conn:
        conn.execute(_QUERIES["call_for_help"], {"token": token or "", "id": id})


def close_shift(conn: Connection, id: UUID, outcomes: Sequence[Outcome]) -> None:
    """Say what became of each stop, in order. Raises NoSuchShift, ShiftRefused."""
    values = {"became": [one.became for one in outcomes], "follow_ups": [one.is_follow_up for one in outcomes]}
    _do(conn, "close_shift", {"id": id, **values})


def my_alarms(conn: Connection) -> list[Alarm]:
    """Return the alarms that the session was told of, the open ones first. Raises NotAllowed."""
    with _refusals(), conn.cursor(row_factory=class_row(Alarm)) as cursor:
        return cursor.execute(_QUERIES["my_alarms"]).fetchall()


def take_alarm(conn: Connection, id: UUID) -> None:
    """Take an alarm that one was told of. Raises NoSuchShift, ShiftRefused."""
    _do(conn, "take_alarm", {"id": id})


def close_alarm(conn: Connection, id: UUID, how: str) -> None:
    """Close an alarm that one took, saying how it ended. Raises NoSuchShift, ShiftRefused."""
    _do(conn, "close_alarm", {"id": id, "how": how})


def has_words(conn: Connection) -> bool:
    """Return whether the session's person has set their two words. Raises NotAllowed."""
    with _refusals():
        return conn.execute(_QUERIES["my_words"]).fetchone() is not None


def set_words(conn: Connection, safe: str, duress: str, *, cost: PasswordCost = STRONG) -> None:
    """Set the word that says that all is well, and the one that means danger.

    Raises WeakPassword, ShiftRefused, NotAllowed.
    """
    has_words(conn)
    words = [_plain(word) for word in (safe, duress)]
    if min(len(word) for word in words) < SHORTEST_WORD:
        raise WeakPassword(f"A word has at least {SHORTEST_WORD} letters or digits.")
    if words[0] == words[1] or words[0] in words[1] or words[1] in words[0]:
        raise WeakPassword("The two words must differ, and neither may be part of the other.")
    hashes = [hash_password(word, cost) for word in words]
    _do(conn, "set_words", {"safe": hashes[0], "duress": hashes[1]})


def _plain(word: str) -> str:
    """A word as it is compared: a telephone's keyboard adds capitals and spaces by itself."""
    return "".join(word.split()).casefold()


def _do(conn: Connection, query: str, values: dict[str, Any]) -> None:
    with _refusals():
        conn.execute(_QUERIES[query], values)


def _refusals() -> Any:  # noqa: ANN401 - contextlib names no public type
    denied = NotAllowed("Shifts are for outreach workers, with their own session.")
    return refusals(NoSuchShift, ShiftRefused, denied=denied)
