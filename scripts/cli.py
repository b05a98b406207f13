"""The `waymark` command: one group, one module of commands for each thing that operators do."""

import click

from scripts.agreements import agreement
from scripts.audit import audit
from scripts.backup import backup, restore
from scripts.cluster import cluster
from scripts.demo.command import demo
from scripts.operations import operation
from scripts.people import organisation, user
from scripts.reference import reference
from scripts.serve import migrate_command, serve


@click.group()
def main() -> None:
    """Maps and records for welfare visits by partners, each seeing only what an agreement allows."""


for command in (
    *(serve, migrate_command, demo, reference, cluster),
    *(organisation, user, agreement, operation),
    *(audit, backup, restore),
):
    main.add_command(command)

if __name__ == "__main__":
    main()
