-- What a release counts: distinct places in each 5 km square and quarter, of the analyst's own organisation and within
-- the analyst's own keys, without what never leaves an owner.

SET ROLE waymark_gate;

-- The labels of the session's own organisation whose records of a kind may be counted for others: up to sensitivity
-- 2, of no operation, not for welfare, handled without exclusions and conditions, and known to this session as squares.
CREATE FUNCTION access.countable_labels(s access.live_session, of_kind int) RETURNS SETOF int
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ring CONSTANT bit varying := access.keyring();
BEGIN
    RETURN QUERY
    SELECT l.id
    FROM access.label AS l
    WHERE
        l.owner_id = s.organisation_id
        AND l.sensitivity <= 2
        AND l.operation_id IS NULL
        AND l.collected_for <> 'welfare'
        AND l.handling_id = 0
        AND CASE
            WHEN access.lock_of(l.id, of_kind, 0) < length(ring)
                THEN get_bit(ring, access.lock_of(l.id, of_kind, 0)) = 1
            ELSE false
        END;
END
$$;

-- The places that were visited in a quarter, with their 5 km squares.
CREATE FUNCTION store.visited_places(s access.live_session, in_epoch date)
RETURNS TABLE (cell int, place_id uuid)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH places AS MATERIALIZED (SELECT l.id FROM access.countable_labels(s, 0) AS l (id)),
    visits AS MATERIALIZED (SELECT l.id FROM access.countable_labels(s, 1) AS l (id))
    SELECT DISTINCT floor(p.easting / 5000)::int * 10000 + floor(p.northing / 5000)::int, p.place_id
    FROM store.visit AS v
    JOIN store.place_point AS p ON p.place_id = v.place_id
    WHERE
        v.status = 'done'
        AND v.visited_on >= in_epoch
        AND v.visited_on < in_epoch + interval '3 months'
        AND v.lock_id >> 5 IN (SELECT a.id FROM visits AS a)
        AND p.lock_id >> 5 IN (SELECT a.id FROM places AS a);
END
$$;

-- The places of which a risk was noted in a quarter, each once, under the category of its severest note. Notes that are
-- graded as false, or that may be shared under conditions alone, count for nothing.
CREATE FUNCTION store.noted_places(s access.live_session, in_epoch date)
RETURNS TABLE (cell int, place_id uuid, category smallint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN QUERY
    WITH places AS MATERIALIZED (SELECT l.id FROM access.countable_labels(s, 0) AS l (id)),
    notes AS MATERIALIZED (SELECT l.id FROM access.countable_labels(s, 2) AS l (id))
    SELECT DISTINCT ON (p.place_id)
        floor(p.easting / 5000)::int * 10000 + floor(p.northing / 5000)::int, p.place_id, n.category
    FROM store.note AS n
    JOIN store.place_point AS p ON p.place_id = n.place_id
    WHERE
        n.recorded_on >= in_epoch
        AND n.recorded_on < in_epoch + interval '3 months'
        AND n.lock_id >> 5 IN (SELECT a.id FROM notes AS a)
        AND p.lock_id >> 5 IN (SELECT a.id FROM places AS a)
        AND NOT EXISTS (
            SELECT FROM store.note_grade AS g
            WHERE g.note_id = n.id AND (g.intelligence = 'E' OR g.handling = 'C')
        )
    ORDER BY p.place_id, n.severity DESC, n.recorded_on DESC, n.id;
END
$$;

-- The true counts under a heading in each of these quarters, by square, with the hash of the places' ids in order.
-- They go through disclosure control where they are read, and are kept by nobody.
CREATE FUNCTION access.release_counts(of_heading text, in_epochs date [])
RETURNS TABLE (epoch date, cell int, places int, records bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.releasing_session('{analyst}');
    wanted CONSTANT smallint := (
        SELECT t.code FROM reference.taxonomy AS t
        WHERE t.list = 'exploitation' AND t.slug = of_heading
        ORDER BY t.version
        LIMIT 1
    );
BEGIN
    RETURN QUERY
    SELECT
        e.epoch,
        found.cell,
        count(*)::int,
        sha256(string_agg(uuid_send(found.place_id), ''::bytea ORDER BY found.place_id))
    FROM unnest(in_epochs) AS e (epoch)
    CROSS JOIN LATERAL (
        SELECT v.cell, v.place_id FROM store.visited_places(s, e.epoch) AS v WHERE of_heading = 'visited'
        UNION ALL
        SELECT n.cell, n.place_id
        FROM store.noted_places(s, e.epoch) AS n
        WHERE of_heading = 'concern' OR n.category = wanted
    ) AS found
    GROUP BY e.epoch, found.cell;
END
$$;

-- What the session's organisation approved so far, withdrawn or not, in order: what others may know.
CREATE FUNCTION access.published_releases()
RETURNS TABLE (id uuid, heading text, epoch date, document text, drawn jsonb, number bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.releasing_session('{analyst, admin}');
BEGIN
    RETURN QUERY
    SELECT r.id, r.heading, r.epoch, r.document, r.drawn, r.number
    FROM access.release AS r
    WHERE r.organisation_id = s.organisation_id AND r.number IS NOT NULL
    ORDER BY r.number;
END
$$;

-- A release that waits for approval, while no other of the organisation is prepared or approved.
CREATE FUNCTION access.waiting_release(which uuid)
RETURNS TABLE (id uuid, heading text, epoch date, document text, drawn jsonb, prepared_after bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.releasing_session('{analyst, admin}');
    r CONSTANT access.release := access.own_release(s, which);
BEGIN
    RETURN QUERY SELECT r.id, r.heading, r.epoch, r.document, r.drawn, r.prepared_after;
END
$$;

GRANT EXECUTE ON FUNCTION access.release_counts(text, date []), access.published_releases(),
access.waiting_release(uuid) TO waymark_app;
RESET ROLE;
