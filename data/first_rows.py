"""The first rows of a page of features, in the one round trip that admits the session to them."""

from collections.abc import Collection, Mapping
from functools import cache

from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.string import TextLoader

from data.database import Pool, connected
from data.filters import Condition
from data.reading import Looks, Row, Statement, conditioned, feature_queries, fetched

_SHELVES = ("exact_shelves", "cell_shelves")
_OPENED = "((SELECT access.opened())::uuid [])"
_ADMITTED = """
SELECT admission.outcome AS admission_outcome, admission.ring_key AS admission_ring_key, admission.is_offered, found.*
FROM (
    SELECT a.*, access.carried_purpose() = ANY (%(purposes)s) AS is_offered
    FROM layers.admit(%(token)s, %(look_layer)s, %(kind)s::int, %(looks)s::int [], NULL) AS a
    OFFSET 0
) AS admission
LEFT JOIN LATERAL (
    SELECT true AS is_feature, feature.*
    FROM ({}) AS feature
    WHERE admission.outcome = 'made' AND admission.is_offered
) AS found ON true
"""
"""The rows ask the admission for something, so they are not looked for before it is known, and the token carried."""


def first_rows(
    reader: tuple[Pool, str, Collection[str]],
    looks: Looks,
    asked: tuple[str, Mapping[str, object]],
    condition: Condition | None = None,
) -> list[Row] | None:
    """Return rows of a named features query as `data.reading.features` does, deciding and reading in one statement.

    The reader is a pool, a token and the purposes to which the layer is offered. None wherever there is more to do than
    to read: no live session, another purpose, a look that does not stand in the audit yet, keys that are to be stored
    again. Then nothing was shown, and `data.reading.admitted` says or does what is needed.
    """
    (pool, token, purposes), (query, values) = reader, asked
    text, everything = conditioned(_after_admission(query), values, condition)
    everything |= {"token": token, "look_layer": looks.layer, "kind": looks.kind, "looks": list(looks.cells)}
    everything["purposes"] = list(purposes)
    with connected(pool) as conn, conn.cursor(row_factory=dict_row) as cursor:
        cursor.adapters.register_loader("uuid", TextLoader)  # Ids leave as text: no need to make UUIDs of them.
        rows = fetched(cursor, _whole(query) if condition is None else _admitted(text), everything, condition)
    first = rows[0]
    if first["admission_outcome"] != "made" or not first["admission_ring_key"] or not first["is_offered"]:
        return None
    return [row for row in rows if row["is_feature"]]


def _admitted(rows: Statement) -> sql.Composed:
    return sql.SQL(_ADMITTED).format(rows)


@cache
def _whole(query: str) -> bytes:
    """Return the statement for a features query without a condition, put together once."""
    return _admitted(_after_admission(query)).as_bytes()


@cache
def _after_admission(query: str) -> sql.SQL:
    """Return a features query that takes its shelves, and what was opened, from the admission beside it."""
    text = feature_queries()[query].replace(_OPENED, "(admission.opened)")
    for shelves in _SHELVES:
        text = text.replace(f"%({shelves})s::int []", f"coalesce(admission.{shelves}, '{{}}')")
    return sql.SQL(text)
