"""The `waymark` command: one group, one module of commands for each thing that operators do."""

import importlib
import os
from pathlib import Path

import click

COMMANDS = {
    "serve": "scripts.serve:serve",
    "migrate": "scripts.serve:migrate_command",
    "demo": "scripts.demo.command:demo",
    "roads": "scripts.roads:roads",
    "reference": "scripts.reference:reference",
    "import": "scripts.imports:import_command",
    "organisation": "scripts.people:organisation",
    "user": "scripts.people:user",
    "agreement": "scripts.agreements:agreement",
    "deconfliction": "scripts.deconfliction:deconfliction",
    "operation": "scripts.operations:operation",
    "audit": "scripts.audit:audit",
    "release": "scripts.releases:release",
    "briefing": "scripts.briefings:briefing",
    "duty-desk": "scripts.duty_desk:duty_desk",
    "retention": "scripts.retention:retention",
    "escalate": "scripts.escalate:escalate_command",
    "watchdog": "scripts.escalate:watchdog",
    "backup": "scripts.backup:backup",
    "restore": "scripts.backup:restore",
    "cluster": "scripts.cluster:cluster",
    "bench": "scripts.bench.command:bench",
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when the command is used: most need much that others do not."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Return a command by its name, importing it now."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(":")
        found: click.Command = getattr(importlib.import_module(module), name)
        return found


@click.group(cls=LazyGroup)
def main() -> None:
    """Maps and records for welfare visits by partners, each seeing only what an agreement allows."""
    var = os.environ.get("WAYMARK_VAR", Path(__file__).resolve().parents[1] / "var")
    os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(var) / "numba"))


if __name__ == "__main__":
    main()
