"""Rivals that compute the same statistics, each in a process of the rivals' environment; their answers are compared."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
import numpy as np

from geo.arrays import Floats
from scripts.bench.rivals import programs

STATISTICS: Final = Path(__file__).parent / "statistics"


@dataclass(frozen=True, eq=False, kw_only=True)
class RivalStatistic:
    """A rival's values and what it says of the processor time that they took."""

    values: Floats
    said: dict[str, float]


def rival_statistic(program: str, **arrays: Any) -> RivalStatistic:  # noqa: ANN401 - whatever numpy keeps in a file.
    """Return what a rival's program makes of these arrays. Raises a sentence when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "asked.npz"
        np.savez(file, **arrays)
        command = [str(programs() / "python"), str(STATISTICS / program), str(file)]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
        if done.returncode:
            raise click.ClickException(f"{program} failed: {done.stderr.strip().splitlines()[-1]}")
        return RivalStatistic(values=np.load(file.with_name("answer.npy")), said=json.loads(done.stdout))
