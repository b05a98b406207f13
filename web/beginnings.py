"""Where somebody begins after signing in: with what waits for them, or else with the first page of their role."""

from datetime import UTC, datetime, timedelta

from api.backing import Backing
from data import notices, plans, shifts
from data.database import Conn, Pass, entered
from data.sessions import SessionFacts
from layers.plan_documents import read_document
from web.frame import first_page
from web.today_words import others

_SOON = timedelta(hours=12)
"""How long before it starts a shift that is ready counts as waiting."""


def beginning(backing: Backing, token: str | None, me: SessionFacts) -> str:
    """Return the page a session begins with: Today while a shift, an alarm or a notice waits for it there."""
    if me.role != "outreach" or me.scope != "full":
        return first_page(me)
    with entered(backing.pool, token) as (conn, who):
        return "/today" if _is_out(conn) or _is_going(conn, who) else first_page(me)


def _is_out(conn: Conn) -> bool:
    """Return whether a team that is out concerns the session, or something that it was told of is still open."""
    shifts_now = any(shift.state != "closed" for shift in shifts.my_shifts(conn))
    alarms_now = any(alarm.closed_at is None for alarm in shifts.my_alarms(conn))
    return shifts_now or alarms_now or bool(others(notices.my_notices(conn)))


def _is_going(conn: Conn, who: Pass) -> bool:
    """Return whether the session goes by a plan that is ready and starts soon, or should have."""
    now = datetime.now(UTC)
    ready = (plan for plan in plans.my_plans(conn) if plan.state == "ready")
    soon = (plan for plan in ready if plan.starts_at - _SOON < now < plan.ends_at)
    return any(who.membership_id in team.members for plan in soon for team in read_document(plan.document).asked.teams)
