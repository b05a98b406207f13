"""How results are printed: ours, the rival's, the ratio and what it must be, with the rival's command."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import click


@dataclass(frozen=True, kw_only=True)
class Target:
    """What a figure must be: at least (or at most) so much."""

    value: float
    at_most: bool = False

    def is_met(self, figure: float) -> bool:
        """Return whether a figure is good enough."""
        return figure <= self.value if self.at_most else figure >= self.value

    def __str__(self) -> str:
        """Return the target as it is printed."""
        return f"{'at most' if self.at_most else 'at least'} {self.value:g}"


def heading(text: str) -> None:
    """Print the heading of a benchmark."""
    click.echo(f"\n== {text}")


def beside(text: str) -> None:
    """Print the command of a rival, or what else one needs to know about a line."""
    click.echo(f"   {text}")


def result(what: str, figure: float, target: Target | None = None, *, unit: str = "") -> bool:
    """Print a figure beside its target; whether it is met."""
    good = target is None or target.is_met(figure)
    verdict = "" if target is None else f"   {target}: {'yes' if good else 'NO'}"
    click.echo(f"{what:<72} {figure:>9.3g}{unit}{verdict}")
    return good


def geometric_mean(ratios: Iterable[float]) -> float:
    """Return the geometric mean."""
    return statistics.geometric_mean(ratios)


def middle(rounds: Sequence[float]) -> float:
    """Return the median of the rounds."""
    return statistics.median(rounds)
