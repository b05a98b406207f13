-- Roles, schemas and what every role may never do.
--
-- waymark_owner  owns tables; NOLOGIN; row-level security is FORCEd on it too.
-- waymark_gate   owns the few SECURITY DEFINER functions that decide and roll up; NOLOGIN.
-- waymark_app    the service signs in as this; owns nothing, bypasses nothing.
-- The operator (whoever runs the migrations) is a member of the first two.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'waymark_owner') THEN
        CREATE ROLE waymark_owner NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'waymark_gate') THEN
        CREATE ROLE waymark_gate NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'waymark_app') THEN
        CREATE ROLE waymark_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
    EXECUTE format('GRANT waymark_owner, waymark_gate TO %I', current_user);
END
$$;

CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pgcrypto;

-- Statistics answer for rows that row-level security hides: nobody but the operator asks them.
-- So do sizes, write-ahead log positions, transaction numbers and counters of activity.
DO $$
DECLARE
    telling record;
BEGIN
    FOR telling IN
        SELECT p.oid::regprocedure AS signature
        FROM pg_proc AS p
        JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE
            n.nspname IN ('pg_catalog', 'public')
            AND p.prokind = 'f'
            AND (
                p.proname ~ '^(st_(estimated|find)_?extent|_postgis_(selectivity|join_selectivity|stats|index_extent))$'
                OR p.proname ~ '^pg_stat_get_'
                OR p.proname ~ '^pg_((total_)?relation|table|indexes|database|tablespace)_size$'
                OR p.proname ~ '^pg_(relation_file|filenode_relation|current_wal|last_(wal|xact|committed)|sequence_last)'
                OR p.proname ~ '^(txid_(current|status)|pg_current_(xact|snapshot)|pg_xact_|pg_export_snapshot)'
            )
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM public', telling.signature);
    END LOOP;
END
$$;
REVOKE SELECT ON pg_stat_all_tables, pg_stat_user_tables, pg_stat_sys_tables,
pg_stat_xact_all_tables, pg_stat_xact_user_tables,
pg_stat_all_indexes, pg_stat_user_indexes, pg_statio_all_tables, pg_statio_user_tables,
pg_statio_all_indexes, pg_statio_user_indexes, pg_stats, pg_stats_ext, pg_stats_ext_exprs,
pg_class FROM public;
REVOKE CREATE ON SCHEMA public FROM public;

CREATE SCHEMA reference AUTHORIZATION waymark_owner;
CREATE SCHEMA access AUTHORIZATION waymark_owner;
CREATE SCHEMA store AUTHORIZATION waymark_owner;
CREATE SCHEMA audit AUTHORIZATION waymark_owner;
CREATE SCHEMA imports AUTHORIZATION waymark_owner;
CREATE SCHEMA layers AUTHORIZATION waymark_owner;

GRANT USAGE ON SCHEMA reference, access, store, audit, imports, layers
TO waymark_app, waymark_gate;
-- Default privileges belong to the role that creates: the operator's alone would leave every
-- function made under the other two open to everybody.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM public;
ALTER DEFAULT PRIVILEGES FOR ROLE waymark_owner REVOKE EXECUTE ON FUNCTIONS FROM public;
ALTER DEFAULT PRIVILEGES FOR ROLE waymark_gate REVOKE EXECUTE ON FUNCTIONS FROM public;

-- A tile is planned once, not once a request; ring bits are tested by one plan for everyone.
ALTER ROLE waymark_app SET plan_cache_mode = force_generic_plan;
ALTER ROLE waymark_app SET jit = off;
ALTER ROLE waymark_app SET statement_timeout = '60s';
ALTER ROLE waymark_app SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE waymark_app SET search_path = pg_catalog, public, pg_temp;
