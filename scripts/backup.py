"""`waymark backup` and `waymark restore`: the whole database, encrypted under the master key."""

from pathlib import Path

import click

from data.backups import back_up
from data.backups import restore as restore_from
from data.vault import Vault, load_master_key
from scripts.installation import bring_up, installation
from scripts.operators import sentences


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write an encrypted backup to FILE. Keep the master key somewhere else: without it nothing opens."""
    with sentences():
        here = installation()
        size = back_up(here.operator, file, here.vault())
        click.echo(f"Backed up to {file}: {size / 1e6:.1f} MB. It opens only with {here.master_key}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Fill the empty database from FILE, all or nothing, and bring it to the current schema."""
    with sentences():
        here = installation()
        vault = Vault(load_master_key(here.master_key, may_create=False))
        restore_from(file, here.operator, vault)
        bring_up(here)
        click.echo(f"Restored from {file}.")
