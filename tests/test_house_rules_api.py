"""The rules of STYLE and DESIGN for what is served, that a machine can hold us to."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from starlette.testclient import TestClient

from api.app import PUBLIC, create_api
from api.errors import STATUS
from layers.catalogue import LAYERS
from scripts.cli import main
from tests.api.access_matrix import rows

ROOT = Path(__file__).parents[1]
METHODS = {"get", "put", "post", "delete", "patch", "options", "head", "trace"}
SETTING = re.compile(r"\bWAYMARK_[A-Z_]+[A-Z]\b")

CAUGHT_WITHIN = {
    "geo.shifts.solving.NoPlan",
    "geo.hotspots.emerging.TooFewSteps",
    "geo.hotspots.empirical_bayes.NotRates",
    "geo.hotspots.excess.NotCounts",
    "geo.hotspots.grids.NotAGrid",
    "geo.hotspots.hold_out.NotAHoldOut",
    "geo.hotspots.kernel_density.CellTooCoarse",
    "geo.hotspots.near_repeat.TooManyPairs",
    "geo.hotspots.near_repeat.NotBands",
    "geo.hotspots.scan.NothingToScan",
    "geo.hotspots.scan_zones.TooMuchToScan",
    "geo.hotspots.windows.NotAWindow",
    "layers.hotspot_desk.Stopped",
    "geo.cells.NotOnTheGrid",
    "geo.disclosure.banding.NotPublished",
    "geo.disclosure.interval_audit.Impossible",
    "geo.distances.NotADistance",
    "geo.grid_references.NotAGridReference",
    "geo.postcodes.NotAPostcode",
    "geo.tile_cells.TileTooWide",
    "data.road_engine.NoRoadTimes",
    "data.vault.NotAReference",
    "layers.hotspot_releases.NotItsCounts",
}
"""Exceptions of values: whoever asks for the value says in words of their own what was wrong."""

OF_OPERATORS = {
    "data.areas.NoSuchArea",
    "data.audit.NoSuchChain",
    "data.audit_anchors.AnchorsBroken",
    "data.audit_reading.ExportBroken",
    "data.backdrop.NotABackdrop",
    "data.backups.BackupBroken",
    "data.backups.NotEmpty",
    "data.demo_tables.NotEmpty",
    "data.handling.MayNotRecord",
    "data.handling.NotAHandling",
    "data.notices.DeskChanged",
    "data.notices.DeskRefused",
    "data.people.NoSuchOrganisation",
    "data.people.NoSuchUser",
    "data.people.NotAUser",
    "data.postgres.ProgramFailed",
    "data.postgres.ServerMissing",
    "data.reference_data.NotReferenceData",
    "data.vault.NotAMasterKey",
    "data.vault.SecretSealBroken",
}
"""Exceptions of commands, of setting up, and of a broken installation: no operation of the API tells them."""


INTERNAL = {"WAYMARK_TASK"}
"""Not settings: how one process of ours tells another what to do."""


def app_without_database() -> Any:
    """Make the application with nothing behind it: what asks for more than a token fails loudly."""
    return create_api(None)  # type: ignore[arg-type]  # on purpose


def operations() -> Iterator[tuple[str, str]]:
    for path, methods in app_without_database().openapi()["paths"].items():
        for method in methods:
            if method in METHODS:
                yield method, path


@pytest.mark.parametrize("operation", sorted(operations()), ids=" ".join)
def test_every_operation_refuses_strangers_or_is_listed_as_public(operation: tuple[str, str]) -> None:
    if operation in PUBLIC:
        return
    method, path = operation
    number = re.sub(r"\{(z|row|column)\}", "1", path)
    filled = re.sub(r"\{[^}]+\}", "00000000-0000-4000-8000-000000000000", number)
    client = TestClient(app_without_database(), base_url="http://127.0.0.1")
    answer = client.request(method.upper(), filled)
    assert (answer.status_code, answer.json()["status"]) == (401, 401)


def test_what_is_listed_as_public_exists() -> None:
    assert set(operations()) >= PUBLIC


def test_every_operation_has_a_row_in_the_access_matrix() -> None:
    named = {operation for operation, _ in rows()}
    assert {f"{method.upper()} {path}" for method, path in operations()} == named


def exceptions() -> Iterator[tuple[str, type[Exception]]]:
    """Give every exception class that the rooms behind the API define."""
    for room in ("geo", "data", "layers", "api"):
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            for name, found in vars(importlib.import_module(module.name)).items():
                if inspect.isclass(found) and issubclass(found, Exception) and found.__module__ == module.name:
                    yield f"{module.name}.{name}", found


def test_every_exception_has_a_status_or_is_listed_as_never_told() -> None:
    listed = CAUGHT_WITHIN | OF_OPERATORS
    imports_are_served = any(path.startswith("/api/imports") for _, path in operations())
    defined = {name: kind for name, kind in exceptions() if imports_are_served or not name.startswith("data.imports.")}
    bare = {
        name
        for name, found in defined.items()
        if not any(kind in STATUS or f"{kind.__module__}.{kind.__name__}" in listed for kind in found.__mro__)
    }
    assert not bare
    assert listed <= set(defined), "listed, but no longer defined"
    assert not {name for name in listed if defined[name] in STATUS}, "listed, but mapped"


def test_no_exception_knows_http() -> None:
    found = [name for name, kind in exceptions() if "status_code" in vars(kind) or "HTTP" in (kind.__doc__ or "")]
    assert not found


def papers() -> str:
    return "\n".join(paper.read_text() for paper in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])


def test_every_layer_is_in_the_docs() -> None:
    words = papers()
    assert not [layer.name for layer in LAYERS if f"`{layer.name}`" not in words]


def test_every_setting_is_in_the_docs() -> None:
    rooms = ("data", "layers", "api", "web", "scripts")
    files = [path for room in rooms for path in (ROOT / room).rglob("*") if path.suffix in {".py", ".sh", ""}]
    texts = [path.read_text() for path in files if path.is_file() and "vendor" not in path.parts]
    settings = {name for text in texts for name in SETTING.findall(text)} - INTERNAL
    words = papers()
    assert settings
    assert not sorted(name for name in settings if f"`{name}`" not in words and f"{name}=" not in words)


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[str]:
    for name, command in group.commands.items():
        here = (*path, name)
        if not isinstance(command, click.Group):
            yield " ".join(here)
        else:
            yield from commands(command, here)


def test_every_command_is_in_the_docs() -> None:
    words = papers()
    undocumented = []
    for command in commands(main):
        group, _, name = command.partition(" ")
        is_named = re.search(rf"`waymark {group}\b[^`]*`", words) and (
            not name or f"waymark {command}" in words or re.search(rf"`waymark {group} …[^`]*`", words)
        )
        if not is_named:
            undocumented.append(command)
    assert not undocumented
