"""Information sharing agreements: drafted, signed by two people, narrowed, suspended, renewed.

Every function takes a connection that an admin's token was entered on in the same transaction; the database
judges who is acting, and writes the audit of both sides. An agreement of strangers is a missing one.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from psycopg import Connection
from psycopg.rows import class_row

from data.database import queries
from data.refusals import refusals

PURPOSES = ("visit", "safeguarding", "analysis", "enforcement")
KINDS = ("place", "visit", "note")
STEPS = ("5 km", "1 km", "500 m", "100 m")
_QUERIES = queries("agreements")


class NoSuchAgreement(LookupError):
    """An agreement that is not there, or that the admin's organisation is not part of."""


class AgreementRefused(ValueError):
    """What was asked of an agreement cannot be; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What an agreement allows: for which purposes, in which areas, which records, how precisely, until when.

    `areas` are numbers from `area_ids`; `finest_step` is one of STEPS. Raises AgreementRefused for terms that
    no agreement can have.
    """

    title: str
    purposes: Sequence[str]
    areas: Sequence[int]
    kinds: Sequence[str]
    max_sensitivity: int
    finest_step: str
    valid_from: datetime
    valid_until: datetime

    def __post_init__(self) -> None:
        """Refuse what the database would, in better words."""
        if not 1 <= len(self.title.strip()) <= 200:
            raise AgreementRefused("An agreement has a title of 1 to 200 characters.")
        _refuse_others("purposes", self.purposes, PURPOSES)
        _refuse_others("kinds of record", self.kinds, KINDS)
        _refuse_others("finest precision", [self.finest_step], STEPS)
        if not self.areas:
            raise AgreementRefused("An agreement names at least one area.")
        if not 0 <= self.max_sensitivity <= 3:
            raise AgreementRefused(f"The highest sensitivity is 0, 1, 2 or 3, not {self.max_sensitivity}.")
        if not self.valid_from < self.valid_until <= _twelve_months_after(self.valid_from):
            raise AgreementRefused("An agreement ends after it begins, and within twelve months.")

    def values(self) -> dict[str, object]:
        """Return the terms as the database writes them."""
        return asdict(self) | {
            "title": self.title.strip(),
            "purposes": sorted(set(self.purposes)),
            "areas": sorted(set(self.areas)),
            "kinds": sorted({KINDS.index(kind) for kind in self.kinds}),
            "finest_step": STEPS.index(self.finest_step),
        }


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """An agreement as either side reads it; whoever signs names `terms_hash`, which stands for the terms read."""

    id: UUID
    provider: str
    recipient: str
    title: str
    purposes: list[str]
    areas: list[str]
    area_ids: list[int]
    kinds: list[int]
    max_sensitivity: int
    finest_step: int
    valid_from: datetime
    valid_until: datetime
    provider_signed_at: datetime | None
    recipient_signed_at: datetime | None
    suspended_at: datetime | None
    is_live: bool
    terms_hash: str

    @property
    def terms(self) -> Terms:
        """Return the terms, from which to make amended ones with dataclasses.replace."""
        return Terms(
            title=self.title,
            purposes=self.purposes,
            areas=self.area_ids,
            kinds=[KINDS[kind] for kind in self.kinds],
            max_sensitivity=self.max_sensitivity,
            finest_step=STEPS[self.finest_step],
            valid_from=self.valid_from,
            valid_until=self.valid_until,
        )


@dataclass(frozen=True, kw_only=True)
class OwnPart:
    """The part of the admin's own side in an agreement: who signed for it, whether it drafted or suspended."""

    agreement_id: UUID
    is_provider: bool
    drafted_here: bool
    signed_here: str | None
    suspended_here: bool


@dataclass(frozen=True, kw_only=True)
class Organisation:
    """A partner that an admin may choose."""

    uid: UUID
    name: str
    kind: str
    is_own: bool


def list_organisations(conn: Connection) -> list[Organisation]:
    """Return every partner by name. Raises NotAnAdmin."""
    with _refusals(), conn.cursor(row_factory=class_row(Organisation)) as cursor:
        return cursor.execute(_QUERIES["list_organisations"]).fetchall()


def list_agreements(conn: Connection) -> list[Agreement]:
    """Return the agreements that the admin's own organisation is part of, oldest first. Raises NotAnAdmin."""
    with _refusals(), conn.cursor(row_factory=class_row(Agreement)) as cursor:
        return cursor.execute(_QUERIES["list_agreements"]).fetchall()


def agreement_of(conn: Connection, id: UUID) -> Agreement:
    """Return one agreement that the admin's organisation is part of. Raises NotAnAdmin, NoSuchAgreement."""
    found = next((agreement for agreement in list_agreements(conn) if agreement.id == id), None)
    if found is None:
        raise NoSuchAgreement("Your organisation is part of no such agreement.")
    return found


def own_parts(conn: Connection) -> dict[UUID, OwnPart]:
    """Return the own side's part in each of its agreements; who acted for the other side is theirs to tell."""
    with _refusals(), conn.cursor(row_factory=class_row(OwnPart)) as cursor:
        return {part.agreement_id: part for part in cursor.execute(_QUERIES["list_signers"]).fetchall()}


def draft_agreement(conn: Connection, *, provider: UUID, recipient: UUID, terms: Terms) -> UUID:
    """Draft an agreement, of which the admin's organisation is one side; its id. Nobody has signed it."""
    values = {"provider": provider, "recipient": recipient} | terms.values()
    return cast(UUID, _call(conn, "draft_agreement", **values))


def amend_agreement(conn: Connection, agreement: UUID, *, terms: Terms, terms_hash: str | None = None) -> bool:
    """Change the terms; return whether the signatures stay, because the new terms only narrow the old ones.

    With `terms_hash`, which stands for the terms read, raises AgreementRefused when they changed meanwhile.
    """
    if terms_hash is None:
        return bool(_call(conn, "amend_agreement", agreement=agreement, **terms.values()))
    return bool(_call(conn, "amend_as_read", agreement=agreement, terms_hash=terms_hash, **terms.values()))


def sign_agreement(conn: Connection, agreement: UUID, *, terms_hash: str) -> None:
    """Sign for the admin's organisation the terms that `terms_hash` stands for.

    Raises AgreementRefused when the terms changed meanwhile, or the same person signed for the other side.
    """
    _call(conn, "sign_agreement", agreement=agreement, terms_hash=terms_hash)


def suspend_agreement(conn: Connection, agreement: UUID) -> None:
    """Stop an agreement for the next statement of everybody; either side may, at any time."""
    _call(conn, "suspend_agreement", agreement=agreement)


def resume_agreement(conn: Connection, agreement: UUID) -> None:
    """Lift a suspension; it lives again when both sides have signed anew."""
    _call(conn, "resume_agreement", agreement=agreement)


def renew_agreement(conn: Connection, agreement: UUID, *, until: datetime) -> UUID:
    """Draft the same terms for the time after, for both to sign, while the old agreement runs out; its id."""
    return cast(UUID, _call(conn, "renew_agreement", agreement=agreement, until=until))


def _refusals() -> Any:  # noqa: ANN401 - contextlib names no public type
    return refusals(NoSuchAgreement, AgreementRefused)


def _call(conn: Connection, query: str, **values: object) -> object:
    with _refusals():
        row = conn.execute(_QUERIES[query], values).fetchone()
    return row[0] if row else None


def _refuse_others(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    others = [word for word in given if word not in known]
    if others or not given:
        said = f"{others[0]!r} is not" if others else "None were given"
        raise AgreementRefused(f"The {what} of an agreement are among {', '.join(known)}. {said}.")


def _twelve_months_after(moment: datetime) -> datetime:
    try:
        return moment.replace(year=moment.year + 1)
    except ValueError:
        return moment.replace(year=moment.year + 1, day=28)
