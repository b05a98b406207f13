"""One plain sentence for each place: why it is in the plan, or why it is not. No sentence names a place."""

from collections.abc import Mapping

from geo.shifts.plans import Plan
from geo.shifts.problem import Shift


def explained(shift: Shift, plan: Plan) -> Mapping[str, str]:
    """Return a sentence for each stop of the shift, by its id: visited and left out alike."""
    raise NotImplementedError
