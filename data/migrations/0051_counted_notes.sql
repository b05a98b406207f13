-- Risk notes counted by square, month and category, per lock, for the analysts of the organisation that owns them.
-- Visits are counted by square and month already (visit_cell); risk_cell, which tiles read, stays without months.

SET ROLE waymark_owner;
CREATE TABLE store.note_count (
    lock_id int NOT NULL,
    easting int NOT NULL,
    northing int NOT NULL,
    noted_month date NOT NULL,
    category smallint NOT NULL,
    shelf int NOT NULL,
    cell int NOT NULL,
    notes int NOT NULL,
    step int GENERATED ALWAYS AS (lock_id & 7) STORED,
    PRIMARY KEY (lock_id, easting, northing, noted_month, category),
    CONSTRAINT facet CHECK (lock_id > 0 AND (lock_id & 31) BETWEEN 16 AND 18)
);
COMMENT ON TABLE store.note_count IS
'Risk notes by square of 500 m, 1 km or 5 km, month and category, one row per lock. Read by analysts of the owner '
'alone: the counts of a partner leave through disclosure control and in no other way.';
CREATE INDEX note_count_square ON store.note_count (shelf, step, noted_month)
INCLUDE (lock_id, easting, northing, cell, category, notes);
CREATE INDEX note_count_spent ON store.note_count (lock_id) WHERE notes = 0;
CREATE INDEX visit_cell_month ON store.visit_cell (shelf, step, visited_month)
INCLUDE (lock_id, easting, northing, cell, visits);
ALTER TABLE store.note_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.note_count FORCE ROW LEVEL SECURITY;
CREATE POLICY gate ON store.note_count TO waymark_gate USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON store.note_count TO waymark_gate;
GRANT SELECT ON store.note_count TO waymark_app;
RESET ROLE;

SET ROLE waymark_gate;

-- The first shelf of an analyst's own organisation, where its counts begin; NULL, and so nothing, for anybody else.
CREATE FUNCTION access.counted_shelf() RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT access.shelf_of(s.organisation_id, 0)
        FROM access.live_session AS s
        WHERE s.token_hash = access.token_hash() AND s.role = 'analyst' AND s.purpose = 'analysis'
    );
END
$$;
GRANT EXECUTE ON FUNCTION access.counted_shelf() TO waymark_app;

-- Fold risk flags into note_count, and stamp the rings that open what changed: what cancels out, such as a move
-- within a square or another day of the month, changes nothing there and is not felt. The source is a transition
-- table, of which each kind of statement has others; nothing in the text comes from a row.
CREATE FUNCTION store.roll_note_counts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one_side CONSTANT text := 'SELECT r.lock_id, r.shelf, r.easting, r.northing, r.recorded_on, r.category, %s AS sign FROM %I AS r';
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
                date_trunc('month', p.recorded_on)::date AS noted_month, p.category, sum(p.sign) AS notes
            FROM (%s) AS p
            GROUP BY 1, 2, 3, 4, 5, 6
        ),
        folded AS (
            INSERT INTO store.note_count AS c (
                lock_id, easting, northing, noted_month, category, shelf, cell, notes
            )
            SELECT
                access.lock_of(f.label_id, 2, s.step), f.e / s.metres * s.metres, f.n / s.metres * s.metres,
                f.noted_month, f.category, f.shelf, f.e / 5000 * 10000 + f.n / 5000, sum(f.notes)
            FROM fine AS f
            CROSS JOIN (VALUES (2, 500), (1, 1000), (0, 5000)) AS s (step, metres)
            GROUP BY 1, 2, 3, 4, 5, 6, 7
            HAVING sum(f.notes) <> 0
            ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (lock_id, easting, northing, noted_month, category) DO UPDATE
            SET notes = c.notes + excluded.notes
            RETURNING c.lock_id
        )
        SELECT array_agg(DISTINCT f.lock_id) FROM folded AS f
    $query$, source) INTO changed;
    IF changed IS NOT NULL THEN
        DELETE FROM store.note_count WHERE notes = 0;
        PERFORM access.stamp_rings(changed);
    END IF;
    RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION store.roll_note_counts() TO waymark_owner;

-- The visits that an analyst's own organisation plans in a span of days, by square: of those alone whose visits and
-- whose places there the session knows at that step. A planned visit has no point of its own, so the gate counts.
CREATE FUNCTION store.planned_visits(for_step int, from_day date, until_day date)
RETURNS TABLE (easting int, northing int, cell int, visits int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    first_shelf CONSTANT int := access.counted_shelf();
    ring CONSTANT bit varying := access.keyring();
BEGIN
    RETURN QUERY
    SELECT k.corner_easting, k.corner_northing, k.cell, count(*)::int
    FROM store.visit AS v
    JOIN store.place_point AS pp ON pp.place_id = v.place_id
    JOIN access.label AS l ON l.id = v.lock_id >> 5
    CROSS JOIN LATERAL store.corners(pp.easting, pp.northing) AS k
    WHERE
        v.status = 'planned'
        AND v.visited_on BETWEEN from_day AND until_day
        AND k.step = for_step
        AND access.shelf_of(l.owner_id, 0) = first_shelf
        AND pp.shelf BETWEEN first_shelf AND first_shelf + 3
        AND access.is_set(ring, access.lock_of(v.lock_id >> 5, 1, for_step))
        AND access.is_set(ring, access.lock_of(pp.lock_id >> 5, 0, for_step))
    GROUP BY k.corner_easting, k.corner_northing, k.cell;
END
$$;

-- Is this lock's bit set in a ring? One beyond the ring's end is closed.
CREATE FUNCTION access.is_set(ring bit varying, on_lock int) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
    SELECT coalesce(CASE WHEN on_lock < length(ring) THEN get_bit(ring, on_lock) = 1 END, false)
$$;
GRANT EXECUTE ON FUNCTION store.planned_visits(int, date, date) TO waymark_app;
RESET ROLE;

SET ROLE waymark_owner;
CREATE POLICY keys ON store.note_count FOR SELECT TO waymark_app
USING (
    get_bit((SELECT coalesce((SELECT k.bits FROM access.own_keys AS k), access.keyring())), lock_id) = 1
    AND shelf BETWEEN (SELECT access.counted_shelf()) AND (SELECT access.counted_shelf()) + 3
);
CREATE TRIGGER counts_in AFTER INSERT ON store.risk_point REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION store.roll_note_counts();
CREATE TRIGGER counts_out AFTER DELETE ON store.risk_point REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION store.roll_note_counts();
CREATE TRIGGER counts_over AFTER UPDATE ON store.risk_point REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION store.roll_note_counts();
RESET ROLE;

-- What was there before.
SET ROLE waymark_gate;
INSERT INTO store.note_count (lock_id, easting, northing, noted_month, category, shelf, cell, notes)
SELECT
    access.lock_of(p.lock_id >> 5, 2, k.step),
    k.corner_easting,
    k.corner_northing,
    date_trunc('month', p.recorded_on)::date,
    p.category,
    p.shelf,
    k.cell,
    count(*)
FROM store.risk_point AS p
CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k
WHERE k.step < 3
GROUP BY 1, 2, 3, 4, 5, 6, 7;
RESET ROLE;
