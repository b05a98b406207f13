-- What an admin is told between the steps of an import: how far the reading is, why a file was refused,
-- which rows have a verdict, and which row or earlier import a duplicate stands beside.

SET ROLE waymark_owner;
ALTER TABLE imports.import
ADD COLUMN heard_at timestamptz,
ADD COLUMN refusal jsonb;
COMMENT ON COLUMN imports.import.heard_at IS 'When the reading of the file was last heard of.';
COMMENT ON COLUMN imports.import.refusal IS 'Why the last reading of the file was refused: a sentence and its parts.';
RESET ROLE;

SET ROLE waymark_gate;

-- As in 0010_imports.sql; what the last reading came to is forgotten too.
CREATE OR REPLACE FUNCTION imports.prepare(for_import uuid) RETURNS boolean
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
    SET
        status = 'received', rows_read = 0, good = 0, warned = 0, duplicates = 0, rejected = 0,
        heard_at = access.clock(), refusal = NULL
    WHERE id = this.id;
    RETURN true;
END
$$;

-- Note how many rows of a file were read so far.
CREATE FUNCTION imports.note_progress(for_import uuid, so_far int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this imports.import := imports.own(for_import);
BEGIN
    UPDATE imports.import
    SET rows_read = so_far, heard_at = access.clock()
    WHERE id = this.id AND status = 'received';
END
$$;

-- Note why a file was refused, so that whoever asks later is told.
CREATE FUNCTION imports.refuse(for_import uuid, with_refusal jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this imports.import := imports.own(for_import);
BEGIN
    UPDATE imports.import SET refusal = with_refusal WHERE id = this.id AND status = 'received';
END
$$;

-- Hold an import as being worked on until the transaction ends, however it ends: nothing has to be
-- tidied up after a crash. Its row is no sign of that, for looking at it locks it too.
CREATE FUNCTION imports.begin_work(on_import uuid) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('waymark import'), hashtext(on_import::text));
    RETURN on_import;
END
$$;

-- Whether somebody is at work on an import now: it is held while duplicates are looked for and while places
-- are made or taken back, and the reading of a file is heard of every few seconds.
CREATE FUNCTION imports.is_at_work(on_import uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this imports.import;
BEGIN
    SELECT i.* INTO this
    FROM imports.import AS i
    JOIN imports.admin() AS a ON a.organisation_id = i.organisation_id
    WHERE i.id = on_import AND (i.operation_id IS NULL OR i.operation_id = ANY (imports.operations()));
    IF this.id IS NULL THEN
        RETURN false;
    END IF;
    RETURN NOT pg_try_advisory_xact_lock_shared(hashtext('waymark import'), hashtext(on_import::text)) OR (
        this.status = 'received'
        AND this.refusal IS NULL
        AND coalesce(this.heard_at, this.created_at) > access.clock() - interval '20 seconds'
    );
END
$$;

-- Rows of an import not yet committed that have this verdict, in the order of the file, after a line.
CREATE FUNCTION imports.look_for(of_import uuid, wanted_verdict text, after_line int, at_most int)
RETURNS TABLE (
    line int, verdict text, column_name text, said text, expected text, name text, address text,
    postcode text, longitude double precision, latitude double precision
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this imports.import := imports.own(of_import);
BEGIN
    IF this.id IS NULL OR this.status <> 'staged' THEN
        RETURN;
    END IF;
    PERFORM audit.append('consultation', jsonb_build_object('what', 'import preview', 'import', this.id));
    RETURN QUERY EXECUTE format(
        'WITH found AS ('
        '    SELECT DISTINCT ON (f.line) f.line, f.verdict, f.column_name, f.said, f.expected '
        '    FROM imports.finding AS f '
        '    WHERE f.import_id = $1 AND f.verdict = $2 AND f.line > $3 ORDER BY f.line LIMIT $4'
        ') '
        'SELECT f.line, f.verdict, f.column_name, f.said, f.expected, '
        '    r.name, r.address, r.postcode, r.longitude, r.latitude '
        'FROM found AS f LEFT JOIN imports.%I AS r ON r.line = f.line ORDER BY f.line',
        'rows ' || this.id
    ) USING this.id, wanted_verdict, after_line, at_most;
END
$$;

-- Duplicates of an import not yet committed, each beside what it repeats: an earlier row of the same file,
-- or a line of an earlier import that the admin may know. Of a place that was imported before nothing is
-- said but where it came from: not even how far it is, for three distances would give its position away.
CREATE FUNCTION imports.duplicates(of_import uuid, after_line int, at_most int)
RETURNS TABLE (
    line int, by_column text, name text, address text, postcode text, source_id text,
    first_line int, first_name text, first_address text, first_postcode text, first_source_id text,
    known_import uuid, known_line int
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this imports.import := imports.own(of_import);
    known_imports uuid [];
BEGIN
    IF this.id IS NULL OR this.status <> 'staged' THEN
        RETURN;
    END IF;
    known_imports := ARRAY(
        SELECT i.id
        FROM imports.import AS i
        WHERE
            i.organisation_id = this.organisation_id
            AND (i.operation_id IS NULL OR i.operation_id = ANY (imports.operations()))
    );
    PERFORM audit.append('consultation', jsonb_build_object('what', 'import preview', 'import', this.id));
    RETURN QUERY EXECUTE format(
        'WITH found AS MATERIALIZED ('
        '    SELECT DISTINCT ON (f.line) f.line, f.column_name, '
        '        substring(f.expected FROM ''line (\d+) has '')::int AS first '
        '    FROM imports.finding AS f '
        '    WHERE f.import_id = $1 AND f.verdict = ''duplicate'' AND f.line > $2 ORDER BY f.line LIMIT $3'
        '), '
        'side AS MATERIALIZED ('
        '    SELECT f.line, f.column_name, f.first, r.name, r.address, r.postcode, r.source_id, '
        '        r.source_key, r.name_key, r.easting, r.northing '
        '    FROM found AS f JOIN imports.%1$I AS r ON r.line = f.line'
        '), '
        'known AS MATERIALIZED ('
        '    SELECT DISTINCT ON (s.line) s.line, t.import_id, t.line AS known_line '
        '    FROM imports.trace AS t JOIN side AS s ON s.first IS NULL AND ('
        '        s.column_name = ''source id'' AND t.source_key = s.source_key '
        '        OR s.column_name = ''name'' AND t.name_key = s.name_key '
        '        AND (t.easting - s.easting) ^ 2 + (t.northing - s.northing) ^ 2 <= 2500) '
        '    WHERE t.organisation_id = $4 AND t.import_id = ANY ($5) ORDER BY s.line, t.import_id, t.line'
        ') '
        'SELECT s.line, s.column_name, s.name, s.address, s.postcode, s.source_id, '
        '    s.first, o.name, o.address, o.postcode, o.source_id, k.import_id, k.known_line '
        'FROM side AS s '
        'LEFT JOIN imports.%1$I AS o ON o.line = s.first '
        'LEFT JOIN known AS k ON k.line = s.line '
        'ORDER BY s.line',
        'rows ' || this.id
    ) USING this.id, after_line, at_most, this.organisation_id, known_imports;
END
$$;

GRANT EXECUTE ON FUNCTION
imports.note_progress(uuid, int), imports.refuse(uuid, jsonb), imports.is_at_work(uuid), imports.begin_work(uuid),
imports.look_for(uuid, text, int, int), imports.duplicates(uuid, int, int) TO waymark_app;
RESET ROLE;
