"""What every operator's command needs: the operator's connection, `--as EMAIL`, sentences instead of tracebacks."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

import click
import psycopg
from psycopg import Connection

from data.operator_sessions import act_as
from data.postgres import ProgramFailed, ServerMissing
from geo.shifts.clock import LOCAL
from scripts.installation import Installation, installation

EXPECTED = (LookupError, ValueError, OSError, ProgramFailed, ServerMissing)


@contextmanager
def sentences() -> Iterator[None]:
    """Say what was refused in a sentence, and exit with 1."""
    try:
        yield
    except psycopg.OperationalError as error:
        raise click.ClickException("The database cannot be reached, so nothing was changed.") from error
    except psycopg.errors.UndefinedTable as error:
        raise click.ClickException("The database has no tables yet: run `waymark migrate` first.") from error
    except EXPECTED as error:
        raise click.ClickException(str(error)) from error


@contextmanager
def at_work() -> Iterator[tuple[Connection, Installation]]:
    """Give the operator's connection and the installation; one transaction, kept when the block ends well."""
    with sentences():
        here = installation()
        with psycopg.connect(here.operator) as conn:
            yield conn, here


@contextmanager
def acting_admin(email: str, organisation: str | None) -> Iterator[Connection]:
    """Give a connection on which this admin's session was entered; the audit says that the operator opened it."""
    with at_work() as (conn, _):
        act_as(conn, email, purpose="administration", organisation=organisation)
        yield conn


def as_admin(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--as` and `--organisation`: for whom an admin's command is done."""
    for_whom = click.option("--as", "email", metavar="EMAIL", required=True, help="The admin who does this.")
    where = click.option("--organisation", help="Where, for an admin of several organisations.")
    return for_whom(where(command))


def words(_: click.Context, __: click.Parameter, value: str) -> list[str]:
    """Return what stands between commas; a callback of click."""
    return [word.strip() for word in value.split(",") if word.strip()]


def midnight(_: click.Context, __: click.Parameter, value: datetime | None) -> datetime | None:
    """Return the beginning of a day in Britain; a callback of click."""
    return value.replace(tzinfo=LOCAL) if value else None


day = partial(click.option, type=click.DateTime(["%Y-%m-%d"]), callback=midnight, metavar="YYYY-MM-DD")


def table(heading: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows under a heading, each column as wide as its widest value."""
    lines = [list(heading), *([str(value) for value in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heading))]
    for line in lines:
        click.echo("  ".join(value.ljust(width) for value, width in zip(line, widths, strict=True)).rstrip())
