"""What the catalogue itself must say: privileges, policies, owners, columns. A lint of the schema."""

import re

import psycopg
import pytest

pytestmark = pytest.mark.proof

SCHEMAS = ("reference", "access", "store", "audit", "imports", "layers")
OURS = f"({', '.join(repr(schema) for schema in SCHEMAS)})"
# Schemas whose tables are protected: the service sees rows by policy, or nothing at all.
PROTECTED = "('access', 'store', 'audit', 'imports')"
TELLING_WORDS = r"(name|phone|mobile|birth|dob|nationality|ethnic|vehicle|plate|registration|photo|image|face|passport)"
# Views that run with the gate's rights, because they show a session only what belongs to its own token.
OWN_VIEWS = {"access.own_keys", "access.own_looks"}
OF_THE_TOKEN = (
    "s.token_hash = sha256(convert_to(NULLIF(current_setting('waymark.token'::text, true), ''::text), 'UTF8'::name))) "
    "AND "
)
# Columns that match, and why they are not of a person met on a visit.
KNOWN_NAMES = {
    "access.organisation.name",
    "access.passkey.name",
    "access.operation.name",
    "access.duty_desk.telephone",
    "access.setting.name",
    "access.team.name",
    "imports.fault.column_name",
    "imports.finding.column_name",
    "imports.import.file_name",
    "imports.row.name",
    "imports.row.name_key",
    "imports.trace.name_key",
    "reference.area.name",
    "reference.outline.name",
    "reference.site.name",
    "store.place.name",
    "store.place.name_folded",
}


def rows(conn: psycopg.Connection, query: str) -> list[tuple[object, ...]]:
    return conn.execute(query.encode()).fetchall()


def test_the_services_role_owns_nothing_and_bypasses_nothing(operator: psycopg.Connection) -> None:
    assert rows(
        operator,
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles "
        "WHERE rolname = 'waymark_app'",
    ) == [(False, False, False, False, False)]
    assert rows(operator, "SELECT * FROM pg_auth_members WHERE member = 'waymark_app'::regrole") == []
    assert rows(operator, "SELECT * FROM pg_shdepend WHERE refobjid = 'waymark_app'::regrole AND deptype = 'o'") == []


def test_owner_and_gate_cannot_sign_in_nor_bypass(operator: psycopg.Connection) -> None:
    assert (
        rows(
            operator,
            "SELECT rolname FROM pg_roles WHERE rolname IN ('waymark_owner', 'waymark_gate') "
            "AND (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreaterole)",
        )
        == []
    )


def test_every_table_that_the_service_may_touch_forces_row_level_security(operator: psycopg.Connection) -> None:
    open_tables = rows(
        operator,
        "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        f"WHERE n.nspname IN {PROTECTED} AND c.relkind IN ('r', 'p', 'f') "
        "AND has_any_column_privilege('waymark_app', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') "
        "AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
    )
    assert open_tables == []


def test_every_table_that_the_service_reads_has_a_policy_that_asks_the_ring(operator: psycopg.Connection) -> None:
    readable = rows(
        operator,
        "SELECT c.oid::regclass::text, coalesce((SELECT string_agg(pg_get_expr(p.polqual, p.polrelid), ' | ') "
        "FROM pg_policy AS p WHERE p.polrelid = c.oid AND p.polcmd IN ('r', '*') "
        "AND 'waymark_app'::regrole::oid = ANY (p.polroles)), 'none') "
        "FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        f"WHERE n.nspname IN {PROTECTED} AND c.relkind IN ('r', 'p') "
        "AND has_any_column_privilege('waymark_app', c.oid, 'SELECT')",
    )
    assert len(readable) >= 12
    for table, policy in readable:
        if str(table).startswith("store."):
            assert "get_bit" in str(policy), table
            assert "FROM access.own_keys k" in str(policy), table
            assert "access.keyring()" in str(policy), table
        else:
            assert policy != "none", table


def test_no_policy_speaks_to_everybody_and_only_the_gates_own_says_true(operator: psycopg.Connection) -> None:
    assert rows(operator, "SELECT polname FROM pg_policy WHERE 0 = ANY (polroles) OR NOT polpermissive") == []
    assert (
        rows(
            operator,
            "SELECT DISTINCT polrelid::regclass::text, polname FROM pg_policy "
            "WHERE (pg_get_expr(polqual, polrelid) = 'true' OR pg_get_expr(polwithcheck, polrelid) = 'true') "
            "AND polroles <> ARRAY['waymark_gate'::regrole::oid]",
        )
        == []
    )


@pytest.mark.parametrize("privilege", ["DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"])
def test_the_service_never_has(operator: psycopg.Connection, privilege: str) -> None:
    granted = rows(
        operator,
        "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        f"WHERE n.nspname IN {OURS} AND c.relkind IN ('r', 'p', 'v', 'm') "
        f"AND has_table_privilege('waymark_app', c.oid, '{privilege}')",
    )
    assert granted == []


def test_the_service_cannot_create_anything_anywhere(operator: psycopg.Connection) -> None:
    assert (
        rows(
            operator,
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' "
            "AND has_schema_privilege('waymark_app', oid, 'CREATE')",
        )
        == []
    )
    assert rows(operator, "SELECT lanname FROM pg_language WHERE lanpltrusted AND lanowner <> 10") == []


def test_nothing_in_our_schemas_is_everybodys(operator: psycopg.Connection) -> None:
    assert (
        rows(
            operator,
            "SELECT p.oid::regprocedure::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace "
            f"WHERE n.nspname IN {OURS} AND has_function_privilege('public', p.oid, 'EXECUTE')",
        )
        == []
    )
    assert (
        rows(
            operator,
            "SELECT c.oid::regclass::text FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace, "
            f"aclexplode(c.relacl) AS acl WHERE n.nspname IN {OURS} AND acl.grantee = 0",
        )
        == []
    )
    assert (
        rows(
            operator,
            "SELECT n.nspname FROM pg_namespace AS n, aclexplode(n.nspacl) AS acl "
            f"WHERE n.nspname IN {OURS} AND acl.grantee = 0",
        )
        == []
    )


def test_functions_made_later_will_not_be_everybodys_either(operator: psycopg.Connection) -> None:
    creators = {"waymark_owner", "waymark_gate"}
    closed = rows(
        operator,
        "SELECT defaclrole::regrole::text FROM pg_default_acl WHERE defaclobjtype = 'f' AND defaclnamespace = 0 "
        "AND NOT EXISTS (SELECT FROM aclexplode(defaclacl) AS acl WHERE acl.grantee = 0)",
    )
    assert creators <= {str(role) for (role,) in closed}


def test_definers_functions_have_a_fixed_path_that_ends_with_temporary_names(operator: psycopg.Connection) -> None:
    definers = rows(
        operator,
        "SELECT p.oid::regprocedure::text, p.proowner::regrole::text, coalesce(array_to_string(p.proconfig, ';'), ''), "
        "has_function_privilege('waymark_app', p.oid, 'EXECUTE') "
        "FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace "
        f"WHERE n.nspname IN {OURS} AND p.prosecdef",
    )
    assert len(definers) >= 20
    for signature, owner, settings, may_call in definers:
        assert "search_path=pg_catalog, pg_temp" in str(settings).split(";"), signature
        if owner != "waymark_gate":
            # What the tables' owner must do itself: triggers on policy tables, and indexes. They tell nothing, and
            # the service calls none.
            assert owner == "waymark_owner", signature
            assert not may_call, signature
            [(told,)] = rows(
                operator, f"SELECT prorettype::regtype::text FROM pg_proc WHERE oid = '{signature}'::regprocedure"
            )
            assert told in {"trigger", "void"}, signature


def test_what_reads_under_row_level_security_is_not_a_definers(operator: psycopg.Connection) -> None:
    tiles = rows(
        operator,
        "SELECT p.oid::regprocedure::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace "
        "WHERE n.nspname = 'layers' AND p.prosecdef AND p.prosrc ~ 'store[.](?!joint_visit)'",
    )
    assert tiles == []


def test_views_run_as_the_caller_or_show_a_session_its_own(operator: psycopg.Connection) -> None:
    readable = rows(
        operator,
        "SELECT c.oid::regclass::text, c.relowner::regrole::text, coalesce(array_to_string(c.reloptions, ';'), ''), "
        "pg_get_viewdef(c.oid) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        f"WHERE n.nspname IN {OURS} AND c.relkind = 'v' "
        "AND has_any_column_privilege('waymark_app', c.oid, 'SELECT') "
        "AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)",
    )
    assert {str(view) for view, *_ in readable} == OWN_VIEWS
    for view, owner, options, definition in readable:
        assert owner == "waymark_gate", view
        assert options == "security_barrier=true", view
        # Each has one place in which to choose rows, and the first thing it asks there is whose token it is.
        [_, conditions] = re.split(r"\n  WHERE ", str(definition))
        assert conditions.lstrip("(").startswith(OF_THE_TOKEN), view
        assert not re.search(r"\)\)? OR \(\(s\.", conditions), view
    assert rows(operator, "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'm'") == []


def test_views_of_a_sessions_own_cannot_be_written(operator: psycopg.Connection) -> None:
    for view in OWN_VIEWS:
        for privilege in ("INSERT", "UPDATE", "DELETE", "TRUNCATE"):
            query = f"SELECT has_table_privilege('waymark_app', '{view}', '{privilege}')"
            assert rows(operator, query) == [(False,)], (view, privilege)


def test_protected_records_have_random_ids_and_no_serials(operator: psycopg.Connection) -> None:
    numbered = rows(
        operator,
        "SELECT c.oid::regclass::text, a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid "
        "JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        "WHERE n.nspname = 'store' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND "
        "((a.attname ~ '(^|_)id$' AND a.attname NOT IN ('lock_id', 'source_id', 'owner_id', 'partner_id') "
        "AND a.atttypid <> 'uuid'::regtype) OR a.attidentity <> '' OR a.atthasdef AND EXISTS "
        "(SELECT FROM pg_attrdef AS d WHERE d.adrelid = c.oid AND d.adnum = a.attnum "
        "AND pg_get_expr(d.adbin, d.adrelid) ~ 'nextval|uuid_generate_v1'))",
    )
    assert numbered == []
    assert (
        rows(
            operator,
            "SELECT c.relname FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'store' AND c.relkind = 'S'",
        )
        == []
    )


def test_nothing_is_an_enum_because_their_comparison_is_not_leakproof(operator: psycopg.Connection) -> None:
    assert rows(operator, "SELECT typname FROM pg_type WHERE typtype = 'e'") == []


def test_keys_of_protected_records_tell_nothing_of_other_owners(operator: psycopg.Connection) -> None:
    """A unique key that a session could run into is random, or begins with what only its owner writes."""
    unique = rows(
        operator,
        "SELECT i.indrelid::regclass::text, a.attname, t.typname FROM pg_index AS i "
        "JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
        "JOIN pg_type AS t ON t.oid = a.atttypid JOIN pg_class AS c ON c.oid = i.indrelid "
        "JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = 'store' AND i.indisunique",
    )
    assert len(unique) >= 12
    for table, column, type_name in unique:
        assert type_name == "uuid" or column in {"lock_id", "owner_id"}, (table, column)


def test_no_foreign_key_leads_to_a_protected_record(operator: psycopg.Connection) -> None:
    """Referential checks bypass row-level security, and so tell a hidden parent from a missing one."""
    leading = rows(
        operator,
        "SELECT con.conrelid::regclass::text, con.confrelid::regclass::text FROM pg_constraint AS con "
        "JOIN pg_class AS c ON c.oid = con.confrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        "WHERE con.contype = 'f' AND n.nspname = 'store' "
        "AND has_any_column_privilege('waymark_app', con.conrelid, 'INSERT, UPDATE')",
    )
    assert leading == []


def test_no_column_is_there_for_a_person(operator: psycopg.Connection) -> None:
    telling = rows(
        operator,
        "SELECT n.nspname || '.' || c.relname || '.' || a.attname FROM pg_attribute AS a "
        "JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace "
        f"WHERE n.nspname IN {OURS} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped "
        f"AND a.attname ~ '{TELLING_WORDS}'",
    )
    assert {str(column) for (column,) in telling} <= KNOWN_NAMES


def test_an_organisation_of_immigration_enforcement_cannot_be_written(operator: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        operator.execute("INSERT INTO access.organisation (name, kind) VALUES ('x', 'immigration enforcement')")
