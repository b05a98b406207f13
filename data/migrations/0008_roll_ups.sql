-- Cells rolled up per lock, kept in the transaction that moves a point. Each coarser corner is
-- computed from the finer corner, never again from the point.

SET ROLE waymark_gate;

-- The corners of the four squares a point lies in: 100 m, 500 m, 1 km, 5 km.
CREATE FUNCTION store.corners(easting double precision, northing double precision)
RETURNS TABLE (step int, corner_easting int, corner_northing int, cell int)
LANGUAGE sql IMMUTABLE
AS $$
    WITH fine AS (SELECT floor(easting / 100)::int * 100 AS e, floor(northing / 100)::int * 100 AS n)
    SELECT s.step, (f.e / s.metres) * s.metres, (f.n / s.metres) * s.metres, (f.e / 5000) * 10000 + f.n / 5000
    FROM fine AS f
    CROSS JOIN (VALUES (3, 100), (2, 500), (1, 1000), (0, 5000)) AS s (step, metres)
$$;

-- Fold points into place_cell, and stamp the rings that open what changed. A point that moved
-- within a square changes nothing there, and nobody who knows only the square feels it.
CREATE FUNCTION store.roll_places() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed int [];
BEGIN
    IF TG_OP = 'INSERT' THEN
        WITH fine AS MATERIALIZED (
            SELECT
                p.lock_id >> 5 AS label_id, p.shelf,
                floor(p.easting / 100)::int * 100 AS e, floor(p.northing / 100)::int * 100 AS n,
                (count(*) FILTER (WHERE p.attend_rule = 0))::int AS ok,
                (count(*) FILTER (WHERE p.attend_rule = 1))::int AS two_people,
                (count(*) FILTER (WHERE p.attend_rule = 2))::int AS contact_owner_first,
                (count(*) FILTER (WHERE p.attend_rule = 3))::int AS do_not_attend
            FROM new_rows AS p
            GROUP BY 1, 2, 3, 4
        )
        INSERT INTO store.place_cell AS c (
            lock_id, easting, northing, shelf, cell, ok, two_people, contact_owner_first, do_not_attend
        )
        SELECT
            access.lock_of(f.label_id, 0, s.step), f.e / s.metres * s.metres, f.n / s.metres * s.metres,
            f.shelf, f.e / 5000 * 10000 + f.n / 5000,
            sum(f.ok), sum(f.two_people), sum(f.contact_owner_first), sum(f.do_not_attend)
        FROM fine AS f
        CROSS JOIN (VALUES (3, 100), (2, 500), (1, 1000), (0, 5000)) AS s (step, metres)
        GROUP BY 1, 2, 3, 4, 5
        ORDER BY 1, 2, 3
        ON CONFLICT (lock_id, easting, northing) DO UPDATE SET
            ok = c.ok + excluded.ok,
            two_people = c.two_people + excluded.two_people,
            contact_owner_first = c.contact_owner_first + excluded.contact_owner_first,
            do_not_attend = c.do_not_attend + excluded.do_not_attend;
        PERFORM access.stamp_rings(ARRAY(
            SELECT p.first_lock + s.step
            FROM (SELECT DISTINCT r.lock_id >> 5 << 5 AS first_lock FROM new_rows AS r) AS p
            CROSS JOIN generate_series(0, 5) AS s (step)
        ));
    ELSIF TG_OP = 'DELETE' THEN
        WITH gone AS MATERIALIZED (
            SELECT
                access.lock_of(p.lock_id >> 5, 0, k.step) AS lock_id,
                k.corner_easting AS easting, k.corner_northing AS northing,
                (count(*) FILTER (WHERE p.attend_rule = 0))::int AS ok,
                (count(*) FILTER (WHERE p.attend_rule = 1))::int AS two_people,
                (count(*) FILTER (WHERE p.attend_rule = 2))::int AS contact_owner_first,
                (count(*) FILTER (WHERE p.attend_rule = 3))::int AS do_not_attend
            FROM old_rows AS p
            CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k
            GROUP BY 1, 2, 3
        )
        UPDATE store.place_cell AS c
        SET
            ok = c.ok - g.ok,
            two_people = c.two_people - g.two_people,
            contact_owner_first = c.contact_owner_first - g.contact_owner_first,
            do_not_attend = c.do_not_attend - g.do_not_attend
        FROM gone AS g
        WHERE c.lock_id = g.lock_id AND c.easting = g.easting AND c.northing = g.northing;
        DELETE FROM store.place_cell AS c
        USING old_rows AS p, LATERAL store.corners(p.easting, p.northing) AS k
        WHERE
            c.lock_id = access.lock_of(p.lock_id >> 5, 0, k.step)
            AND c.easting = k.corner_easting
            AND c.northing = k.corner_northing
            AND c.ok + c.two_people + c.contact_owner_first + c.do_not_attend = 0;
        PERFORM access.stamp_rings(ARRAY(
            SELECT p.first_lock + s.step
            FROM (SELECT DISTINCT r.lock_id >> 5 << 5 AS first_lock FROM old_rows AS r) AS p
            CROSS JOIN generate_series(0, 5) AS s (step)
        ));
    ELSE
        WITH moved AS MATERIALIZED (
            SELECT
                access.lock_of(p.lock_id >> 5, 0, k.step) AS lock_id,
                k.corner_easting AS easting, k.corner_northing AS northing, p.shelf, k.cell,
                (sum(p.sign) FILTER (WHERE p.attend_rule = 0))::int AS ok,
                (sum(p.sign) FILTER (WHERE p.attend_rule = 1))::int AS two_people,
                (sum(p.sign) FILTER (WHERE p.attend_rule = 2))::int AS contact_owner_first,
                (sum(p.sign) FILTER (WHERE p.attend_rule = 3))::int AS do_not_attend
            FROM (
                SELECT n.lock_id, n.shelf, n.attend_rule, n.easting, n.northing, 1 AS sign FROM new_rows AS n
                UNION ALL
                SELECT o.lock_id, o.shelf, o.attend_rule, o.easting, o.northing, -1 AS sign FROM old_rows AS o
            ) AS p
            CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k
            GROUP BY 1, 2, 3, 4, 5
        ),
        folded AS (
            INSERT INTO store.place_cell AS c (
                lock_id, easting, northing, shelf, cell, ok, two_people, contact_owner_first, do_not_attend
            )
            SELECT
                m.lock_id, m.easting, m.northing, m.shelf, m.cell,
                coalesce(m.ok, 0), coalesce(m.two_people, 0),
                coalesce(m.contact_owner_first, 0), coalesce(m.do_not_attend, 0)
            FROM moved AS m
            WHERE m.ok <> 0 OR m.two_people <> 0 OR m.contact_owner_first <> 0 OR m.do_not_attend <> 0
            ORDER BY 1, 2, 3
            ON CONFLICT (lock_id, easting, northing) DO UPDATE SET
                ok = c.ok + excluded.ok,
                two_people = c.two_people + excluded.two_people,
                contact_owner_first = c.contact_owner_first + excluded.contact_owner_first,
                do_not_attend = c.do_not_attend + excluded.do_not_attend
            RETURNING c.lock_id
        )
        SELECT array_agg(DISTINCT f.lock_id) INTO changed FROM folded AS f;
        DELETE FROM store.place_cell AS c
        USING old_rows AS p, LATERAL store.corners(p.easting, p.northing) AS k
        WHERE
            c.lock_id = access.lock_of(p.lock_id >> 5, 0, k.step)
            AND c.easting = k.corner_easting
            AND c.northing = k.corner_northing
            AND c.ok + c.two_people + c.contact_owner_first + c.do_not_attend = 0;
        PERFORM access.stamp_rings(changed || ARRAY(
            SELECT n.lock_id FROM new_rows AS n UNION SELECT o.lock_id FROM old_rows AS o
        ));
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION store.roll_visits() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed int [];
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO store.visit_cell AS c (
            lock_id, easting, northing, visited_month, shelf, cell, visits
        )
        SELECT
            access.lock_of(p.lock_id >> 5, 1, k.step), k.corner_easting, k.corner_northing,
            date_trunc('month', p.visited_on)::date, p.shelf, k.cell, count(*)
        FROM new_rows AS p
        CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k
        GROUP BY 1, 2, 3, 4, 5, 6
        ORDER BY 1, 2, 3, 4
        ON CONFLICT (lock_id, easting, northing, visited_month) DO UPDATE
        SET visits = c.visits + excluded.visits;
        PERFORM access.stamp_rings(ARRAY(
            SELECT p.first_lock + 8 + s.step
            FROM (SELECT DISTINCT r.lock_id >> 5 << 5 AS first_lock FROM new_rows AS r) AS p
            CROSS JOIN generate_series(0, 5) AS s (step)
        ));
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE store.visit_cell AS c
        SET visits = c.visits - g.visits
        FROM (
            SELECT
                access.lock_of(p.lock_id >> 5, 1, k.step) AS lock_id, k.corner_easting AS easting,
                k.corner_northing AS northing, date_trunc('month', p.visited_on)::date AS visited_month,
                count(*) AS visits
            FROM old_rows AS p
            CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k
            GROUP BY 1, 2, 3, 4
        ) AS g
        WHERE
            c.lock_id = g.lock_id AND c.easting = g.easting AND c.northing = g.northing
            AND c.visited_month = g.visited_month;
        DELETE FROM store.visit_cell AS c
        USING old_rows AS p, LATERAL store.corners(p.easting, p.northing) AS k
        WHERE
            c.lock_id = access.lock_of(p.lock_id >> 5, 1, k.step)
            AND c.easting = k.corner_easting AND c.northing = k.corner_northing AND c.visits = 0;
        PERFORM access.stamp_rings(ARRAY(
            SELECT p.first_lock + 8 + s.step
            FROM (SELECT DISTINCT r.lock_id >> 5 << 5 AS first_lock FROM old_rows AS r) AS p
            CROSS JOIN generate_series(0, 5) AS s (step)
        ));
    ELSE
        WITH moved AS MATERIALIZED (
            SELECT
                access.lock_of(p.lock_id >> 5, 1, k.step) AS lock_id,
                k.corner_easting AS easting, k.corner_northing AS northing,
                date_trunc('month', p.visited_on)::date AS visited_month, p.shelf, k.cell,
                sum(p.sign)::int AS visits
            FROM (
                SELECT n.lock_id, n.shelf, n.visited_on, n.easting, n.northing, 1 AS sign FROM new_rows AS n
                UNION ALL
                SELECT o.lock_id, o.shelf, o.visited_on, o.easting, o.northing, -1 AS sign FROM old_rows AS o
            ) AS p
            CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k
            GROUP BY 1, 2, 3, 4, 5, 6
        ),
        folded AS (
            INSERT INTO store.visit_cell AS c (
                lock_id, easting, northing, visited_month, shelf, cell, visits
            )
            SELECT m.lock_id, m.easting, m.northing, m.visited_month, m.shelf, m.cell, m.visits
            FROM moved AS m
            WHERE m.visits <> 0
            ORDER BY 1, 2, 3, 4
            ON CONFLICT (lock_id, easting, northing, visited_month) DO UPDATE
            SET visits = c.visits + excluded.visits
            RETURNING c.lock_id
        )
        SELECT array_agg(DISTINCT f.lock_id) INTO changed FROM folded AS f;
        DELETE FROM store.visit_cell AS c
        USING old_rows AS p, LATERAL store.corners(p.easting, p.northing) AS k
        WHERE
            c.lock_id = access.lock_of(p.lock_id >> 5, 1, k.step)
            AND c.easting = k.corner_easting AND c.northing = k.corner_northing AND c.visits = 0;
        PERFORM access.stamp_rings(changed || ARRAY(
            SELECT n.lock_id FROM new_rows AS n UNION SELECT o.lock_id FROM old_rows AS o
        ));
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION store.roll_risks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    changed int [];
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO store.risk_cell AS c (
            lock_id, easting, northing, category, severity, shelf, cell, notes
        )
        SELECT
            access.lock_of(p.lock_id >> 5, 2, k.step), k.corner_easting, k.corner_northing,
            p.category, p.severity, p.shelf, k.cell, count(*)
        FROM new_rows AS p
        CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k
        GROUP BY 1, 2, 3, 4, 5, 6, 7
        ORDER BY 1, 2, 3, 4, 5
        ON CONFLICT (lock_id, easting, northing, category, severity) DO UPDATE
        SET notes = c.notes + excluded.notes;
        PERFORM access.stamp_rings(ARRAY(
            SELECT p.first_lock + 16 + s.step
            FROM (SELECT DISTINCT r.lock_id >> 5 << 5 AS first_lock FROM new_rows AS r) AS p
            CROSS JOIN generate_series(0, 5) AS s (step)
        ));
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE store.risk_cell AS c
        SET notes = c.notes - g.notes
        FROM (
            SELECT
                access.lock_of(p.lock_id >> 5, 2, k.step) AS lock_id, k.corner_easting AS easting,
                k.corner_northing AS northing, p.category, p.severity, count(*) AS notes
            FROM old_rows AS p
            CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k
            GROUP BY 1, 2, 3, 4, 5
        ) AS g
        WHERE
            c.lock_id = g.lock_id AND c.easting = g.easting AND c.northing = g.northing
            AND c.category = g.category AND c.severity = g.severity;
        DELETE FROM store.risk_cell AS c
        USING old_rows AS p, LATERAL store.corners(p.easting, p.northing) AS k
        WHERE
            c.lock_id = access.lock_of(p.lock_id >> 5, 2, k.step)
            AND c.easting = k.corner_easting AND c.northing = k.corner_northing AND c.notes = 0;
        PERFORM access.stamp_rings(ARRAY(
            SELECT p.first_lock + 16 + s.step
            FROM (SELECT DISTINCT r.lock_id >> 5 << 5 AS first_lock FROM old_rows AS r) AS p
            CROSS JOIN generate_series(0, 5) AS s (step)
        ));
    ELSE
        WITH moved AS MATERIALIZED (
            SELECT
                access.lock_of(p.lock_id >> 5, 2, k.step) AS lock_id,
                k.corner_easting AS easting, k.corner_northing AS northing,
                p.category, p.severity, p.shelf, k.cell,
                sum(p.sign)::int AS notes
            FROM (
                SELECT n.lock_id, n.shelf, n.category, n.severity, n.easting, n.northing, 1 AS sign
                FROM new_rows AS n
                UNION ALL
                SELECT o.lock_id, o.shelf, o.category, o.severity, o.easting, o.northing, -1 AS sign
                FROM old_rows AS o
            ) AS p
            CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k
            GROUP BY 1, 2, 3, 4, 5, 6, 7
        ),
        folded AS (
            INSERT INTO store.risk_cell AS c (
                lock_id, easting, northing, category, severity, shelf, cell, notes
            )
            SELECT m.lock_id, m.easting, m.northing, m.category, m.severity, m.shelf, m.cell, m.notes
            FROM moved AS m
            WHERE m.notes <> 0
            ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (lock_id, easting, northing, category, severity) DO UPDATE
            SET notes = c.notes + excluded.notes
            RETURNING c.lock_id
        )
        SELECT array_agg(DISTINCT f.lock_id) INTO changed FROM folded AS f;
        DELETE FROM store.risk_cell AS c
        USING old_rows AS p, LATERAL store.corners(p.easting, p.northing) AS k
        WHERE
            c.lock_id = access.lock_of(p.lock_id >> 5, 2, k.step)
            AND c.easting = k.corner_easting AND c.northing = k.corner_northing AND c.notes = 0;
        PERFORM access.stamp_rings(changed || ARRAY(
            SELECT n.lock_id FROM new_rows AS n UNION SELECT o.lock_id FROM old_rows AS o
        ));
    END IF;
    RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION store.roll_places(), store.roll_visits(), store.roll_risks() TO waymark_owner;
RESET ROLE;

SET ROLE waymark_owner;
DO $$
DECLARE
    rolled record;
BEGIN
    FOR rolled IN
        SELECT * FROM (
            VALUES ('place_point', 'roll_places'), ('visit_point', 'roll_visits'), ('risk_point', 'roll_risks')
        ) AS t (name, roller)
    LOOP
        EXECUTE format(
            'CREATE TRIGGER rolls_in AFTER INSERT ON store.%I REFERENCING NEW TABLE AS new_rows '
            'FOR EACH STATEMENT EXECUTE FUNCTION store.%I()', rolled.name, rolled.roller);
        EXECUTE format(
            'CREATE TRIGGER rolls_out AFTER DELETE ON store.%I REFERENCING OLD TABLE AS old_rows '
            'FOR EACH STATEMENT EXECUTE FUNCTION store.%I()', rolled.name, rolled.roller);
        EXECUTE format(
            'CREATE TRIGGER rolls_over AFTER UPDATE ON store.%I REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows '
            'FOR EACH STATEMENT EXECUTE FUNCTION store.%I()', rolled.name, rolled.roller);
    END LOOP;
END
$$;
RESET ROLE;
