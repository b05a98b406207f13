-- Imports: a file becomes staged rows, then places, all or nothing. Staged rows lie in an unlogged
-- table of their own per import, which the service may fill but never read: what an admin sees of
-- them, and what becomes of them, goes through the functions here, which judge the session.

SET ROLE waymark_owner;

CREATE TABLE imports.import (
    id uuid PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES access.organisation,
    membership_id uuid NOT NULL,
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    digest bytea NOT NULL CHECK (length(digest) = 32),
    fingerprint bytea CHECK (length(fingerprint) = 32),
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 200),
    collected_for text NOT NULL CHECK (collected_for IN ('welfare', 'safeguarding', 'enforcement')),
    sensitivity smallint NOT NULL CHECK (sensitivity BETWEEN 0 AND 3),
    operation_id int REFERENCES access.operation,
    layout jsonb NOT NULL DEFAULT '{}',
    mapping jsonb NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'received' CHECK (status IN ('received', 'staged', 'committed', 'undone')),
    rows_read int NOT NULL DEFAULT 0,
    good int NOT NULL DEFAULT 0,
    warned int NOT NULL DEFAULT 0,
    duplicates int NOT NULL DEFAULT 0,
    rejected int NOT NULL DEFAULT 0,
    kept int NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    committed_at timestamptz,
    undone_at timestamptz
);
COMMENT ON COLUMN imports.import.digest IS 'SHA-256 of the file.';
COMMENT ON COLUMN imports.import.fingerprint IS 'SHA-256 of the file and of every choice made with it.';
COMMENT ON COLUMN imports.import.kept IS 'Places that undoing left, because somebody has used or changed them.';
CREATE UNIQUE INDEX import_once ON imports.import (organisation_id, fingerprint)
WHERE status = 'committed';

CREATE TABLE imports.finding (
    import_id uuid NOT NULL REFERENCES imports.import ON DELETE CASCADE,
    line int NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('rejected', 'duplicate', 'warning', 'kept')),
    column_name text NOT NULL,
    said text NOT NULL,
    expected text NOT NULL
);
COMMENT ON TABLE imports.finding IS
'What was found in a row: why it is not imported, or what to look at. Warnings go when the import is committed.';
CREATE INDEX finding_line ON imports.finding (import_id, line);

CREATE TABLE imports.stratum (
    import_id uuid NOT NULL REFERENCES imports.import ON DELETE CASCADE,
    sensitivity smallint NOT NULL,
    cell int NOT NULL,
    area_id int NOT NULL,
    PRIMARY KEY (import_id, sensitivity, cell)
);
COMMENT ON TABLE imports.stratum IS
'The sensitivities and 5 km cells of an import, with their areas: its labels, once interned.';

CREATE TABLE imports.trace (
    organisation_id int NOT NULL,
    import_id uuid NOT NULL,
    place_id uuid NOT NULL,
    line int NOT NULL,
    source_key bigint NOT NULL,
    name_key bigint NOT NULL,
    easting int NOT NULL,
    northing int NOT NULL
);
COMMENT ON TABLE imports.trace IS
'What each import put in, as it was then. Duplicates are judged against this and nothing else, so that '
'later edits, which an admin may not see, change no verdict. Keys are hashes; 0 is none.';

CREATE UNLOGGED TABLE imports.row (
    id uuid NOT NULL,
    line int NOT NULL,
    kind smallint NOT NULL,
    status smallint NOT NULL,
    attend_rule smallint NOT NULL,
    sensitivity smallint NOT NULL,
    cell int NOT NULL,
    x int NOT NULL,
    y int NOT NULL,
    key bigint NOT NULL,
    source_key bigint NOT NULL,
    name_key bigint NOT NULL,
    longitude double precision NOT NULL,
    latitude double precision NOT NULL,
    easting double precision NOT NULL,
    northing double precision NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    postcode text NOT NULL,
    source_id text NOT NULL
);
COMMENT ON TABLE imports.row IS 'The pattern of the staged rows of one import; itself always empty.';

CREATE UNLOGGED TABLE imports.fault (
    line int NOT NULL,
    verdict text NOT NULL,
    column_name text NOT NULL,
    said text NOT NULL,
    expected text NOT NULL
);
COMMENT ON TABLE imports.fault IS 'The pattern of the findings that come in beside staged rows; itself always empty.';

GRANT SELECT, INSERT, UPDATE, DELETE ON imports.import, imports.finding, imports.stratum, imports.trace
TO waymark_gate;
GRANT SELECT ON imports.row, imports.fault TO waymark_gate;
GRANT SELECT ON imports.import, imports.finding TO waymark_app;
RESET ROLE;

SET ROLE waymark_gate;

-- The admin whose token this transaction carries; no row for anybody else.
CREATE FUNCTION imports.admin() RETURNS TABLE (membership_id uuid, organisation_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT s.membership_id, s.organisation_id
    FROM access.live_session AS s
    WHERE
        s.token_hash = access.token_hash()
        AND s.role = 'admin'
        AND s.purpose = 'administration'
        AND s.scope = 'full'
$$;

CREATE FUNCTION imports.organisation() RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$ SELECT a.organisation_id FROM imports.admin() AS a $$;

-- The 5 km squares in the areas of the admin's membership.
CREATE FUNCTION imports.cells() RETURNS TABLE (cell int, area_id int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT c.cell, c.area_id
    FROM imports.admin() AS a
    JOIN access.membership_area AS ma ON ma.membership_id = a.membership_id
    JOIN reference.cell_area AS c ON c.area_id = ma.area_id
    ORDER BY c.cell
$$;

-- The operations that the admin is a member of: imports for others are hidden, as those are.
CREATE FUNCTION imports.operations() RETURNS int []
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(array_agg(om.operation_id ORDER BY om.operation_id), '{}')
    FROM imports.admin() AS a
    JOIN access.operation_member AS om ON om.membership_id = a.membership_id
$$;

-- An import of the admin's own organisation, locked until the end of the transaction.
CREATE FUNCTION imports.own(with_id uuid) RETURNS imports.import
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_import imports.import;
BEGIN
    SELECT i.* INTO found_import
    FROM imports.import AS i
    JOIN imports.admin() AS a ON a.organisation_id = i.organisation_id
    WHERE i.id = with_id AND (i.operation_id IS NULL OR i.operation_id = ANY (imports.operations()))
    FOR UPDATE OF i;
    RETURN found_import;
END
$$;

-- Remember a file that came in; NULL when the session is no admin's or names an operation it is not in.
CREATE FUNCTION imports.receive(
    with_id uuid, with_name text, with_digest bytea, from_source text, was_collected_for text,
    with_sensitivity int, for_operation uuid
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    me record;
    in_operation int;
BEGIN
    SELECT * INTO me FROM imports.admin();
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF for_operation IS NOT NULL THEN
        SELECT o.id INTO in_operation
        FROM access.operation AS o
        JOIN access.operation_member AS om ON om.operation_id = o.id
        WHERE o.uid = for_operation AND om.membership_id = me.membership_id;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO imports.import (
        id, organisation_id, membership_id, file_name, digest, source, collected_for, sensitivity,
        operation_id, created_at
    ) VALUES (
        with_id, me.organisation_id, me.membership_id, with_name, with_digest, from_source,
        was_collected_for, with_sensitivity, in_operation, access.clock()
    );
    RETURN with_id;
END
$$;

CREATE FUNCTION imports.drop_staging(of_import uuid) RETURNS void
LANGUAGE plpgsql
AS $$
BEGIN
    SET LOCAL client_min_messages = warning;
    EXECUTE format(
        'DROP TABLE IF EXISTS imports.%I, imports.%I', 'rows ' || of_import, 'faults ' || of_import
    );
END
$$;

-- Empty staging tables for an import not yet committed; false when there is no such import.
CREATE FUNCTION imports.prepare(for_import uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this imports.import := imports.own(for_import);
BEGIN
    IF this.id IS NULL OR this.status NOT IN ('received', 'staged') THEN
        RETURN false;
    END IF;
    PERFORM imports.drop_staging(this.id);
    EXECUTE format(
        'CREATE UNLOGGED TABLE imports.%1$I (LIKE imports.row) WITH (autovacuum_enabled = false);'
        'CREATE UNLOGGED TABLE imports.%2$I (LIKE imports.fault) WITH (autovacuum_enabled = false);'
        'GRANT INSERT ON imports.%1$I, imports.%2$I TO waymark_app',
        'rows ' || this.id, 'faults ' || this.id
    );
    DELETE FROM imports.finding WHERE import_id = this.id;
    DELETE FROM imports.stratum WHERE import_id = this.id;
    UPDATE imports.import
    SET status = 'received', rows_read = 0, good = 0, warned = 0, duplicates = 0, rejected = 0
    WHERE id = this.id;
    RETURN true;
END
$$;
RESET ROLE;

SET ROLE waymark_owner;
ALTER TABLE imports.import ENABLE ROW LEVEL SECURITY;
ALTER TABLE imports.import FORCE ROW LEVEL SECURITY;
CREATE POLICY gate ON imports.import TO waymark_gate USING (true) WITH CHECK (true);
CREATE POLICY own ON imports.import FOR SELECT TO waymark_app
USING (
    organisation_id = (SELECT imports.organisation())
    AND (operation_id IS NULL OR operation_id = ANY ((SELECT imports.operations())::int []))
);
ALTER TABLE imports.finding ENABLE ROW LEVEL SECURITY;
ALTER TABLE imports.finding FORCE ROW LEVEL SECURITY;
CREATE POLICY gate ON imports.finding TO waymark_gate USING (true) WITH CHECK (true);
CREATE POLICY own ON imports.finding FOR SELECT TO waymark_app
USING (import_id IN (SELECT i.id FROM imports.import AS i));
RESET ROLE;
SET ROLE waymark_gate;
GRANT EXECUTE ON FUNCTION imports.admin(), imports.organisation(), imports.operations(), imports.cells(),
imports.prepare(uuid),
imports.receive(uuid, text, bytea, text, text, int, uuid) TO waymark_app;
RESET ROLE;
