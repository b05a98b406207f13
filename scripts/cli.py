"""The `waymark` command: one group, one module of commands for each thing that operators do."""

import click

from scripts.cluster import cluster
from scripts.reference import reference


@click.group()
def main() -> None:
    """Maps and records for welfare visits by partners, each seeing only what an agreement allows."""


main.add_command(cluster)
main.add_command(reference)

if __name__ == "__main__":
    main()
