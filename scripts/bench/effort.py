"""How long benchmarks take."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How long a benchmark takes: rounds, seconds a round and side, tiles a zoom."""

    rounds: int = 5
    seconds: float = 2.0
    tiles: int = 48
