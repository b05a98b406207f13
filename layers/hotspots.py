"""Asking for a hotspot map: counted behind the gate, audited, made or found again under the session's keys."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from data.areas import all_areas
from data.counts import Counted, Which, counted, refuse_who_does_not_count, today
from data.database import Pass, Pool, entered
from data.places import audit, coded_list
from data.sessions import SessionFacts
from layers.hotspot_desk import HotspotDesk, Work
from layers.hotspot_maps import HotspotMap, made
from layers.hotspot_questions import KNOWN, Question, checked, usual

Reader = tuple[Pool, HotspotDesk]


@dataclass(frozen=True, eq=False, kw_only=True)
class Answer:
    """What came of a question: the map, or the work on it; on which day; categories by slug, areas by number."""

    question: Question
    today: date
    categories: dict[str, str]
    areas: dict[int, str]
    found: HotspotMap | None
    work: Work | None = None
    was_kept: bool = False


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What a form needs to know: the day, the usual question, and categories by slug."""

    today: date
    usual: Question
    categories: dict[str, str]


def frame(pool: Pool, token: str | None) -> Frame:
    """Return what stands around a question. Raises NotAllowed for whoever does not count."""
    with entered(pool, token) as (conn, who):
        refuse_who_does_not_count(who)
        day = today(conn)
        return Frame(today=day, usual=usual(day), categories=coded_list(conn, "exploitation"))


def ask(reader: Reader, me: SessionFacts, question: Callable[[Question], Question], token: str | None) -> Answer:
    """Return the answer to a question, made from the usual one. Raises NotAllowed, NotSignedIn, QuestionRefused.

    That counts were combined stands in the audit before they leave, and also where the map was kept from before.
    """
    pool, desk = reader
    with entered(pool, token) as (conn, who):
        refuse_who_does_not_count(who)
        day = today(conn)
        categories, areas = coded_list(conn, "exploitation"), dict(all_areas(conn))
        asked = checked(question(usual(day)), today=day, areas=me.areas, categories=categories)
        answer = Answer(question=asked, today=day, categories=categories, areas=areas, found=None)
        kept = _kept(desk, who, asked)
        if kept is not None:
            audit(conn, "combination", what="read a kept hotspot map", layer="hotspots")
            return replace(answer, found=kept, was_kept=True)
        table = counted(
            conn, metres=asked.metres, months=(asked.first, asked.last), which=_which(asked), area=asked.area
        )
    return _answered(desk, who, answer, table)


def look_at_work(reader: Reader, id: UUID, token: str | None) -> Work:
    """Return work that this session's keys began. Raises NoSuchWork, for its own once they changed."""
    pool, desk = reader
    with entered(pool, token) as (_, who):
        refuse_who_does_not_count(who)
        return desk.work(who.ring_key, id)


def stop(reader: Reader, id: UUID, token: str | None) -> None:
    """Stop work. Raises NoSuchWork."""
    look_at_work(reader, id, token).is_stopped = True


def _which(asked: Question) -> Which:
    provenances = KNOWN[asked.known][1] if asked.known else ()
    return Which(category=asked.category, severity=asked.severity, provenances=provenances)


def _kept(desk: HotspotDesk, who: Pass, asked: Question) -> HotspotMap | None:
    return desk.kept((who.ring_key, asked)) if who.ring_key else None


def _answered(desk: HotspotDesk, who: Pass, answer: Answer, table: Counted) -> Answer:
    """Return the answer with its map, or with the work where that takes longer than a moment."""
    if who.ring_key is None or not answer.question.is_confirmed:
        found = made(answer.question, table)
        if who.ring_key is not None:
            desk.keep((who.ring_key, answer.question), found)
        return replace(answer, found=found)
    got = desk.started((who.ring_key, answer.question), lambda watch: made(answer.question, table, watch=watch))
    return replace(answer, work=got) if isinstance(got, Work) else replace(answer, found=got)
