"""The data of a briefing: counted under the analyst's session, put through disclosure control, and frozen.

Everything that a briefing prints stands in its document, whose checksum is that of its canonical JSON (RFC 8785). Each
figure carries the named query it came from, its parameters, the time of the data and a checksum of its own.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date
from typing import Any, Final
from uuid import UUID

import rfc8785

from data import briefings as stored
from data.briefings import BoroughShape, BriefingRefused
from data.database import Conn, Pass
from data.initiatives import Initiative, initiatives
from data.vault import Vault
from geo.disclosure.banding import Published, published
from geo.disclosure.perturbing import noise_of
from geo.quarters import later, latest_published, quarter_of, span
from geo.shifts.clock import first_day
from layers.before_and_after import comparisons
from layers.boroughs_beside_squares import squares_published, tells_too_much

EDITION: Final = 1
"""The edition of the document's form, and of the templates that print it."""
QUARTERS: Final = 8
"""Quarters in a borough table, the briefing's own being the last."""
HEADING: Final = "briefing boroughs"
CAUTION: Final = (
    "More reports may mean more awareness, and not more exploitation: after a campaign more people know the signs "
    "and say what they see. Fewer reports may mean fewer visits. These figures show no cause."
)
Document = dict[str, Any]
Maker = tuple[Conn, Pass, Vault]


def make_briefing(maker: Maker, quarter: date) -> tuple[Document, str]:
    """Return a briefing's document, for a quarter by its first day, and its checksum; counted by the analyst's session.

    Counted are the boroughs of the analyst's membership. Raises BriefingRefused for a quarter that is none, or not
    yet published, and for a clearance under 2; NotAllowed for whoever is no analyst.
    """
    conn, who, _ = maker
    heads = stored.briefings(conn, who)
    at = stored.moment(conn)
    if quarter != quarter_of(quarter) or quarter.year < 2000:
        raise BriefingRefused("Choose a quarter by its first day, such as 2026-01-01.")
    if quarter > latest_published(first_day(at)):
        raise BriefingRefused("A quarter is published 21 days after its end at the earliest.")
    shapes, counted = stored.borough_shapes(conn), stored.briefing_areas(conn)
    listed = _published_initiatives(conn, who, quarter)
    quarters = span(quarter, QUARTERS)
    document: Document = {
        "edition": EDITION,
        "organisation": stored.organisation_name(conn),
        "number": 1 + max((one.edition for one in heads if one.is_own and one.quarter == quarter), default=0),
        "quarter": quarter.isoformat(),
        "quarters": [one.isoformat() for one in quarters],
        "data_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "boroughs": [_borough(one, is_counted=one.id in counted) for one in shapes],
        "counts": _counts(maker, quarters, [one.id for one in shapes if one.id in counted]),
        "initiatives": [_initiative(one) for one in listed],
        "estimates": [vars(one) for one in sorted(stored.estimates(conn), key=lambda one: (one.year, one.slug))],
    }
    document["comparisons"] = comparisons(document)
    document["figures"] = figures(document)
    return document, checksum_of(document)


def approve(conn: Conn, who: Pass, asked: tuple[UUID, str]) -> None:
    """Approve a briefing as another person, given its id and the checksum that was read.

    What was approved since it was prepared is held against it as then: raises BriefingRefused where another value of
    a count is published meanwhile, or where squares that were released would let somebody see through a band.
    Raises NoSuchBriefing, NotAllowed.
    """
    document = stored.waiting_briefing(conn, who, asked)
    before, squares = stored.published_before(conn), squares_published(conn)
    for one in document["counts"]:
        cell = one["area"], date.fromisoformat(one["quarter"])
        is_new = cell not in before and not one["is_withheld"]
        if is_new and tells_too_much(one["value"], squares.get(cell, {})):
            raise BriefingRefused(
                "Beside squares that were released meanwhile, a count under 5 could be solved for: prepare it again."
            )
    stored.approve_briefing(conn, asked)


def checksum_of(value: object) -> str:
    """Return the SHA-256 of a value's canonical JSON (RFC 8785), as 64 hexadecimal digits."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()  # type: ignore[arg-type]  # JSON of our own making


def figures(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return for each figure of a document what it was made by: a named query, its parameters, time and checksum."""
    quarters, at = document["quarters"], document["data_at"]
    spread = {"from_day": quarters[0], "to_day": later(date.fromisoformat(quarters[-1]), 1).isoformat()}
    found = [
        _figure("Initiatives", "initiatives.initiatives", {"quarter": document["quarter"]}, document["initiatives"]),
        _figure("Places with a risk note, by borough and quarter", "briefings.places_with_notes", spread,
                document["counts"]),
    ]  # fmt: skip
    for one in document["comparisons"]:
        parameters = {**spread, "initiative": one["initiative"]}
        found.append(_figure("Before and after", "briefings.places_with_notes", parameters, one))
    found.append(_figure("Published estimates", "briefings.estimates", {}, document["estimates"]))
    return [{"ref": f"F{number}", "data_at": at, **one} for number, one in enumerate(found, 1)]


def faults_of(document: Mapping[str, Any]) -> list[str]:
    """Return in a sentence each figure of a document that is not the one its appendix speaks of; none where all are."""
    told = {one["ref"]: one["checksum"] for one in document["figures"]}
    now = {one["ref"]: one["checksum"] for one in figures(document)}
    wrong = [ref for ref in sorted({*told, *now}) if told.get(ref) != now.get(ref)]
    faults = [f"Figure {ref} is not what its checksum says." for ref in wrong]
    if document["comparisons"] != comparisons(document):
        faults.append("A comparison is not what the borough table says.")
    return faults


def recounted(maker: Maker, document: Mapping[str, Any]) -> tuple[int, int]:
    """Return how many values of the borough table the data of today gives again, and of how many that were drawn.

    What was kept from an earlier briefing is never drawn again, and not counted here.
    """
    quarters = [date.fromisoformat(one) for one in document["quarters"]]
    drawn = {
        (one["area"], one["quarter"]): one["value"]
        for one in document["counts"]
        if not (one["is_kept"] or one["is_withheld"])
    }
    now = _drawn(maker, quarters)
    again = sum(now.get((area, date.fromisoformat(quarter))) == value for (area, quarter), value in drawn.items())
    return again, len(drawn)


def _figure(title: str, query: str, parameters: Mapping[str, Any], value: object) -> dict[str, Any]:
    return {"title": title, "query": query, "parameters": dict(parameters), "checksum": checksum_of(value)}


def _published_initiatives(conn: Conn, who: Pass, quarter: date) -> list[Initiative]:
    """Return the own initiatives that were published and ran in the briefing's quarter or the four before."""
    first, end = later(quarter, -4), later(quarter, 1)
    return [
        one
        for one in sorted(initiatives(conn, who), key=lambda one: (one.starts_on, one.title, one.id))
        if one.is_own and one.is_published and one.starts_on < end and one.ends_on >= first
    ]


def _initiative(one: Initiative) -> dict[str, Any]:
    return {
        "id": str(one.id), "kind": one.kind, "title": one.title, "sector": one.sector, "audience": one.audience,
        "starts_on": one.starts_on.isoformat(), "ends_on": one.ends_on.isoformat(), "areas": one.areas,
        "site": one.site or "", "reach": one.reach,
    }  # fmt: skip


def _borough(one: BoroughShape, *, is_counted: bool) -> dict[str, Any]:
    """Return a borough with its outline in tens of metres from its map's corner, northwards up."""
    parts = one.shape["coordinates"] if one.shape["type"] == "MultiPolygon" else [one.shape["coordinates"]]
    rings = [[round(metres / 10) for point in ring for metres in point] for part in parts for ring in part]
    return {
        "area": one.id, "code": one.code, "name": one.name, "is_counted": is_counted, "rings": rings,
        "at": [round(one.easting / 10), round(one.northing / 10)],
    }  # fmt: skip


def _counts(maker: Maker, quarters: Sequence[date], areas: Sequence[int]) -> list[dict[str, Any]]:
    """Return what is published of each borough and quarter: what an approved briefing said of it, or newly drawn.

    Withheld is a new value that, beside the squares of releases, would let somebody see through a band.
    """
    before, drawn = stored.published_before(maker[0]), _drawn(maker, quarters)
    squares = squares_published(maker[0])
    found = []
    for cell in ((area, quarter) for area in areas for quarter in quarters):
        value = before[cell] if cell in before else drawn.get(cell)
        is_withheld = cell not in before and tells_too_much(value, squares.get(cell, {}))
        found.append({
            "area": cell[0], "quarter": cell[1].isoformat(), "is_kept": cell in before, "is_withheld": is_withheld,
            "value": None if is_withheld else value,
        })  # fmt: skip
    return found


def _drawn(maker: Maker, quarters: Sequence[date]) -> dict[tuple[int, date], Published]:
    """Return what disclosure control makes of the counts of these quarters; a cell without places is in the band."""
    conn, _, vault = maker
    key = vault.derived_key("noise of counts")
    counted = stored.places_with_notes(conn, quarters[0], later(quarters[-1], 1))
    return {
        (one.area_id, one.quarter): published(
            one.places, noise_of(key, heading=HEADING, square=one.area_id, records=one.records)
        )
        for one in counted
    }
