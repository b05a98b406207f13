"""From what a session may know of places to the values of the pure model: what each is worth, and who may go there."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final

from data.place_hours import stretches
from data.plans import JointStop
from data.reading import Row
from geo.shifts.clock import LOCAL
from geo.shifts.contact import SKILLS, ContactFlag, barred_by_contact, skills_asked
from geo.shifts.hours import Stretch, windows_of
from geo.shifts.need import Known, Need, Risk, explored, needs
from geo.shifts.problem import Point, Shift, Stop, Team, Window
from geo.shifts.settings import Settings
from geo.shifts.two_people import NIGHT, Attendance, Danger, barred, why_two
from layers.plan_documents import DROPPED, MUST, Asked, Document, TeamAsked
from layers.travelling import Travelling, by_distance

SEED: Final = 14
"""The same places give the same exploring visits, however often somebody plans again."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A place that could be visited: where (EPSG:27700), what for in points, and what it asks of a team."""

    id: str
    easting: float
    northing: float
    need: Need
    exploratory: bool
    barred: str | None
    reasons: tuple[str, ...]
    """Why nobody goes there alone."""
    skills: frozenset[str]
    languages: frozenset[str]
    hours: Mapping[str, Sequence[Stretch]]
    wish: str
    joint: JointStop | None = None

    @property
    def prize(self) -> int:
        """Return its score."""
        return self.need.points


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a plan is made from besides its document: facts of places, the day, settings and ways to travel."""

    rows: Sequence[Row]
    day: date
    settings: Settings
    travelling: Travelling = by_distance


def candidates(document: Document, ground: Ground) -> list[Candidate]:
    """Return the places that are open, with their need on the day and what was wished of them."""
    day, settings = ground.day, ground.settings
    open_rows = [row for row in ground.rows if row["status"] != "closed"]
    known = [_known(row, settings) for row in open_rows]
    weights = replace(settings.weights, exploring=document.asked.exploratory / 100)
    visits = document.asked.most_stops * len(document.asked.teams)
    chosen = explored(known, on=day, weights=weights, visits=visits, seed=SEED)
    found = needs(known, on=day, weights=weights, exploratory=chosen)
    return [_candidate(row, document, found[str(row["id"])], on=day, chosen=chosen) for row in open_rows]


def shift_of(asked: Asked, chosen: Sequence[Candidate], ground: Ground) -> Shift:
    """Return the shift that the model plans: one base, the teams, and a stop for each candidate."""
    day, settings = ground.day, ground.settings
    eastings = [asked.easting, *(one.easting for one in chosen)]
    northings = [asked.northing, *(one.northing for one in chosen)]
    return Shift(
        bases=(Point(easting=asked.easting, northing=asked.northing),),
        teams=tuple(_team(team, asked) for team in asked.teams),
        stops=tuple(_stop(one, asked, day) for one in chosen),
        travel=ground.travelling(
            eastings,
            northings,
            modes={team.mode for team in asked.teams},
            hour=asked.starts // 60,
            speeds=settings.speeds,
        ),
        night=NIGHT,
    )


def _team(team: TeamAsked, asked: Asked) -> Team:
    return Team(
        id=team.id,
        name=team.name,
        members=len(team.members),
        starts=asked.starts,
        ends=asked.ends,
        mode=team.mode,
        skills=frozenset(SKILLS[name] for name in team.skills),
        languages=team.languages,
        most_stops=asked.most_stops,
    )


def _stop(one: Candidate, asked: Asked, day: date) -> Stop:
    is_for_a_team = one.wish.isdigit()
    windows = windows_of(one.hours, day, minutes=asked.minutes)
    stop = Stop(
        id=one.id,
        easting=one.easting,
        northing=one.northing,
        minutes=asked.minutes,
        prize=one.prize,
        must_go=one.wish == MUST or is_for_a_team,
        barred=one.barred or ("it is at no time open and safe to visit" if windows == () else None),
        needs_two=bool(one.reasons),
        skills=one.skills,
        languages=one.languages,
        windows=windows or (),
        teams=frozenset({one.wish}) if is_for_a_team else None,
        exploratory=one.exploratory,
        why=one.need.why,
    )
    return stop if one.joint is None else _together(stop, one.joint, asked, day=day)


def _together(stop: Stop, joint: JointStop, asked: Asked, *, day: date) -> Stop:
    """Return the stop of a joint visit: in its window, by those teams alone of which everybody is named on it.

    It must go, unless somebody wished it away or no team can be there.
    """
    opens, closes = math.ceil(_minutes(joint.starts_at, day)), math.floor(_minutes(joint.ends_at, day))
    window = Window.ending_by(opens, closes, minutes=asked.minutes)
    named = frozenset(team.id for team in asked.teams if set(team.members) <= set(joint.members))
    teams = named if stop.teams is None else named & stop.teams
    shared = [part for one in stop.windows or (window,) if one and window and (part := one.within(window))]
    barred = stop.barred or (None if shared else "its hours leave no time in the joint visit's window")
    fits = any(one.within(Window(opens=asked.starts, closes=asked.ends)) for one in shared)
    return replace(
        stop,
        windows=tuple(shared),
        teams=teams,
        partner=joint.partner,
        barred=barred,
        must_go=stop.must_go or (barred is None and bool(teams) and fits),
    )


def _minutes(moment: datetime, day: date) -> float:
    """Return the minutes of a day's shift at which the clock on the wall in Britain shows a moment."""
    wall = moment.astimezone(LOCAL).replace(tzinfo=None)
    return (wall - datetime.combine(day, time())) / timedelta(minutes=1)


def _candidate(row: Row, document: Document, need: Need, *, on: date, chosen: frozenset[str]) -> Candidate:
    id = str(row["id"])
    wish = document.wishes.get(id, "")
    attendance = _attendance(row, document)
    contacts = [
        ContactFlag(flag=flag, since=since)
        for flag, since in zip(row["contacts"] or [], row["contact_since"] or [], strict=True)
    ]
    left_out = "you wished to leave it out" if wish == DROPPED else None
    return Candidate(
        id=id,
        easting=row["easting"],
        northing=row["northing"],
        need=need,
        exploratory=id in chosen,
        barred=left_out or barred(attendance) or barred_by_contact(contacts),
        reasons=why_two(attendance, on=on),
        skills=skills_asked(contacts),
        languages=frozenset(row["languages"]),
        hours=stretches(row["hours"]),
        wish=wish,
        joint=row["joint"],
    )


def _known(row: Row, settings: Settings) -> Known:
    risks = zip(row["severities"], row["noted_on"], strict=True)
    return Known(
        id=str(row["id"]),
        risks=tuple(Risk(severity=severity, on=on) for severity, on in risks),
        last_visit=row["last_visit"],
        rhythm=settings.rhythm(row["kind"]),
        requests=int(row["is_asked_for"]),
        follow_ups=int(row["is_to_follow_up"]),
    )


def _attendance(row: Row, document: Document) -> Attendance:
    dangers = zip(row["dangers"] or [], row["danger_untils"] or [], strict=True)
    return Attendance(
        attend_rule=row["attend_rule"],
        sensitivity=row["sensitivity"],
        visits=row["visits"],
        last_outcome=row["last_outcome"],
        dangers=tuple(Danger(flag=flag, until=until) for flag, until in dangers),
        owner_agreed=row["joint"] is not None or str(row["id"]) in document.agreed,
        asked_for_two=str(row["id"]) in document.together,
    )
