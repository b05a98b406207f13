"""What pages and the API do with plans of shifts: look for one, keep it, look again with another wish."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from api.backing import Backing
from api.plan_searches import Search
from data import plans
from data.database import entered
from data.planning_settings import planning_settings
from data.plans import NoSuchPlan, Plan, PlanEdit, PlanRefused
from data.teams import my_teams
from geo.shifts.clock import LOCAL, first_day
from geo.shifts.problem import DAY
from layers.plan_documents import Asked, Document, for_member, read_document, without_closed, written
from layers.planning import FIRST_SECONDS, LONGER_SECONDS, Effort, Planner, Told, improved, planned, told_of, wished
from layers.shift_making import Ground
from layers.travelling import OnRoads, Travelling, by_distance

Asker = tuple[Backing, str | None]


def make_plan(asker: Asker, day: date, asked: Asked) -> UUID:
    """Plan a shift of one's colleagues' and keep it; its id. Raises PlanRefused, NotAllowed, NotSignedIn."""
    backing, token = asker
    with entered(backing.pool, token) as (conn, _):
        names = {0, *(team.number for team in my_teams(conn) if team.is_open)}
    if not names.issuperset(team.known_as for team in asked.teams):
        raise PlanRefused("Choose one of your open teams, or none.")
    document = planned(_planner(asker), Document(asked=asked), day, effort=_effort(backing))
    with entered(backing.pool, token) as (conn, who):
        return plans.add_plan(conn, who, _edit(day, document, "draft"))


def plan_again(asker: Asker, id: UUID, wish: tuple[str, str] | None = None) -> None:
    """Plan again, with one wish more (a place and what of it), or without one for longer, and keep what was found.

    Raises NoSuchPlan for what is not one's own, PlanRefused for a wish that cannot be met, PlanChanged.
    """
    backing, token = asker
    plan, document = _quiet_plan(asker, id)
    if wish is not None:
        document = wished(document, *wish)
    effort = _effort(backing, is_longer=wish is None)
    document = planned(_planner(asker), document, day_of(plan), effort=effort)
    with entered(backing.pool, token) as (conn, who):
        plans.change_plan(conn, who, plan, _edit(day_of(plan), document, plan.state))


def set_state(asker: Asker, id: UUID, state: str) -> None:
    """Say that a plan is ready, or a draft again. Raises NoSuchPlan, PlanChanged."""
    backing, token = asker
    plan, document = _quiet_plan(asker, id)
    with entered(backing.pool, token) as (conn, who):
        plans.change_plan(conn, who, plan, _edit(day_of(plan), document, state))


def start_search(asker: Asker, id: UUID) -> None:
    """Look for a better plan while somebody asks how far it is; each is kept at once. Raises NoSuchPlan, PlanRefused.

    Where answers must be the same each time, it is looked for at once.
    """
    backing, token = asker
    if backing.settings.plan_iterations is not None:
        plan_again(asker, id)
        return
    plan, _ = own_plan(asker, id)
    with entered(backing.pool, token) as (_, who):
        person = who.person_id
    backing.searches.start(person, plan.id, lambda search: _keep_better(asker, search))


def search_so_far(asker: Asker, id: UUID) -> tuple[Plan, Document, Search | None]:
    """Return a plan of one's own as it is kept now, and the search for a better one, if any. Raises NoSuchPlan."""
    plan, document = own_plan(asker, id)
    return plan, document, asker[0].searches.seen(id)


def stop_search(asker: Asker, id: UUID) -> None:
    """End the search for a better plan of one's own. Raises NoSuchPlan."""
    own_plan(asker, id)
    asker[0].searches.stop(plan=id)


def _keep_better(asker: Asker, search: Search) -> None:
    """Keep each better plan, until the search is over, unwanted, or somebody keeps another version."""
    backing, token = asker
    plan, document = own_plan(asker, search.plan)
    better = improved(_planner(asker), document, day_of(plan), is_wanted=search.is_wanted)
    for found, score in better:
        if search.is_stopped.is_set():
            return
        with entered(backing.pool, token) as (conn, who):
            plans.change_plan(conn, who, plan, _edit(day_of(plan), found, plan.state))
            plan = plans.my_plan(conn, plan.id)
        search.score = score


def _quiet_plan(asker: Asker, id: UUID) -> tuple[Plan, Document]:
    """Return a plan of one's own that nobody looks for a better one of any longer. Raises NoSuchPlan."""
    stop_search(asker, id)
    return own_plan(asker, id)


def own_plan(asker: Asker, id: UUID) -> tuple[Plan, Document]:
    """Return a plan that the session's membership made. Raises NoSuchPlan."""
    backing, token = asker
    with entered(backing.pool, token) as (conn, _):
        plan = plans.my_plan(conn, id)
    if not plan.is_mine:
        raise NoSuchPlan("There is no such plan of yours to change.")
    return plan, read_document(plan.document)


def opened_plan(asker: Asker, id: UUID) -> tuple[Plan, Document, Told]:
    """Return a plan, and what may be told of its places at this moment. Raises NoSuchPlan."""
    backing, token = asker
    with entered(backing.pool, token) as (conn, who):
        plan = plans.my_plan(conn, id)
        document = read_document(plan.document)
        rows = plans.facts_of_plan(conn, backing.vault, document.places, day_of(plan))
        ours = [stop for stop in plans.joint_stops(conn) if str(stop.id) in document.joint]
        rows = plans.facts_of_joint(conn, backing.vault, ours, day_of(plan)) + rows
        known = {str(row["id"]) for row in rows}
        if not plan.is_mine:
            document = for_member(document, who.membership_id, known)
        document = without_closed(document, known)
        settings = planning_settings(conn)
    ground = Ground(rows=rows, day=day_of(plan), settings=settings, travelling=travelling_of(backing, token))
    return plan, document, told_of(document, ground)


def moment(day: date, minute: int) -> datetime:
    """Return a minute of a shift as the clock on the wall in Britain shows it."""
    return datetime.combine(day + timedelta(days=minute // DAY), time(minute % DAY // 60, minute % 60), LOCAL)


def day_of(plan: Plan) -> date:
    """Return the day whose midnight the minutes of a plan count from: the one on which it begins."""
    return first_day(plan.starts_at)


def _planner(asker: Asker) -> Planner:
    backing, token = asker
    return Planner(pool=backing.pool, vault=backing.vault, token=token, travelling=travelling_of(backing, token))


def travelling_of(backing: Backing, token: str | None) -> Travelling:
    """Return travel by road for this session where the service has road times, else by distance."""
    if backing.roads is None or token is None:
        return by_distance
    return OnRoads(times=backing.roads, session=token)


def _effort(backing: Backing, *, is_longer: bool = False) -> Effort:
    iterations = backing.settings.plan_iterations
    if iterations is not None:
        return Effort(seconds=None, iterations=iterations)
    return Effort(seconds=LONGER_SECONDS if is_longer else FIRST_SECONDS)


def _edit(day: date, document: Document, state: str) -> PlanEdit:
    asked = document.asked
    return PlanEdit(
        starts_at=moment(day, asked.starts),
        ends_at=moment(day, asked.ends),
        state=state,
        document=written(document),
        members={member: team.number for team in asked.teams for member in team.members},
    )
