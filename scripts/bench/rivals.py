"""The environment of the rivals that come from PyPI: made from its own lock, apart from ours."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import click

from scripts.bench.world import run_time_files
from scripts.cluster import CHECKOUT

LOCK: Final = CHECKOUT / "requirements-rivals.txt"


def programs() -> Path:
    """Return the folder of the rivals' programs, installed from the lock when they are not."""
    folder = run_time_files() / "rivals"
    stamp = folder / "made-from"
    if not stamp.exists() or stamp.read_text() != LOCK.read_text():
        click.echo("Installing the rivals from PyPI in an environment of their own.")
        steps = (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(folder / "bin" / "pip"), "install", "--quiet", "--require-hashes", f"--requirement={LOCK}"],
        )
        for step in steps:
            if subprocess.run(step, check=False).returncode:
                raise click.ClickException("The rivals could not be installed: see above, then run again.")
        stamp.write_text(LOCK.read_text())
    return folder / "bin"
