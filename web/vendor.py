"""Third-party browser files by package: where scripts/assets.py put them, under which address."""

import json
from pathlib import Path

STATIC = Path(__file__).parent / "static"
NEEDED = (
    "maplibre-gl/maplibre-gl.mjs",
    "maplibre-gl/maplibre-gl-worker.mjs",
    "maplibre-gl/maplibre-gl.css",
    "govuk-frontend/govuk-frontend.min.css",
    "leaflet/leaflet.js",
    "leaflet/leaflet.css",
    "@fontsource-variable/atkinson-hyperlegible-next/atkinson-hyperlegible-next-latin-wght-normal.woff2",
)


class AssetsMissing(FileNotFoundError):
    """The browser files of other projects are not there, so no page could work."""


class VendorFiles:
    """The addresses of vendor files, read once from the manifest beside them."""

    def __init__(self, static: Path = STATIC) -> None:
        manifest = static / "vendor" / "manifest.json"
        try:
            read = json.loads(manifest.read_text())
        except (OSError, ValueError) as error:
            raise AssetsMissing(f"{manifest} cannot be read: run `python -m scripts.assets` first.") from error
        self._folders: dict[str, str] = read["packages"]
        self._files: set[str] = set(read["files"])

    def address(self, name: str) -> str:
        """Return the address of `package/file`. Raises AssetsMissing when it was not copied."""
        package, _, file = name.rpartition("/")
        path = f"{self._folders.get(package, package)}/{file}"
        if path not in self._files:
            raise AssetsMissing(f"{name} is not among the vendor files: run `python -m scripts.assets` first.")
        return f"/static/vendor/{path}"


def vendor_files() -> VendorFiles:
    """Return the vendor files, once all that the pages need is there. Raises AssetsMissing."""
    files = VendorFiles()
    for name in NEEDED:
        files.address(name)
    return files
