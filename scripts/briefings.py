"""`waymark briefing`: whether a briefing's file is what its data print, and its data what this service keeps."""

from pathlib import Path

import click

from data.briefings import is_kept
from layers.briefings import checksum_of
from scripts.operators import at_work, sentences
from web.briefing_document import document_in, faults_of_file


@click.group()
def briefing() -> None:
    """Verify briefings for the commissioner's office."""


@briefing.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apart", is_flag=True, help="Ask no database: only whether the file agrees with itself.")
def verify_command(file: Path, *, apart: bool) -> None:
    """Print the data in the HTML FILE of a briefing again, compare, say each fault; exit with 1 when there is one."""
    with sentences():
        content = file.read_bytes()
        faults, checksum = faults_of_file(content), checksum_of(document_in(content))
    if not apart and not faults:
        with at_work() as (conn, _):
            faults += [] if is_kept(conn, checksum) else ["No briefing with these data is kept here."]
    for fault in faults:
        click.echo(fault, err=True)
    if faults:
        raise SystemExit(1)
    click.echo(f"Equal: every figure and every byte is as its data say. SHA-256 of the data: {checksum}")
