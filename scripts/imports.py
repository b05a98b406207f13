"""`waymark import`: bring a file of places in as one of the organisation's admins, with a progress bar."""

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from data.database import Pool, Unavailable, open_pool
from data.imports.desk import Desk
from data.imports.intake import take_in
from data.imports.layout import Asked
from data.imports.mapping import LISTS
from data.imports.publish import commit, discard
from data.imports.receive import Offer
from data.imports.records import Import, rejects_of
from data.sessions import CodeNeeded, SignIn, sign_in, sign_out
from data.vault import Vault
from scripts.installation import Installation, installation
from scripts.operators import sentences

_CHUNK = 1 << 20
_LINES_AS_ROWS = {".csv", ".txt", ".tsv"}


def fields(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    """Return `field=column` options as fields of a mapping; a field named twice lists its columns."""
    found: dict[str, Any] = {}
    for value in values:
        name, is_given, column = value.partition("=")
        if not is_given:
            raise click.BadParameter(f"{value!r} is not of the form field=column.")
        if name in LISTS:
            found.setdefault(name, []).append(column)
        else:
            found[name] = column
    return found


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as", "email", metavar="EMAIL", required=True, help="The admin who imports; asks for the password.")
@click.option("--organisation", help="Where, for an admin of several organisations.")
@click.option("--source", help="Where the file is from; by default its name.")
@click.option("--collected-for", type=click.Choice(["welfare", "safeguarding", "enforcement"]), required=True)
@click.option("--sensitivity", type=click.IntRange(0, 3), default=2, show_default=True, help="Of rows that say none.")
@click.option("--operation", type=click.UUID, help="The operation that the places belong to.")
@click.option("--sheet", help="The sheet or layer to read.")
@click.option("--column", "changes", multiple=True, callback=fields, metavar="FIELD=COLUMN", help="Decide a field.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Write rows that are not imported.")
@click.option("--commit/--check-only", "commits", default=None, help="Make places without asking, or only check.")
def import_command(
    file: Path,
    *,
    email: str,
    commits: bool | None,
    rejects: Path | None,
    **said: Any,  # noqa: ANN401 - the other options, of several types
) -> None:
    """Import FILE: recognise its columns, check every row, then make places of the good ones, all or none."""
    pa.set_memory_pool(pa.system_memory_pool())  # It gives back what it no longer needs; Arrow's own keeps it.
    offer = Offer(
        file_name=file.name[-200:],
        source=said["source"] or file.name[-200:],
        collected_for=said["collected_for"],
        sensitivity=said["sensitivity"],
        operation=said["operation"],
    )
    with sentences(), _at_desk(email, said["organisation"]) as desk:
        with _progress(file) as heard, file.open("rb") as stream:
            found, is_new = take_in(
                desk, stream, offer, asked=Asked(sheet=said["sheet"]), changes=said["changes"], progress=heard
            )
        if not is_new:
            click.echo("This file was imported before with the same choices; nothing is changed.")
            return
        _show(found)
        if rejects is not None:
            rejects.write_text("".join(rejects_of(desk, found.id)), encoding="utf-8-sig")
        _decide(desk, found, commits=commits)


@contextmanager
def _at_desk(email: str, organisation: str | None) -> Iterator[Desk]:
    here = installation()
    with open_pool(here.application, size=6) as pool:
        token = _signed_in(pool, here, SignIn(
            email=email,
            password=os.environ.get("WAYMARK_PASSWORD") or getpass.getpass(f"Password of {email}: "),
            purpose="administration",
            organisation=organisation,
        ))  # fmt: skip
        try:
            yield Desk(pool=pool, token=token, uploads=here.settings().uploads)
        except Unavailable as error:
            raise click.ClickException(str(error)) from error
        finally:
            sign_out(pool, token)


def _signed_in(pool: Pool, here: Installation, asked: SignIn) -> str:
    vault: Vault = here.vault()
    try:
        return sign_in(pool, vault, asked).token
    except CodeNeeded:
        code = click.prompt("The six digits that your authenticator shows")
        return sign_in(
            pool,
            vault,
            SignIn(
                email=asked.email,
                password=asked.password,
                purpose=asked.purpose,
                code=code,
                organisation=asked.organisation,
            ),
        ).token


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], None]]:
    """Show how many rows went by, of how many where lines tell, on a terminal only."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        rows = bar.add_task("Rows", total=_lines(file))
        yield lambda read: bar.update(rows, completed=read)


def _lines(file: Path) -> int | None:
    if file.suffix.lower() not in _LINES_AS_ROWS:
        return None
    with file.open("rb") as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(_CHUNK), b""))


def _show(found: Import) -> None:
    """Print what was recognised, with the reasons, and the verdicts counted."""
    reasons = found.mapping.get("reasons", {})
    for name, value in found.mapping.items():
        if value and name != "reasons":
            words = ", ".join(value) if isinstance(value, list) else value
            click.echo(f"{name.replace('_', ' '):>17}  {words}  {reasons.get(name, '')}".rstrip())
    click.echo(
        f"{found.rows_read:,} rows: {found.good:,} good ({found.warned:,} with a warning), "
        f"{found.duplicates:,} there already, {found.rejected:,} rejected."
    )


def _decide(desk: Desk, found: Import, *, commits: bool | None) -> None:
    if commits is None:
        commits = click.confirm(f"Make {found.good:,} places?", default=False)
    if not commits:
        discard(desk, found.id)
        click.echo("Checked only; nothing is kept.")
        return
    done = commit(desk, found.id)
    click.echo(f"Made {done.good:,} places. To take them back: undo import {done.id}.")
