"""`waymark agreement`: information sharing agreements, on behalf of an admin of either side."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import click
from psycopg import Connection

from data.agreements import (
    STEPS,
    Agreement,
    NoSuchAgreement,
    Terms,
    amend_agreement,
    draft_agreement,
    list_agreements,
    list_organisations,
    renew_agreement,
    resume_agreement,
    sign_agreement,
    suspend_agreement,
)
from data.areas import area_ids
from geo.shifts.clock import first_day
from scripts.operators import acting_admin, as_admin, day, words


@click.group()
def agreement() -> None:
    """Draft, sign, change, suspend and list agreements with partners."""


@agreement.command()
@as_admin
@click.option("--provider", required=True, help="The organisation whose records are shared.")
@click.option("--recipient", required=True, help="The organisation they are shared with.")
@click.option("--title", required=True)
@click.option("--purposes", callback=words, required=True, help="Between commas: visit, safeguarding, ...")
@click.option("--areas", callback=words, required=True, help="Names between commas, or all.")
@click.option("--kinds", callback=words, default="place", show_default=True, help="Among place, visit, note.")
@click.option("--max-sensitivity", type=click.IntRange(0, 3), default=1, show_default=True)
@click.option("--finest", type=click.Choice(STEPS), default="1 km", show_default=True, help="The finest precision.")
@day("--from", "valid_from", help="By default now.")
@day("--until", required=True, help="At most twelve months later.")
def draft(email: str, organisation: str | None, *, provider: str, recipient: str, **described: str) -> None:
    """Draft an agreement for both sides to sign."""
    with acting_admin(email, organisation) as conn:
        drafted = draft_agreement(
            conn, provider=_uid(conn, provider), recipient=_uid(conn, recipient), terms=_terms(conn, described)
        )
    click.echo(f"Drafted {drafted}: an admin of each side signs it.")


@agreement.command()
@as_admin
@click.argument("which", type=click.UUID)
@click.option("--title")
@click.option("--purposes", help="Between commas.")
@click.option("--areas", help="Between commas.")
@click.option("--kinds", help="Between commas.")
@click.option("--max-sensitivity", type=click.IntRange(0, 3))
@click.option("--finest", "finest_step", type=click.Choice(STEPS))
@day("--until", "valid_until")
def amend(email: str, organisation: str | None, *, which: UUID, **changed: str | None) -> None:
    """Change terms; what only narrows them keeps the signatures."""
    given: dict[str, object] = {name: value for name, value in changed.items() if value is not None}
    for name in {"purposes", "areas", "kinds"} & set(given):
        given[name] = [word.strip() for word in str(given[name]).split(",")]
    with acting_admin(email, organisation) as conn:
        if "areas" in given:
            given["areas"] = area_ids(conn, [str(name) for name in _listed(given["areas"])])
        terms = replace(_found(conn, which).terms, **given)  # type: ignore[arg-type]
        keeps = amend_agreement(conn, which, terms=terms)
    click.echo("Narrowed; the signatures stand." if keeps else "Changed; both sides sign again.")


@agreement.command()
@as_admin
@click.argument("which", type=click.UUID)
@click.option("--terms", metavar="HASH", help="Sign these terms, as `list` shows them, without being asked.")
def sign(email: str, organisation: str | None, which: UUID, terms: str | None) -> None:
    """Read an agreement and sign it for the admin's organisation."""
    with acting_admin(email, organisation) as conn:
        found = _found(conn, which)
        if terms is None:
            _show(found)
            click.confirm("Sign these terms?", abort=True)
        sign_agreement(conn, which, terms_hash=terms or found.terms_hash)
        is_live = _found(conn, which).is_live
    click.echo("Signed; it is in force." if is_live else "Signed; it is not in force yet.")


@agreement.command()
@as_admin
@click.argument("which", type=click.UUID)
def suspend(email: str, organisation: str | None, which: UUID) -> None:
    """Stop an agreement at once."""
    with acting_admin(email, organisation) as conn:
        suspend_agreement(conn, which)
    click.echo("Suspended: nothing is shared under it any more.")


@agreement.command()
@as_admin
@click.argument("which", type=click.UUID)
def resume(email: str, organisation: str | None, which: UUID) -> None:
    """Lift a suspension, for both sides to sign again."""
    with acting_admin(email, organisation) as conn:
        resume_agreement(conn, which)
    click.echo("Resumed as a draft: both sides sign again.")


@agreement.command()
@as_admin
@click.argument("which", type=click.UUID)
@day("--until", required=True, help="At most twelve months after the old end.")
def renew(email: str, organisation: str | None, which: UUID, until: datetime) -> None:
    """Draft the same terms for the time after."""
    with acting_admin(email, organisation) as conn:
        drafted = renew_agreement(conn, which, until=until)
    click.echo(f"Drafted {drafted}: an admin of each side signs it.")


@agreement.command("list")
@as_admin
def list_command(email: str, organisation: str | None) -> None:
    """List the agreements of the admin's organisation."""
    with acting_admin(email, organisation) as conn:
        for found in list_agreements(conn):
            _show(found)


def _show(found: Agreement) -> None:
    terms = found.terms
    signed = [
        f"{name} signed on {first_day(at):%d %B %Y}" if at else f"{name} has not signed"
        for name, at in ((found.provider, found.provider_signed_at), (found.recipient, found.recipient_signed_at))
    ]
    begins, ends = (f"{first_day(at):%d %B %Y}" for at in (found.valid_from, found.valid_until))
    state = "suspended" if found.suspended_at else "in force" if found.is_live else "not in force"
    click.echo(
        f"{found.id}: {found.title} ({state})\n"
        f"  {found.provider} shows {found.recipient}: {', '.join(terms.kinds)}, up to sensitivity "
        f"{terms.max_sensitivity}, to {terms.finest_step}\n"
        f"  for {', '.join(found.purposes)} in {', '.join(found.areas)}\n"
        f"  from {begins} until {ends}; {'; '.join(signed)}\n"
        f"  terms {found.terms_hash}"
    )


def _found(conn: Connection, which: UUID) -> Agreement:
    for found in list_agreements(conn):
        if found.id == which:
            return found
    raise NoSuchAgreement("Your organisation is part of no such agreement.")


def _uid(conn: Connection, name: str) -> UUID:
    known = list_organisations(conn)
    for organisation in known:
        if organisation.name == name:
            return organisation.uid
    there_are = ", ".join(organisation.name for organisation in known)
    raise click.ClickException(f"There is no organisation called {name!r}; there are: {there_are}.")


def _terms(conn: Connection, described: Mapping[str, object]) -> Terms:
    return Terms(
        title=str(described["title"]),
        purposes=_listed(described["purposes"]),
        areas=area_ids(conn, _listed(described["areas"])),
        kinds=_listed(described["kinds"]),
        max_sensitivity=int(str(described["max_sensitivity"])),
        finest_step=str(described["finest"]),
        valid_from=described["valid_from"] or datetime.now(UTC),  # type: ignore[arg-type]
        valid_until=described["until"],  # type: ignore[arg-type]
    )


def _listed(value: object) -> Sequence[str]:
    return value if isinstance(value, list) else []
