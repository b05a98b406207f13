"""The teams that a form offers: the open ones of one's own organisation, and nothing where it has none."""

from typing import Final

from psycopg import Connection

from data.teams import my_teams

NOT_SAID: Final = ("0", "Not said")
NOT_YOURS: Final = "Choose one of your open teams, or: not said."


def team_choices(conn: Connection) -> list[tuple[str, str]]:
    """Return the choices by number, "not said" first; none where there are no teams. Raises NotAllowed."""
    teams = [(str(team.number), team.name) for team in my_teams(conn) if team.is_open]
    return [NOT_SAID, *teams] if teams else []
