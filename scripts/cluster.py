"""`waymark cluster`: the private PostgreSQL cluster of this checkout."""

import os
from pathlib import Path

import click

from data.cluster import Cluster, cluster_directory
from data.postgres import ProgramFailed, ServerMissing

CHECKOUT = Path(__file__).resolve().parents[1]


def private_cluster() -> Cluster:
    """Return the cluster of this checkout, started or not."""
    return Cluster(directory=cluster_directory(CHECKOUT))


@click.group()
def cluster() -> None:
    """Start, stop or look into the private PostgreSQL cluster."""


@cluster.command()
def start() -> None:
    """Start the cluster, making it first when there is none."""
    try:
        found = private_cluster()
        if CHECKOUT not in found.directory.parents:
            click.echo(f"PostgreSQL's account cannot enter {CHECKOUT}, so the data are in {found.directory}.", err=True)
        found.start()
    except (OSError, ProgramFailed, ServerMissing) as error:
        raise click.ClickException(str(error)) from error


@cluster.command()
def stop() -> None:
    """Stop the cluster, ending open connections."""
    private_cluster().stop()


@cluster.command()
def status() -> None:
    """Say whether the cluster runs and where it is; exit with 3 when it does not run."""
    found = private_cluster()
    running = found.is_running()
    click.echo(f"{'Running' if running else 'Not running'}: {found.directory}")
    if not running:
        raise SystemExit(3)


@cluster.command(context_settings={"ignore_unknown_options": True})
@click.option("--database", default="waymark", show_default=True, help="The database to open.")
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def psql(database: str, words: tuple[str, ...]) -> None:
    """Open psql as the operator, whom row-level security does not bind; WORDS go to psql."""
    os.execvp("psql", ["psql", private_cluster().url(database=database), *words])  # noqa: S606 - a program, not a shell
