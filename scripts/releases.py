"""`waymark release`: verify what was released to others."""

import click
import psycopg

from data.audit import begin_reading
from data.releases import approved_releases, audited_approvals
from layers.release_verifying import verify
from scripts.installation import installation
from scripts.operators import sentences


@click.group()
def release() -> None:
    """Verify releases: tables of counts that were published to partners, commissioners or everybody."""


@release.command("verify")
def verify_command() -> None:
    """Recompute the chain of hashes and the audit by intervals from what was published; exit with 1 on a fault."""
    with sentences(), psycopg.connect(installation().operator) as conn:
        begin_reading(conn)
        found = verify(approved_releases(conn), audited_approvals(conn))
    for fault in found.faults:
        click.echo(fault, err=True)
    if found.faults:
        raise SystemExit(1)
    click.echo(
        f"{found.releases} releases with {found.values} values are as they were approved; no count under 5 can be"
        " solved for."
    )
