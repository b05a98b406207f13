"""Third-party files: what pages name is there, and the service refuses to start without them."""

import re
from pathlib import Path

import pytest

from web.vendor import STATIC, AssetsMissing, VendorFiles, vendor_files

NAMED = re.compile(r"""["'(](?:/static|\.\.)/(vendor/[^"')]+)["')]""")


def test_what_scripts_and_styles_name_is_there() -> None:
    named = {
        (path.name, match)
        for folder in ("js", "css")
        for path in (STATIC / folder).iterdir()
        for match in NAMED.findall(path.read_text())
    }
    assert len(named) >= 3
    assert not [(file, name) for file, name in named if not (STATIC / name).is_file()]


def test_the_addresses_carry_versions() -> None:
    assert re.fullmatch(
        r"/static/vendor/maplibre-gl-[\d.]+/maplibre-gl\.css", vendor_files().address("maplibre-gl/maplibre-gl.css")
    )


def test_a_file_that_was_not_copied_is_missed_before_serving() -> None:
    with pytest.raises(AssetsMissing, match=r"scripts\.assets"):
        vendor_files().address("maplibre-gl/nothing.js")


def test_without_a_manifest_the_sentence_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(AssetsMissing, match=r"run `python -m scripts\.assets` first"):
        VendorFiles(tmp_path)
