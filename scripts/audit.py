"""`waymark audit`: verify the chains of the audit, export one, and anchor them outside the database."""

from pathlib import Path
from typing import TextIO

import click
import psycopg

from data.audit import begin_reading, export, heads, verify
from data.audit_anchors import append_anchors, read_anchors
from data.audit_reading import check_export
from scripts.installation import Installation, installation
from scripts.operators import at_work, sentences

to_file = click.option(
    "--anchors", type=click.Path(dir_okay=False, path_type=Path), help="By default audit-anchors.jsonl under var."
)


@click.group()
def audit() -> None:
    """Verify, export and anchor the audit."""


@audit.command("verify")
@to_file
def verify_command(anchors: Path | None) -> None:
    """Recompute every chain and say each fault; exit with 1 when there is one."""
    with sentences():
        here = installation()
        known = read_anchors(anchors or _file(here), here.vault())
        with psycopg.connect(here.operator) as conn:
            begin_reading(conn)
            counted, faults = verify(conn, known)
    for fault in faults:
        click.echo(fault.sentence, err=True)
    if faults:
        raise SystemExit(1)
    click.echo(f"{counted} entries and {len(known)} anchors are as they were written.")


@audit.command("export")
@click.argument("organisation")
@click.argument("file", type=click.File("w", encoding="utf-8", lazy=False))
def export_command(organisation: str, file: TextIO) -> None:
    """Write the chain of ORGANISATION to FILE (- for the terminal) as JSON lines."""
    with at_work() as (conn, _):
        file.writelines(f"{line}\n" for line in export(conn, organisation))


@audit.command("check")
@click.argument("file", type=click.File(encoding="utf-8"))
def check_command(file: TextIO) -> None:
    """Check a FILE that an auditor exported: that it is whole, and signed by this service."""
    with sentences():
        whose, counted = check_export(file.readlines(), installation().vault())
    click.echo(f"The audit of {whose}, {counted} entries, is as it was exported.")


@audit.command("anchor")
@to_file
def anchor_command(anchors: Path | None) -> None:
    """Write down where each chain ends; run it every quarter of an hour, and copy the file elsewhere."""
    with at_work() as (conn, here):
        new = append_anchors(anchors or _file(here), here.vault(), heads(conn))
    click.echo(f"{len(new)} chains moved and were anchored.")


def _file(here: Installation) -> Path:
    return here.var / "audit-anchors.jsonl"
