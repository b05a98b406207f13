"""What the service's role may try to write to each protected table, and what it is answered."""

from collections.abc import Mapping

import psycopg

from tests.worlds import CONTENT, EXACT, NOTE, PLACE, VISIT

_WHO = "gen_random_uuid(), now()"
_AT = "0, 0, 0, 0"
WRITES: Mapping[str, tuple[int, int, str]] = {
    "visit": (
        VISIT, CONTENT,
        ("INSERT INTO store.visit (id, place_id, lock_id, status, visited_on, changed_by, changed_at) "
        f"VALUES (%(id)s, %(place)s, %(lock)s, 'done', '2026-03-01', {_WHO})"),
    ),
    "visit_point": (
        VISIT, EXACT,
        ("INSERT INTO store.visit_point VALUES (%(id)s, %(place)s, %(lock)s, %(shelf)s, 0, 0, 0, 1, '2026-03-01', "
        f"{_AT})"),
    ),
    "note": (
        NOTE, CONTENT,
        ("INSERT INTO store.note (id, place_id, lock_id, category, severity, provenance, ciphertext, review_on, "
        "recorded_on, changed_by, changed_at) VALUES (%(id)s, %(place)s, %(lock)s, 1, 1, 'unsure', '', "
        f"'2026-09-01', '2026-03-01', {_WHO})"),
    ),
    "risk_point": (
        NOTE, EXACT,
        ("INSERT INTO store.risk_point VALUES (%(id)s, %(place)s, %(lock)s, %(shelf)s, 0, 0, 0, 1, 1, '2026-03-01', "
        f"{_AT})"),
    ),
    "place_point": (
        PLACE, EXACT,
        f"INSERT INTO store.place_point VALUES (%(place)s, %(lock)s, %(shelf)s, 0, 0, 0, 6, 0, {_AT})",
    ),
    "place_history": (
        PLACE, CONTENT,
        f"INSERT INTO store.place_history VALUES (%(place)s, 9, %(lock)s, '{{}}', {_WHO})",
    ),
    "place_flag": (
        PLACE, CONTENT,
        ("INSERT INTO store.place_flag VALUES (%(id)s, %(place)s, %(lock)s, 'danger_flag', 3, '2026-03-01', "
        f"'2026-09-01', NULL, {_WHO})"),
    ),
    "note_key": (NOTE, CONTENT, "INSERT INTO store.note_key VALUES (%(note)s, %(lock)s, '')"),
    "note_grade": (
        NOTE, CONTENT,
        f"INSERT INTO store.note_grade VALUES (%(note)s, %(lock)s, 1, 'B', 'P', {_WHO})",
    ),
}  # fmt: skip
UPDATES = {
    "place": "UPDATE store.place SET name = 'x' WHERE id = %(place)s RETURNING id",
    "place_point": "UPDATE store.place_point SET kind = 1 WHERE place_id = %(place)s RETURNING place_id",
    "place_flag": "UPDATE store.place_flag SET ended_on = '2026-03-01' WHERE place_id = %(place)s RETURNING id",
}


def spelt_out(error: psycopg.Error) -> dict[str, object]:
    """Everything that PostgreSQL says of an error."""
    fields = [name for name in dir(error.diag) if not name.startswith("_")]
    return {name: getattr(error.diag, name) for name in fields} | {"text": str(error)}


def refusal(conn: psycopg.Connection, token: str, query: str, values: Mapping[str, object]) -> dict[str, object]:
    """What an attempt answers: an error in full, or how many rows were written."""
    try:
        with conn.transaction():
            conn.execute("SELECT set_config('waymark.token', %s, true)", [token])
            return {"rows": conn.execute(query.encode(), values).rowcount}
    except psycopg.Error as error:
        return spelt_out(error)
