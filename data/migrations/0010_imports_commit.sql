-- What becomes of staged rows: duplicates found, shown to the admin, made places, and taken back.

SET ROLE waymark_gate;

-- Rows that an earlier line of the same file already gives: the same source id, or the same name
-- within 50 m. Squares of 35 m settle most of it: two points in one are never farther apart.
CREATE FUNCTION imports.find_repeats(of_import uuid, source_suspects bigint [], name_suspects bigint [])
RETURNS void
LANGUAGE plpgsql SET work_mem = '256MB'
AS $$
BEGIN
    IF source_suspects IS NULL OR cardinality(source_suspects) > 0 THEN
        EXECUTE format(
            'INSERT INTO imports.finding '
            'SELECT $1, s.line, ''duplicate'', ''source id'', s.source_id, '
            '''expected a source id that no earlier row has; line '' || s.first || '' has it'' '
            'FROM ('
            '    SELECT r.line, r.source_id, min(r.line) OVER (PARTITION BY r.source_key) AS first '
            '    FROM imports.%I AS r '
            '    WHERE r.source_key <> 0 AND ($2 IS NULL OR r.source_key IN (SELECT unnest($2)))'
            ') AS s WHERE s.line <> s.first',
            'rows ' || of_import
        ) USING of_import, source_suspects;
    END IF;
    IF name_suspects IS NULL OR cardinality(name_suspects) > 0 THEN
        EXECUTE format(
            'WITH candidate AS ('
            '    SELECT r.line, r.name, r.name_key, r.easting, r.northing, q.column_35, q.row_35, '
            '        min(r.line) OVER (PARTITION BY r.name_key, q.column_35, q.row_35) AS first '
            '    FROM imports.%I AS r '
            '    CROSS JOIN LATERAL imports.square_35(r.easting, r.northing) AS q '
            '    WHERE r.name_key <> 0 AND ($2 IS NULL OR r.name_key IN (SELECT unnest($2)))'
            '), '
            'firsts AS MATERIALIZED (SELECT * FROM candidate WHERE line = first), '
            'near AS ('
            '    SELECT f.line, f.name, min(g.line) AS first '
            '    FROM firsts AS f '
            '    CROSS JOIN generate_series(-2, 2) AS across (n) '
            '    CROSS JOIN generate_series(-2, 2) AS up (n) '
            '    JOIN firsts AS g ON g.name_key = f.name_key '
            '        AND g.column_35 = f.column_35 + across.n AND g.row_35 = f.row_35 + up.n '
            '    WHERE g.line < f.line '
            '        AND (g.easting - f.easting) ^ 2 + (g.northing - f.northing) ^ 2 <= 2500 '
            '    GROUP BY f.line, f.name '
            '    UNION ALL '
            '    SELECT c.line, c.name, c.first FROM candidate AS c WHERE c.line <> c.first'
            ') '
            'INSERT INTO imports.finding '
            'SELECT $1, n.line, ''duplicate'', ''name'', n.name, '
            '''expected one row a place; line '' || n.first || '' has this name within 50 m'' '
            'FROM near AS n '
            'WHERE NOT EXISTS (SELECT FROM imports.finding AS f WHERE f.import_id = $1 '
            '    AND f.line = n.line AND f.verdict = ''duplicate'')',
            'rows ' || of_import
        ) USING of_import, name_suspects;
    END IF;
END
$$;

CREATE FUNCTION imports.square_35(
    easting double precision, northing double precision, OUT column_35 int, OUT row_35 int
) LANGUAGE sql IMMUTABLE
AS 'SELECT floor(easting / 35)::int, floor(northing / 35)::int';

-- Rows that an earlier import of the same organisation put in: by source id, or by name within 50 m.
-- Imports for an operation that the admin is not in are not looked at: a verdict would tell of it.
CREATE FUNCTION imports.find_known(of_import uuid, of_organisation int) RETURNS void
LANGUAGE plpgsql SET work_mem = '256MB'
AS $$
DECLARE
    known_imports uuid [] := ARRAY(
        SELECT i.id
        FROM imports.import AS i
        WHERE
            i.organisation_id = of_organisation
            AND (i.operation_id IS NULL OR i.operation_id = ANY (imports.operations()))
    );
BEGIN
    IF NOT EXISTS (SELECT FROM imports.trace AS t WHERE t.organisation_id = of_organisation) THEN
        RETURN;
    END IF;
    EXECUTE format(
        'INSERT INTO imports.finding '
        'SELECT $1, r.line, ''duplicate'', ''source id'', r.source_id, '
        '''expected a source id that was not imported before'' '
        'FROM imports.%I AS r '
        'WHERE r.source_key <> 0 '
        '    AND r.source_key IN (SELECT t.source_key FROM imports.trace AS t '
        '    WHERE t.organisation_id = $2 AND t.import_id = ANY ($3)) '
        '    AND NOT EXISTS (SELECT FROM imports.finding AS f WHERE f.import_id = $1 '
        '        AND f.line = r.line AND f.verdict = ''duplicate'')',
        'rows ' || of_import
    ) USING of_import, of_organisation, known_imports;
    EXECUTE format(
        'WITH known AS MATERIALIZED ('
        '    SELECT t.name_key, t.easting, t.northing, q.column_35, q.row_35 '
        '    FROM imports.trace AS t '
        '    CROSS JOIN LATERAL imports.square_35(t.easting, t.northing) AS q '
        '    WHERE t.organisation_id = $2 AND t.import_id = ANY ($3) AND t.name_key <> 0 '
        '        AND t.name_key IN (SELECT r.name_key FROM imports.%1$I AS r)'
        '), '
        'staged AS MATERIALIZED ('
        '    SELECT r.line, r.name, r.name_key, r.easting, r.northing, q.column_35, q.row_35 '
        '    FROM imports.%1$I AS r '
        '    CROSS JOIN LATERAL imports.square_35(r.easting, r.northing) AS q '
        '    WHERE r.name_key IN (SELECT k.name_key FROM known AS k)'
        ') '
        'INSERT INTO imports.finding '
        'SELECT DISTINCT ON (s.line) $1, s.line, ''duplicate'', ''name'', s.name, '
        '''expected a place that was not imported before; one of this name was, within 50 m'' '
        'FROM staged AS s '
        'CROSS JOIN generate_series(-2, 2) AS across (n) '
        'CROSS JOIN generate_series(-2, 2) AS up (n) '
        'JOIN known AS k ON k.name_key = s.name_key '
        '    AND k.column_35 = s.column_35 + across.n AND k.row_35 = s.row_35 + up.n '
        'WHERE (k.easting - s.easting) ^ 2 + (k.northing - s.northing) ^ 2 <= 2500 '
        '    AND NOT EXISTS (SELECT FROM imports.finding AS f WHERE f.import_id = $1 '
        '        AND f.line = s.line AND f.verdict = ''duplicate'')',
        'rows ' || of_import
    ) USING of_import, of_organisation, known_imports;
END
$$;

-- After the rows came in: findings taken over, duplicates found, distant postcodes pointed out.
-- Suspects are keys that may repeat within the file; NULL when there are too many to name.
CREATE FUNCTION imports.settle(
    of_import uuid, with_layout jsonb, with_mapping jsonb, with_fingerprint bytea, read_rows int,
    sensitivities int [], cells int [], source_suspects bigint [], name_suspects bigint []
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this imports.import := imports.own(of_import);
    staged_rows int;
BEGIN
    IF this.id IS NULL OR this.status <> 'received' THEN
        RETURN false;
    END IF;
    PERFORM set_config('work_mem', '256MB', true);
    EXECUTE format(
        'INSERT INTO imports.finding SELECT $1, f.* FROM imports.%I AS f', 'faults ' || this.id
    ) USING this.id;
    EXECUTE format('SELECT count(*) FROM imports.%I', 'rows ' || this.id) INTO staged_rows;
    PERFORM imports.find_repeats(this.id, source_suspects, name_suspects);
    PERFORM imports.find_known(this.id, this.organisation_id);
    IF EXISTS (SELECT FROM reference.postcode) THEN
        EXECUTE format(
            'INSERT INTO imports.finding '
            'SELECT $1, r.line, ''warning'', ''postcode'', r.postcode, '
            '''expected a postcode within 2 km of the position; this one is '' '
            '    || round(|/ ((p.easting - r.easting) ^ 2 + (p.northing - r.northing) ^ 2) / 1000) || '' km away'' '
            'FROM imports.%I AS r '
            'JOIN reference.postcode AS p ON p.postcode = r.postcode '
            'WHERE (p.easting - r.easting) ^ 2 + (p.northing - r.northing) ^ 2 > 4e6',
            'rows ' || this.id
        ) USING this.id;
    END IF;
    INSERT INTO imports.stratum
    SELECT this.id, s.sensitivity, s.cell, c.area_id
    FROM unnest(sensitivities, cells) AS s (sensitivity, cell)
    JOIN imports.cells() AS c ON c.cell = s.cell;
    UPDATE imports.import AS i
    SET
        status = 'staged', layout = with_layout, mapping = with_mapping, fingerprint = with_fingerprint,
        rows_read = read_rows, good = staged_rows - n.duplicates, warned = n.warned,
        duplicates = n.duplicates, rejected = n.rejected
    FROM (
        SELECT
            count(DISTINCT f.line) FILTER (WHERE f.verdict = 'duplicate') AS duplicates,
            count(DISTINCT f.line) FILTER (WHERE f.verdict = 'rejected') AS rejected,
            count(DISTINCT f.line) FILTER (WHERE f.verdict = 'warning') AS warned
        FROM imports.finding AS f
        WHERE f.import_id = this.id
    ) AS n
    WHERE i.id = this.id;
    PERFORM audit.append('administration', jsonb_build_object(
        'what', 'import checked', 'import', this.id, 'rows', read_rows
    ));
    RETURN true;
END
$$;

-- Rows of an import not yet committed, with their verdicts, in the order of the file: those after a
-- line, or about as many spread over the whole file. Looking is put in the audit.
CREATE FUNCTION imports.look(of_import uuid, after_line int, at_most int, spread boolean)
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
        '    FROM imports.finding AS f WHERE f.import_id = $1 AND f.line > $2 ORDER BY f.line, f.verdict LIMIT $3'
        '), '
        'staged AS ('
        '    SELECT r.line, r.name, r.address, r.postcode, r.longitude, r.latitude '
        '    FROM imports.%I AS r WHERE r.line > $2 AND r.line %% $4 = 0 ORDER BY r.line LIMIT $3'
        ') '
        'SELECT coalesce(s.line, f.line), coalesce(f.verdict, ''good''), f.column_name, f.said, f.expected, '
        '    s.name, s.address, s.postcode, s.longitude, s.latitude '
        'FROM staged AS s FULL JOIN found AS f ON f.line = s.line '
        'ORDER BY 1 LIMIT $3',
        'rows ' || this.id
    ) USING this.id, after_line, at_most,
    CASE WHEN spread THEN greatest(1, (this.rows_read + at_most - 1) / at_most) ELSE 1 END;
END
$$;

-- The labels of an import, interned in a short transaction of their own: a new label moves the
-- policy epoch, whose row must not stay locked while a million rows go in.
CREATE FUNCTION imports.intern(of_import uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this imports.import := imports.own(of_import);
BEGIN
    IF this.id IS NULL OR this.status <> 'staged' THEN
        RETURN false;
    END IF;
    PERFORM access.intern_label(
        this.organisation_id, s.sensitivity, s.area_id, this.operation_id, this.collected_for, 0
    )
    FROM (SELECT DISTINCT t.sensitivity, t.area_id FROM imports.stratum AS t WHERE t.import_id = this.id) AS s;
    RETURN true;
END
$$;

-- Staged rows are joined by hashing: nothing is known of an unlogged table that was filled just now,
-- and the planner's guess without statistics was a nested loop of seven million steps.
CREATE FUNCTION imports.place_rows(this imports.import, by_membership uuid) RETURNS bigint
LANGUAGE plpgsql SET work_mem = '256MB' SET enable_nestloop = off SET enable_mergejoin = off
AS $$
DECLARE
    label constant text :=
        'WITH label AS MATERIALIZED ('
        '    SELECT s.sensitivity, s.cell, l.id '
        '    FROM imports.stratum AS s '
        '    JOIN access.label AS l ON l.owner_id = $2 AND l.sensitivity = s.sensitivity AND l.area_id = s.area_id '
        '        AND l.operation_id IS NOT DISTINCT FROM $3 AND l.collected_for = $4 AND l.handling_id = 0 '
        '    WHERE s.import_id = $1'
        ') ';
    chosen text := format(
        'FROM imports.%I AS r JOIN label AS l ON l.cell = r.cell AND l.sensitivity = r.sensitivity ', 'rows ' || this.id
    );
    points bigint;
    places bigint;
BEGIN
    IF this.duplicates > 0 THEN
        chosen := chosen || 'WHERE r.line NOT IN (SELECT f.line FROM imports.finding AS f '
            'WHERE f.import_id = $1 AND f.verdict = ''duplicate'') ';
    END IF;
    EXECUTE label || 'INSERT INTO store.place ('
        '    id, lock_id, name, kind, address, postcode, status, attend_rule, source, source_id, import_id, '
        '    changed_by, changed_at'
        ') SELECT r.id, l.id * 32 + 5, r.name, r.kind, r.address, r.postcode, '
        '    CASE r.status WHEN 0 THEN ''active'' WHEN 1 THEN ''unconfirmed'' ELSE ''closed'' END, r.attend_rule, '
        '    $5, nullif(r.source_id, ''''), $1, $6, $7 ' || chosen
    USING this.id, this.organisation_id, this.operation_id, this.collected_for, this.source, by_membership,
        access.clock();
    GET DIAGNOSTICS places = ROW_COUNT;
    EXECUTE label || 'INSERT INTO store.place_point ('
        '    place_id, lock_id, shelf, key, x, y, kind, attend_rule, longitude, latitude, easting, northing'
        ') SELECT r.id, l.id * 32 + 4, $2 * 4 + r.sensitivity, r.key, r.x, r.y, r.kind, r.attend_rule, '
        '    r.longitude, r.latitude, r.easting, r.northing ' || chosen || 'ORDER BY r.sensitivity, r.key'
    USING this.id, this.organisation_id, this.operation_id, this.collected_for;
    GET DIAGNOSTICS points = ROW_COUNT;
    EXECUTE label || 'INSERT INTO imports.trace '
        'SELECT $2, $1, r.id, r.line, r.source_key, r.name_key, r.easting, r.northing ' || chosen
    USING this.id, this.organisation_id, this.operation_id, this.collected_for;
    IF places <> this.good OR points <> places THEN
        RAISE EXCEPTION '% of % staged rows became places', places, this.good USING errcode = 'data_corrupted';
    END IF;
    RETURN places;
END
$$;

-- Make places of the good rows: all or nothing. What came of it, in a word.
CREATE FUNCTION imports.publish(of_import uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this imports.import := imports.own(of_import);
    me record;
    staged_rows int;
BEGIN
    SELECT * INTO me FROM imports.admin();
    IF this.id IS NULL THEN
        RETURN 'missing';
    ELSIF this.status <> 'staged' THEN
        RETURN this.status;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('waymark imports'), this.organisation_id);
    IF EXISTS (
        SELECT FROM imports.import AS i
        WHERE i.organisation_id = this.organisation_id AND i.fingerprint = this.fingerprint AND i.status = 'committed'
    ) THEN
        RETURN 'committed before';
    END IF;
    EXECUTE format('SELECT count(*) FROM imports.%I', 'rows ' || this.id) INTO staged_rows;
    IF staged_rows <> this.good + this.duplicates OR EXISTS (
        SELECT FROM imports.stratum AS s
        WHERE s.import_id = this.id AND s.area_id NOT IN (SELECT c.area_id FROM imports.cells() AS c)
    ) THEN
        RETURN 'rows lost';
    END IF;
    PERFORM imports.place_rows(this, me.membership_id);
    PERFORM imports.drop_staging(this.id);
    DELETE FROM imports.finding WHERE import_id = this.id AND verdict = 'warning';
    UPDATE imports.import SET status = 'committed', committed_at = access.clock() WHERE id = this.id;
    PERFORM audit.append('collection', jsonb_build_object(
        'what', 'import committed', 'import', this.id, 'records', this.good, 'digest', encode(this.digest, 'hex')
    ));
    RETURN 'published';
END
$$;

-- Take the places of an import back, but those that somebody has changed or used since: they stay,
-- and their lines are listed. What came of it, in a word.
CREATE FUNCTION imports.undo(of_import uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this imports.import := imports.own(of_import);
    unused uuid [];
    kept_rows int;
BEGIN
    IF this.id IS NULL THEN
        RETURN 'missing';
    ELSIF this.status <> 'committed' THEN
        RETURN this.status;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('waymark imports'), this.organisation_id);
    PERFORM set_config('work_mem', '256MB', true);
    unused := ARRAY(
        SELECT p.id
        FROM imports.trace AS t
        JOIN store.place AS p ON p.id = t.place_id
        WHERE
            t.organisation_id = this.organisation_id
            AND t.import_id = this.id
            AND p.version = 1
            AND NOT EXISTS (SELECT FROM store.place_history AS h WHERE h.place_id = p.id)
            AND NOT EXISTS (SELECT FROM store.visit AS v WHERE v.place_id = p.id)
            AND NOT EXISTS (SELECT FROM store.note AS n WHERE n.place_id = p.id)
            AND NOT EXISTS (SELECT FROM store.joint_visit AS j WHERE j.place_id = p.id)
        FOR UPDATE OF p
    );
    DELETE FROM store.place_point AS pp WHERE pp.place_id IN (SELECT unnest(unused));
    DELETE FROM store.place AS p WHERE p.id IN (SELECT unnest(unused));
    DELETE FROM imports.trace AS t
    WHERE
        t.organisation_id = this.organisation_id
        AND t.import_id = this.id
        AND t.place_id IN (SELECT unnest(unused));
    INSERT INTO imports.finding
    SELECT this.id, t.line, 'kept', '', '', 'changed or used since it was imported'
    FROM imports.trace AS t
    WHERE t.organisation_id = this.organisation_id AND t.import_id = this.id;
    GET DIAGNOSTICS kept_rows = ROW_COUNT;
    UPDATE imports.import
    SET status = 'undone', undone_at = access.clock(), kept = kept_rows
    WHERE id = this.id;
    PERFORM audit.append('erasure', jsonb_build_object(
        'what', 'import undone', 'import', this.id, 'records', this.good - kept_rows, 'kept', kept_rows
    ));
    RETURN 'undone';
END
$$;

-- Forget an import that was never committed, with its rows; false when there is none.
CREATE FUNCTION imports.discard(of_import uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this imports.import := imports.own(of_import);
BEGIN
    IF this.id IS NULL OR this.status NOT IN ('received', 'staged') THEN
        RETURN false;
    END IF;
    PERFORM imports.drop_staging(this.id);
    DELETE FROM imports.import WHERE id = this.id;
    PERFORM audit.append('administration', jsonb_build_object('what', 'import discarded', 'import', this.id));
    RETURN true;
END
$$;

GRANT EXECUTE ON FUNCTION
imports.settle(uuid, jsonb, jsonb, bytea, int, int [], int [], bigint [], bigint []),
imports.look(uuid, int, int, boolean), imports.intern(uuid), imports.publish(uuid), imports.undo(uuid),
imports.discard(uuid) TO waymark_app;
RESET ROLE;
