"""Compiled loops are kept where they may be, and run all the same where nothing may be written."""

import os
import subprocess
import sys
from pathlib import Path

from geo.hotspots.compiled import Compiled

ASK = (
    "import sys; import numpy as np\n"
    "from geo.hotspots.near_repeat import knox\n"
    "assert 'numba' not in sys.modules\n"
    "place = np.zeros(3)\n"
    "print(knox(place, place, place, metres=[1], days=[1], seed=1, replicates=9).pairs[0, 0])\n"
    "assert 'numba' in sys.modules\n"
)


def asked(**environment: str) -> str:
    """Ask a new process for near repeats; numba is imported only when it is needed."""
    known = {name: value for name, value in os.environ.items() if name not in {"NUMBA_CACHE_DIR", "HOME"}}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=known | environment, capture_output=True, check=False, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_was_compiled_is_kept_in_the_folder_named(tmp_path: Path) -> None:
    assert asked(NUMBA_CACHE_DIR=str(tmp_path)) == "3"
    assert list(tmp_path.rglob("near_repeat.*.nbi"))


def test_where_the_folder_named_cannot_be_written_it_runs_all_the_same() -> None:
    assert asked(NUMBA_CACHE_DIR="/dev/null/numba") == "3"


def test_what_cannot_be_kept_anywhere_is_compiled_anew() -> None:
    # numba finds no place beside code that is in no file, and says so as for a folder that is read-only.
    assert Compiled(eval("lambda number: number + 1"))(2) == 3  # noqa: S307 - code in no file, see above.
