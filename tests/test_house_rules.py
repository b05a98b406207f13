"""The rules of STYLE that a machine can hold us to."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("geo", "data", "layers", "api", "web", "scripts")
VENDOR = ROOT / "web" / "static" / "vendor"
LONGEST = {".py": 300, ".js": 300, ".css": 300, ".html": 300, ".sql": 400}
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "service", "base", "core"}
LOCKS = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-node.txt",
    "requirements-rivals.txt",
    "requirements-roads.txt",
    "web/package-lock.json",
)
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
ADDRESS = re.compile(r"(?:https?:)?//(?:[\w-]+\.)+[a-z]{2,}")
NAMESPACE = "http://www.w3.org"

# A statement begins with its verb in one case; "Select a purpose from the list" is a sentence.
SQL = re.compile(
    r"^\s*(?:"
    r"SELECT\s.+|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|MERGE\s+INTO\s|TRUNCATE\s|COPY\s+\S+|"
    r"WITH\s+(?:RECURSIVE\s+)?\w+\s+AS\s|(?:CREATE|ALTER|DROP)\s+(?:OR\s+REPLACE\s+)?[A-Z]+\s|"
    r"(?:GRANT|REVOKE)\s|SET\s+(?:LOCAL|ROLE|SESSION)\s|(?:BEGIN|COMMIT|ROLLBACK)\b(?!:)|"
    r"select\s.+\sfrom\s|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|"
    r"(?:create|alter|drop)\s+(?:table|role|view|index|function|database)\s)",
    re.DOTALL,
)
# Only access.today() and access.day_of(), and web.days.today in Python, say which day it is: that in Britain.
DAY_BY_HAND = re.compile(
    r"clock\(\)(?: AT TIME ZONE '[^']*'\)?)?::date\b|'Europe/London'\)::date\b|timestamptz::date\b|"
    r"CAST\(\W*access\.clock\(\).* AS date\b|\bdate (?::=|DEFAULT) access\.clock\(\)|"
    r"date_trunc\('(?:day|week|month|quarter|year)', access\.clock\(\)|\bcurrent_date\b|"
    r"\b(?:now|astimezone)\(UTC\)\.date\(\)",
    re.IGNORECASE,
)
AMERICAN = re.compile(
    r"\b\w*(?:organiz|recogniz|randomiz|summariz|normaliz|initializ|minimiz|maximiz|anonymiz|pseudonymiz|authoriz|"
    r"behavior|neighbor|analyz|labeled|canceled|traveled|gray)\w*|\b(?:catalog|colors?|colored|meters?|kilometers?)\b",
    re.IGNORECASE,
)


def written_by_us(*suffixes: str, folders: tuple[str, ...] = (*ROOMS, "tests")) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            ours = VENDOR not in path.parents and "node_modules" not in path.parts
            if ours and path.suffix in suffixes and path.is_file():
                yield path


def parsed(*, folders: tuple[str, ...] = (*ROOMS, "tests")) -> Iterator[tuple[str, ast.Module]]:
    for path in written_by_us(".py", folders=folders):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                yield first.value


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def statements(tree: ast.Module) -> list[int]:
    prose = set(map(id, docstrings(tree)))
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and id(node) not in prose
        and isinstance(node.value, str | bytes)
        and SQL.match(node.value if isinstance(node.value, str) else node.value.decode(errors="replace"))
    ]


def test_sql_stands_only_in_data() -> None:
    others = tuple(room for room in ROOMS if room != "data")
    found = [f"{name}:{line}" for name, tree in parsed(folders=others) for line in statements(tree)]
    files = [str(path) for path in written_by_us(".sql", folders=others)]
    assert not found + files


@pytest.mark.parametrize(
    ("source", "is_sql"),
    [
        ("conn.execute('SELECT 1')", True),
        ("conn.execute(f'DELETE FROM {table} WHERE true')", True),
        ("conn.execute(b'SET LOCAL work_mem = 1')", True),
        ("x = '''\n  WITH cells AS (SELECT 1) SELECT 2'''", True),
        ("x = 'select id from place'", True),
        ("label = 'Select a purpose from the list'", False),
        ("line = 'BEGIN:VCALENDAR'", False),
        ("def f():\n    'SELECT is what this explains.'", False),
    ],
)
def test_the_scan_for_sql_knows_a_statement_from_a_sentence(source: str, *, is_sql: bool) -> None:
    assert bool(statements(ast.parse(source))) is is_sql


def test_every_sql_file_begins_with_what_it_is_and_why() -> None:
    offending = []
    for path in written_by_us(".sql", folders=("data",)):
        lines = path.read_text().splitlines()
        heading = [line.removeprefix("--").strip() for line in lines[: first_without_dashes(lines)]]
        if not (heading and " ".join(heading).rstrip().endswith(".") and len(" ".join(heading).split()) >= 5):
            offending.append(str(path.relative_to(ROOT)))
    assert not offending


def first_without_dashes(lines: list[str]) -> int:
    return next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))


def test_files_are_short() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {count}"
        for path in written_by_us(*LONGEST)
        if (count := len(path.read_text().splitlines())) > LONGEST[path.suffix]
    ]
    assert not long


def test_functions_are_short() -> None:
    long = [
        f"{name}: {function.name} has {count} lines"
        for name, tree in parsed()
        for function in functions(tree)
        if (count := (function.end_lineno or 0) - function.lineno + 1) > 50
    ]
    assert not long


def test_functions_take_at_most_four_positional_parameters() -> None:
    many = []
    for name, tree in parsed(folders=ROOMS):
        for function in functions(tree):
            taken = [*function.args.posonlyargs, *function.args.args]
            if len([argument for argument in taken if argument.arg not in {"self", "cls"}]) > 4:
                many.append(f"{name}: {function.name}")
    assert not many


def test_no_file_folder_or_class_has_a_name_that_says_nothing() -> None:
    empty = []
    for path in written_by_us(".py", ".js", ".sql", ".html", ".css"):
        words = re.split(r"[_\-./]", str(path.relative_to(ROOT)).lower())
        empty += [str(path.relative_to(ROOT))] if EMPTY_NAMES & set(words) else []
    for name, tree in parsed():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                words = re.findall(r"[A-Z][a-z]*", node.name)
                empty += [f"{name}: {node.name}"] if EMPTY_NAMES & {word.lower() for word in words} else []
    assert not empty


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_it_knows_and_what_it_must_not_know(room: str) -> None:
    said = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text())) or ""
    assert re.search(r"^Knows: .+\.", said, re.MULTILINE)
    assert room == "scripts" or re.search(r"^Must not know: .+\.", said, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hold_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(r"https?://|--(?:extra-)?index-url|--find-links|\"resolved\"", text)
    assert re.search(r"--hash=sha256:|\"integrity\"", text)


def test_pages_scripts_and_styles_name_no_other_origin() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {address}"
        for path in written_by_us(".html", ".js", ".mjs", ".css", ".svg", ".webmanifest", folders=("web",))
        for address in ADDRESS.findall(path.read_text())
        if not address.startswith(NAMESPACE)
    ]
    assert not found


def test_nothing_is_left_to_do() -> None:
    here = Path(__file__)
    marked = [str(path) for path in written_by_us(*LONGEST) if path != here and UNFINISHED.search(path.read_text())]
    assert not marked


def test_names_docstrings_and_papers_are_in_british_spelling() -> None:
    found = []
    for name, tree in parsed(folders=ROOMS):
        named = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
        named += [function.name for function in functions(tree)]
        prose = [str(text.value) for text in docstrings(tree)]
        words = " ".join(word.replace("_", " ") for word in [*named, *prose])
        found += [f"{name}: {match[0]}" for match in AMERICAN.finditer(words)]
    for paper in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        plain = re.sub(r"```.*?```|`[^`]*`", "", paper.read_text(), flags=re.DOTALL)
        found += [f"{paper.relative_to(ROOT)}: {match[0]}" for match in AMERICAN.finditer(plain)]
    assert not found


def test_no_query_function_or_room_says_by_hand_which_day_it_is(operator: psycopg.Connection) -> None:
    ours = "WHERE {} IN ('access', 'audit', 'imports', 'layers', 'reference', 'store')"
    functions = f"SELECT oid::regprocedure::text, prosrc FROM pg_proc {ours.format('pronamespace::regnamespace::text')}"
    views = f"SELECT viewname::text, definition FROM pg_views {ours.format('schemaname')}"
    texts: dict[str, str] = dict(operator.execute(f"{functions} UNION ALL {views}".encode()).fetchall())
    assert {"access.today()", "own_keys"} <= texts.keys()
    landed = ROOT / "data" / "migrations"
    paths = [path for path in written_by_us(".py", ".sql", folders=ROOMS) if landed not in path.parents]
    texts |= {str(path.relative_to(ROOT)): path.read_text() for path in paths}
    assert not [name for name, text in texts.items() if DAY_BY_HAND.search(text)]


@pytest.mark.parametrize(
    ("text", "is_by_hand"),
    [
        ("today date := access.clock()::date;", True),
        ("today CONSTANT date := access.clock();", True),
        ("(access.clock() AT TIME ZONE 'UTC')::date", True),
        ("(at AT TIME ZONE 'Europe/London')::date", True),
        ("CAST(access.clock() AS date)", True),
        ("date_trunc('month', access.clock())", True),
        ("datetime.now(UTC).date()", True),
        ("access.today() + 3", False),
        ("date_trunc('quarter', r.recorded_on)::date", False),
        ("begins CONSTANT timestamptz := access.clock();", False),
    ],
)
def test_the_scan_for_days_knows_one_of_a_clock(text: str, *, is_by_hand: bool) -> None:
    assert bool(DAY_BY_HAND.search(text)) is is_by_hand


@pytest.mark.parametrize("script", ["scripts/up", "scripts/test", "scripts/lint", ".ci/run"])
def test_scripts_can_be_run(script: str) -> None:
    assert os.access(ROOT / script, os.X_OK)
    assert "set -euo pipefail" in (ROOT / script).read_text()
