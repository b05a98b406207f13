import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--port", "eighty"], "--port takes a number from 1 to 65535, not 'eighty'."),
        (["--port", "65536"], "--port takes a number from 1 to 65535, not '65536'."),
        (["--port"], "--port takes a number from 1 to 65535, not ''."),
        (["--prot", "80"], "Unknown option: --prot."),
    ],
)
def test_up_answers_a_wrong_option_with_a_sentence(words: list[str], said: str) -> None:
    finished = subprocess.run([ROOT / "scripts/up", *words], capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert finished.stderr.startswith(said)


def test_without_root_or_sudo_missing_packages_are_named_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "apt-get").symlink_to("/bin/true")
    script = f"""
        cd {ROOT} && . scripts/environment.sh
        has_postgis() {{ false; }}
        can_be_root() {{ false; }}
        postgis_package() {{ echo postgresql-15-postgis-3; }}
        PATH={tmp_path}:$PATH ensure_system python postgis
    """
    finished = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    (sentence,) = finished.stderr.splitlines()
    assert sentence == (
        "Missing packages: as root run `apt-get update && apt-get install --no-install-recommends "
        "postgresql-15-postgis-3`, then start again."
    )
