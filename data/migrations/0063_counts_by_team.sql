-- What is counted, by everything that a question may ask: visits by square, month and team; risk notes by square,
-- month, category, severity, provenance and team. One row per lock, kept by the statements that write the points.

-- The flags of notes that are there learn how their author knew. Nothing is counted by it yet, so nobody is told.
SET ROLE waymark_owner;
DROP TRIGGER counts_in ON store.risk_point;
DROP TRIGGER counts_out ON store.risk_point;
DROP TRIGGER counts_over ON store.risk_point;
ALTER TABLE store.risk_point DISABLE TRIGGER USER;
RESET ROLE;
SET ROLE waymark_gate;
UPDATE store.risk_point AS r
SET provenance = array_position(
    ARRAY['saw myself', 'was told by the person', 'was told by someone else', 'unsure'], n.provenance
)
FROM store.note AS n
WHERE n.id = r.note_id;
DROP FUNCTION store.roll_note_counts();
RESET ROLE;

SET ROLE waymark_owner;
ALTER TABLE store.risk_point ENABLE TRIGGER USER;
DROP TABLE store.note_count;
CREATE TABLE store.note_count (
    lock_id int NOT NULL,
    easting int NOT NULL,
    northing int NOT NULL,
    noted_month date NOT NULL,
    category smallint NOT NULL,
    severity smallint NOT NULL,
    provenance smallint NOT NULL,
    team smallint NOT NULL,
    shelf int NOT NULL,
    cell int NOT NULL,
    notes int NOT NULL,
    step int GENERATED ALWAYS AS (lock_id & 7) STORED,
    PRIMARY KEY (lock_id, easting, northing, noted_month, category, severity, provenance, team),
    CONSTRAINT facet CHECK (lock_id > 0 AND (lock_id & 31) BETWEEN 16 AND 18)
);
COMMENT ON TABLE store.note_count IS
'Risk notes by square of 500 m, 1 km or 5 km, month, category, severity, provenance and team, per lock. Read by '
'analysts of the owner alone: the counts of a partner leave through disclosure control and in no other way.';
CREATE INDEX note_count_square ON store.note_count (shelf, step, noted_month)
INCLUDE (lock_id, easting, northing, cell, category, severity, provenance, team, notes);
CREATE INDEX note_count_spent ON store.note_count (lock_id) WHERE notes = 0;

CREATE TABLE store.visit_count (
    lock_id int NOT NULL,
    easting int NOT NULL,
    northing int NOT NULL,
    visited_month date NOT NULL,
    team smallint NOT NULL,
    shelf int NOT NULL,
    cell int NOT NULL,
    visits int NOT NULL,
    step int GENERATED ALWAYS AS (lock_id & 7) STORED,
    PRIMARY KEY (lock_id, easting, northing, visited_month, team),
    CONSTRAINT facet CHECK (lock_id > 0 AND (lock_id & 31) BETWEEN 8 AND 10)
);
COMMENT ON TABLE store.visit_count IS
'Visits by square of 500 m, 1 km or 5 km, month and team, one row per lock; visit_cell, which tiles read, knows no '
'teams.';
CREATE INDEX visit_count_square ON store.visit_count (shelf, step, visited_month)
INCLUDE (lock_id, easting, northing, cell, team, visits);
CREATE INDEX visit_count_spent ON store.visit_count (lock_id) WHERE visits = 0;
DROP INDEX store.visit_cell_month;

DO $$
DECLARE
    counting text;
BEGIN
    FOREACH counting IN ARRAY ARRAY['note_count', 'visit_count'] LOOP
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', counting);
        EXECUTE format('ALTER TABLE store.%I FORCE ROW LEVEL SECURITY', counting);
        EXECUTE format('CREATE POLICY gate ON store.%I TO waymark_gate USING (true) WITH CHECK (true)', counting);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON store.%I TO waymark_gate', counting);
        EXECUTE format('GRANT SELECT ON store.%I TO waymark_app', counting);
        EXECUTE format(
            'CREATE POLICY keys ON store.%I FOR SELECT TO waymark_app USING ('
            'get_bit((SELECT coalesce((SELECT k.bits FROM access.own_keys AS k), access.keyring())), lock_id) = 1 '
            'AND shelf BETWEEN (SELECT access.counted_shelf()) AND (SELECT access.counted_shelf()) + 3)', counting
        );
    END LOOP;
END
$$;
RESET ROLE;

SET ROLE waymark_gate;

-- Give a new stamp to the rings of the owner's analysts that open any of these locks. Nobody else counts, so that
-- nobody else feels, not even as an answer that is made again, that a visit was another team's.
CREATE FUNCTION access.stamp_counting_rings(locks int []) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    new_stamp bigint := nextval('access.ring_stamp');
BEGIN
    -- A ring being stored just now could not be stamped before it is committed: wait for that.
    PERFORM pg_advisory_xact_lock_shared(hashtext('waymark rings'));
    UPDATE access.ring
    SET stamp = new_stamp
    WHERE id IN (
        SELECT r.id
        FROM access.ring AS r
        JOIN access.membership AS m ON m.id = r.membership_id
        WHERE r.purpose = 'analysis' AND EXISTS (
            SELECT
            FROM unnest(locks) AS behind (lock_id)
            JOIN access.label AS l ON l.id = behind.lock_id >> 5 AND l.owner_id = m.organisation_id
            WHERE access.is_set(r.bits, behind.lock_id)
        )
        ORDER BY r.id
        FOR UPDATE OF r
    );
END
$$;

-- Fold points into a table of counts, and stamp the rings that count what changed: what cancels out, such as a move
-- within a square or another day of the month, changes nothing there and is not felt. The trigger says the table, the
-- kind of its locks, what is counted, the point's day, the month that it becomes, and by what else it is counted. The
-- source is a transition table, of which each kind of statement has others; nothing in the text comes from a row.
CREATE FUNCTION store.roll_counts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one_side CONSTANT text := format('SELECT *, %%s AS sign, %s AS counted_day FROM %%I', TG_ARGV[3]);
    source CONSTANT text := CASE TG_OP
        WHEN 'INSERT' THEN format(one_side, 1, 'new_rows')
        WHEN 'DELETE' THEN format(one_side, -1, 'old_rows')
        ELSE format(one_side, 1, 'new_rows') || ' UNION ALL ' || format(one_side, -1, 'old_rows')
    END;
    changed int [];
BEGIN
    EXECUTE format($query$
        WITH fine AS MATERIALIZED (
            SELECT
                p.lock_id >> 5 AS label_id, p.shelf, floor(p.easting / 100)::int / 5 * 500 AS e,
                floor(p.northing / 100)::int / 5 * 500 AS n,
                date_trunc('month', p.counted_day)::date AS counted_month, sum(p.sign) AS counted, %5$s
            FROM (%6$s) AS p
            GROUP BY 1, 2, 3, 4, 5, %5$s
        ),
        folded AS (
            INSERT INTO store.%1$I AS c (lock_id, easting, northing, %4$I, shelf, cell, %3$I, %5$s)
            SELECT
                access.lock_of(f.label_id, %2$s, s.step), f.e / s.metres * s.metres, f.n / s.metres * s.metres,
                f.counted_month, f.shelf, f.e / 5000 * 10000 + f.n / 5000, sum(f.counted), %5$s
            FROM fine AS f
            CROSS JOIN (VALUES (2, 500), (1, 1000), (0, 5000)) AS s (step, metres)
            GROUP BY 1, 2, 3, 4, 5, 6, %5$s
            HAVING sum(f.counted) <> 0
            ORDER BY 1, 2, 3, 4, %5$s
            ON CONFLICT (lock_id, easting, northing, %4$I, %5$s) DO UPDATE
            SET %3$I = c.%3$I + excluded.%3$I
            RETURNING c.lock_id
        )
        SELECT array_agg(DISTINCT f.lock_id) FROM folded AS f
    $query$, TG_ARGV[0], TG_ARGV[1], TG_ARGV[2], TG_ARGV[4], TG_ARGV[5], source) INTO changed;
    IF changed IS NOT NULL THEN
        EXECUTE format('DELETE FROM store.%I WHERE %I = 0', TG_ARGV[0], TG_ARGV[2]);
        PERFORM access.stamp_counting_rings(changed);
    END IF;
    RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION store.roll_counts() TO waymark_owner;
RESET ROLE;

SET ROLE waymark_owner;
DO $$
DECLARE
    points record;
    statement record;
BEGIN
    FOR points IN
        SELECT * FROM (
            VALUES
            ('visit_point', $q$'visit_count', '1', 'visits', 'visited_on', 'visited_month', 'team'$q$),
            (
                'risk_point',
                $q$'note_count', '2', 'notes', 'recorded_on', 'noted_month', 'category, severity, provenance, team'$q$
            )
        ) AS t (name, told)
    LOOP
        FOR statement IN
            SELECT * FROM (
                VALUES
                ('counts_in', 'INSERT', 'NEW TABLE AS new_rows'),
                ('counts_out', 'DELETE', 'OLD TABLE AS old_rows'),
                ('counts_over', 'UPDATE', 'NEW TABLE AS new_rows OLD TABLE AS old_rows')
            ) AS t (name, act, rows)
        LOOP
            EXECUTE format(
                'CREATE TRIGGER %I AFTER %s ON store.%I REFERENCING %s '
                'FOR EACH STATEMENT EXECUTE FUNCTION store.roll_counts(%s)',
                statement.name, statement.act, points.name, statement.rows, points.told
            );
        END LOOP;
    END LOOP;
END
$$;
RESET ROLE;

-- What was there before.
SET ROLE waymark_gate;
INSERT INTO store.note_count (
    lock_id, easting, northing, noted_month, category, severity, provenance, team, shelf, cell, notes
)
SELECT
    access.lock_of(p.lock_id >> 5, 2, k.step),
    k.corner_easting,
    k.corner_northing,
    date_trunc('month', p.recorded_on)::date,
    p.category,
    p.severity,
    p.provenance,
    p.team,
    p.shelf,
    k.cell,
    count(*)
FROM store.risk_point AS p
CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k
WHERE k.step < 3
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
INSERT INTO store.visit_count (lock_id, easting, northing, visited_month, team, shelf, cell, visits)
SELECT
    access.lock_of(p.lock_id >> 5, 1, k.step),
    k.corner_easting,
    k.corner_northing,
    date_trunc('month', p.visited_on)::date,
    p.team,
    p.shelf,
    k.cell,
    count(*)
FROM store.visit_point AS p
CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k
WHERE k.step < 3
GROUP BY 1, 2, 3, 4, 5, 6, 7;
RESET ROLE;
