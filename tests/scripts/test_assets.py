import json
from pathlib import Path

import pytest

from scripts import assets


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """Packages as npm would lay them out, each file of the white list with its own name as text."""
    for package in assets.PACKAGES:
        folder = tmp_path / "node_modules" / package.name
        for name in package.files:
            path = folder / package.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"/* {name} */")
        (folder / "not-for-browsers.js").write_text("")
        (folder / "LICENSE").write_text(f"Terms of {package.name}.")
        described = {"name": package.name, "version": "1.2.3", "license": "MIT"}
        (folder / "package.json").write_text(json.dumps(described))
    return tmp_path / "node_modules"


def sheet(modules: Path) -> Path:
    return modules / "leaflet" / "dist" / "leaflet.css"


def test_only_the_white_list_is_copied_under_versioned_folders(modules: Path, tmp_path: Path) -> None:
    assets.fill(tmp_path / "vendor", modules, "abc")
    manifest = json.loads((tmp_path / "vendor" / "manifest.json").read_text())
    assert manifest["made_from"] == "abc"
    assert manifest["packages"]["leaflet"] == "leaflet-1.2.3"
    assert len(manifest["files"]) == sum(len(package.files) for package in assets.PACKAGES)
    assert all(value.startswith("sha384-") and len(value) == 71 for value in manifest["files"].values())
    assert not list((tmp_path / "vendor").rglob("not-for-browsers.js"))


def test_every_package_is_credited_with_its_terms(modules: Path, tmp_path: Path) -> None:
    assets.fill(tmp_path / "vendor", modules, "abc")
    credited = (tmp_path / "vendor" / "THIRD_PARTY.txt").read_text()
    assert all(f"Terms of {package.name}." in credited for package in assets.PACKAGES)


@pytest.mark.parametrize(
    "rule",
    [
        "a { background: url(https://tiles.example/a.png) }",
        "a { background: url( '//tiles.example/a.png' ) }",
        '@import "https://fonts.example/a.css";',
        "a { background: url(missing.png) }",
    ],
)
def test_a_style_sheet_that_would_load_from_elsewhere_is_refused(modules: Path, tmp_path: Path, rule: str) -> None:
    sheet(modules).write_text(rule)
    with pytest.raises(assets.RemoteAddressLeft, match=r"leaflet\.css"):
        assets.fill(tmp_path / "vendor", modules, "abc")


def test_fonts_crest_and_source_maps_of_others_are_taken_out(modules: Path, tmp_path: Path) -> None:
    sheet(modules).write_text(
        "@font-face { font-family: GDS Transport; src: url(https://fonts.example/a.woff2) }"
        "a { font-family: GDS Transport,arial,sans-serif; mask: url(/assets/images/govuk-crest.svg) }"
        "b { background: url(images/layers.png), url('data:image/svg+xml;x'), url(#default#VML) }\n"
        "/*# sourceMappingURL=leaflet.css.map */"
    )
    assets.fill(tmp_path / "vendor", modules, "abc")
    assert (tmp_path / "vendor" / "leaflet-1.2.3" / "leaflet.css").read_text() == (
        "a { font-family: var(--app-font,arial,sans-serif); mask: none }"
        "b { background: url(images/layers.png), url('data:image/svg+xml;x'), url(#default#VML) }"
    )


def test_a_second_build_from_the_same_lock_does_nothing() -> None:
    before = (assets.VENDOR / "manifest.json").stat()
    assert not assets.build()
    assert (assets.VENDOR / "manifest.json").stat().st_mtime_ns == before.st_mtime_ns
