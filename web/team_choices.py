"""The teams that a form offers: the open ones of one's own organisation, and nothing where it has none."""

from collections.abc import Sequence
from typing import Final

from data.teams import Team

NOT_SAID: Final = ("0", "Not said")
NOT_YOURS: Final = "Choose one of your open teams, or: not said."


def team_choices(teams: Sequence[Team]) -> list[tuple[str, str]]:
    """Return the choices among teams by number, "not said" first; none where no team is open."""
    choices = [(str(team.number), team.name) for team in teams if team.is_open]
    return [NOT_SAID, *choices] if choices else []
