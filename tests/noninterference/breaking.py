"""Each policy and filter of the gate, and how it is broken: by a statement that replaces what it says."""

from collections.abc import Sequence

from psycopg import Connection

from tests.noninterference.one_filter import Filter

READ_POLICIES = {
    **dict.fromkeys(
        (
            "store.place",
            "store.place_history",
            "store.place_flag",
            "store.place_point",
            "store.place_cell",
            "store.visit",
            "store.visit_point",
            "store.visit_cell",
            "store.note",
            "store.note_key",
            "store.note_grade",
            "store.risk_point",
            "store.risk_cell",
            "store.note_count",
            "store.visit_count",
        ),
        "keys",
    ),
    "imports.import": "own",
    "imports.finding": "own",
}
"""The policy of each protected table that decides what is read."""
WRITE_POLICIES = {
    **{
        ("record", table): "charity clearance 1"
        for table in (
            "place",
            "place_point",
            "place_history",
            "place_flag",
            "visit",
            "visit_point",
            "note",
            "note_key",
            "risk_point",
        )
    },
    ("record", "note_grade"): "police visit",
    ("edit", "place"): "police joint visit",
    ("edit", "place_point"): "police joint visit",
    ("edit", "place_flag"): "police joint visit",
}
"""Each policy that decides what is written, by table, and a kind of session to notice when it is open."""
DEFINITION = """
SELECT CASE
    WHEN to_regclass(%(name)s) IS NULL THEN pg_get_functiondef(to_regproc(%(name)s))
    ELSE 'CREATE OR REPLACE VIEW ' || %(name)s || ' WITH (security_barrier = true) AS '
        || pg_get_viewdef(to_regclass(%(name)s))
END
"""


def open_to_readers(table: str) -> str:
    """Return the statement that lets every session read every row of a table."""
    return f"ALTER POLICY {READ_POLICIES[table]} ON {table} USING (true)"


def open_to_writers(policy: str, table: str) -> str:
    """Return the statement that lets every session write to a table whatever it names."""
    using = "USING (true) " if policy == "edit" else ""
    return f"ALTER POLICY {policy} ON store.{table} {using}WITH CHECK (true)"


def broken(conn: Connection, filters: Sequence[Filter]) -> list[str]:
    """Return the statements that break these filters, from what functions and views say in this database."""
    texts: dict[str, str] = {}
    for one in filters:
        if one.function not in texts:
            row = conn.execute(DEFINITION, {"name": one.function}).fetchone()
            assert row is not None
            texts[one.function] = row[0]
        assert texts[one.function].count(one.says) == 1, f"{one.function} no longer says: {one.says}"
        texts[one.function] = texts[one.function].replace(one.says, one.instead)
    return [*(one.also for one in filters if one.also), *texts.values()]
