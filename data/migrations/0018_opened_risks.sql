-- What a joint visit opens of a place's risk notes: the flags whose own labels are shared, never the
-- text. And what the owner's audit is told of an opened place.

SET ROLE waymark_gate;

-- The notes whose flags are open to this session by a joint visit: on a place that is opened to it, of
-- that place's owner, and shared with it as notes by the rules by which places open.
CREATE FUNCTION access.opened_risks() RETURNS uuid []
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    places CONSTANT uuid [] := access.opened();
    s access.live_session;
    near_labels int [];
BEGIN
    IF places IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT * INTO s FROM access.live_session AS l WHERE l.token_hash = access.token_hash();
    near_labels := ARRAY(
        SELECT DISTINCT r.lock_id >> 5 FROM store.risk_point AS r WHERE r.place_id = ANY (places)
    );
    RETURN (
        SELECT array_agg(DISTINCT r.note_id ORDER BY r.note_id)
        FROM store.risk_point AS r
        JOIN store.place AS p ON p.id = r.place_id
        JOIN access.label AS of_place ON of_place.id = p.lock_id >> 5
        JOIN access.shares(s.membership_id, s.purpose, access.clock(), near_labels) AS shared
            ON shared.label_id = r.lock_id >> 5 AND shared.kind = 2 AND shared.owner_id = of_place.owner_id
        WHERE r.place_id = ANY (places)
    );
END
$$;
GRANT EXECUTE ON FUNCTION access.opened_risks() TO waymark_app;
RESET ROLE;

SET ROLE waymark_owner;
ALTER POLICY keys ON store.risk_point USING (
    get_bit((SELECT access.keyring()), lock_id) = 1 OR note_id = ANY ((SELECT access.opened_risks())::uuid [])
);
RESET ROLE;

SET ROLE waymark_gate;

-- Other organisations' records that the session can see, as cells or opened, on each of the given
-- 5 km cells (-1: anywhere): cell, owner, finest step, and the agreement that allows most.
CREATE OR REPLACE FUNCTION audit.disclosed(for_kind int, in_cells int [])
RETURNS TABLE (cell int, owner_id int, step int, agreement_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
BEGIN
    SELECT * INTO s FROM access.live_session AS l WHERE l.token_hash = access.token_hash();
    RETURN QUERY
    WITH shared AS MATERIALIZED (
        SELECT sh.label_id, sh.owner_id, sh.step, sh.agreement_id
        FROM access.shares(s.membership_id, s.purpose, access.clock(), NULL) AS sh
        WHERE sh.kind = for_kind
    ),
    known AS MATERIALIZED (
        SELECT d.label_id, d.step, access.lock_of(d.label_id, for_kind, 0) AS lock_id
        FROM access.decide(s.membership_id, s.purpose, access.clock()) AS d
        WHERE d.kind = for_kind AND d.label_id IN (SELECT sh.label_id FROM shared AS sh)
    ),
    held AS MATERIALIZED (
        SELECT c.lock_id, c.cell FROM store.place_cell AS c
        WHERE for_kind = 0 AND c.lock_id IN (SELECT k.lock_id FROM known AS k)
        UNION
        SELECT c.lock_id, c.cell FROM store.visit_cell AS c
        WHERE for_kind = 1 AND c.lock_id IN (SELECT k.lock_id FROM known AS k)
        UNION
        SELECT c.lock_id, c.cell FROM store.risk_cell AS c
        WHERE for_kind = 2 AND c.lock_id IN (SELECT k.lock_id FROM known AS k)
    ),
    shown AS (
        SELECT w.cell, k.label_id, k.step
        FROM unnest(in_cells) AS w (cell)
        JOIN held AS h ON h.cell = w.cell OR w.cell = -1
        JOIN known AS k ON k.lock_id = h.lock_id
        UNION
        SELECT w.cell, p.lock_id >> 5, 4
        FROM store.place_point AS p
        CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k
        JOIN unnest(in_cells) AS w (cell) ON w.cell = k.cell OR w.cell = -1
        WHERE for_kind = 0 AND p.place_id = ANY (access.opened()) AND k.step = 0
        UNION
        SELECT w.cell, r.lock_id >> 5, 4
        FROM store.risk_point AS r
        CROSS JOIN LATERAL store.corners(r.easting, r.northing) AS k
        JOIN unnest(in_cells) AS w (cell) ON w.cell = k.cell OR w.cell = -1
        WHERE for_kind = 2 AND r.note_id = ANY ((SELECT access.opened_risks())::uuid []) AND k.step = 0
    )
    SELECT DISTINCT ON (w.cell, sh.owner_id) w.cell, sh.owner_id, w.step, sh.agreement_id
    FROM shown AS w
    JOIN shared AS sh ON sh.label_id = w.label_id
    ORDER BY w.cell, sh.owner_id, w.step DESC, sh.step DESC, sh.agreement_id;
END
$$;

-- Tell the owner of another's place, opened to the session, that its card is shown: one disclosure in
-- the owner's chain. Nothing for a place of the session's own organisation, and for one it may not see.
CREATE FUNCTION audit.disclose_place(opened_place uuid, details jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
    shown record;
BEGIN
    SELECT * INTO s FROM access.live_session AS l WHERE l.token_hash = access.token_hash();
    IF NOT FOUND OR opened_place <> ALL (coalesce(access.opened(), '{}')) THEN
        RETURN;
    END IF;
    FOR shown IN
        SELECT DISTINCT ON (sh.owner_id) sh.owner_id, sh.agreement_id
        FROM store.place AS p
        JOIN access.shares(s.membership_id, s.purpose, access.clock(), ARRAY[p.lock_id >> 5]) AS sh ON sh.kind = 0
        WHERE p.id = opened_place
        ORDER BY sh.owner_id, sh.step DESC, sh.agreement_id
    LOOP
        PERFORM audit.lock_chains(ARRAY[shown.owner_id, s.organisation_id]);
        PERFORM audit.append_to(shown.owner_id, 'disclosure', details || jsonb_build_object(
            'what', 'opened place', 'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose,
            'recipient', (SELECT o.uid FROM access.organisation AS o WHERE o.id = s.organisation_id),
            'agreement', shown.agreement_id, 'precision', 'exact'
        ));
    END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION audit.disclose_place(uuid, jsonb) TO waymark_app;

-- The places of a tile for a session to which a joint visit opened some: those it holds an exact key
-- for and those, in one layer, because a client keeps one layer of a name. Empty for other sessions.
CREATE FUNCTION layers.places_and_opened(opened uuid [], exact_shelves int [], z int, first bigint, last bigint)
RETURNS bytea
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF opened IS NULL THEN
        RETURN '';
    END IF;
    RETURN (
        SELECT st_asmvt(tile, 'places', 4096, 'geom')
        FROM (
            SELECT
                p.place_id::text AS id,
                ((SELECT s.words FROM reference.slugs AS s WHERE s.list = 'site_kind'))[p.kind] AS kind,
                (ARRAY['ok', 'two_people', 'contact_owner_first', 'do_not_attend'])[p.attend_rule + 1] AS attend_rule,
                st_makepoint((p.x >> (19 - z)) & 4095, (p.y >> (19 - z)) & 4095) AS geom
            FROM (
                SELECT k.place_id, k.key, k.kind, k.attend_rule, k.x, k.y
                FROM unnest(exact_shelves) AS shelf
                JOIN store.place_point AS k ON k.shelf = shelf.shelf AND k.key BETWEEN first AND last
                UNION ALL
                SELECT o.place_id, o.key, o.kind, o.attend_rule, o.x, o.y
                FROM store.place_point AS o
                WHERE o.place_id = ANY (opened) AND o.shelf <> ALL (exact_shelves) AND o.key BETWEEN first AND last
            ) AS p
            ORDER BY p.key, p.place_id
        ) AS tile
    );
END
$$;
GRANT EXECUTE ON FUNCTION layers.places_and_opened(uuid [], int [], int, bigint, bigint) TO waymark_app;

-- As before, but that points and opened points are one layer.
CREATE OR REPLACE FUNCTION layers.places_tile(
    token text, known text, z int, x int, y int, first bigint, last bigint, cells int [], looks int []
) RETURNS SETOF layers.answer
LANGUAGE sql STABLE
AS $$
    SELECT
        (a.pass).outcome,
        (a.pass).ring_key,
        CASE
            WHEN (a.pass).outcome <> 'made' THEN NULL
            WHEN z < 13 THEN layers.place_cells(z, x, y, cells, (a.pass).cell_shelves, NULL)
            ELSE (
                SELECT
                    CASE
                        WHEN (a.pass).opened IS NULL AND cardinality((a.pass).cell_shelves) = cardinality((a.pass).exact_shelves)
                            THEN points.body
                        ELSE points.body
                            || layers.places_and_opened((a.pass).opened, (a.pass).exact_shelves, z, first, last)
                            || layers.place_cells(z, x, y, cells, (a.pass).cell_shelves, (a.pass).exact_shelves)
                    END
                FROM (
                    SELECT public.st_asmvt(tile, 'places', 4096, 'geom') AS body
                    FROM (
                        SELECT
                            p.place_id::text AS id,
                            ((SELECT s.words FROM reference.slugs AS s WHERE s.list = 'site_kind'))[p.kind] AS kind,
                            (ARRAY['ok', 'two_people', 'contact_owner_first', 'do_not_attend'])[p.attend_rule + 1] AS attend_rule,
                            public.st_makepoint((p.x >> (19 - z)) & 4095, (p.y >> (19 - z)) & 4095) AS geom
                        FROM (
                            SELECT unnest(CASE WHEN (a.pass).opened IS NULL THEN (a.pass).exact_shelves END) AS shelf
                        ) AS s
                        CROSS JOIN LATERAL (
                            SELECT pp.place_id, pp.kind, pp.attend_rule, pp.x, pp.y
                            FROM store.place_point AS pp
                            WHERE pp.shelf = s.shelf AND pp.key BETWEEN first AND last
                            ORDER BY pp.key, pp.place_id
                        ) AS p
                    ) AS tile
                ) AS points
            )
        END
    FROM (SELECT layers.admit(token, 'places', 0, looks, known) AS pass OFFSET 0) AS a
$$;

-- Risk flags: category and severity at the place, or the strongest in a square; points known by key and
-- points opened by a joint visit in one layer.
CREATE OR REPLACE FUNCTION layers.risks_tile(
    token text, known text, z int, x int, y int, first bigint, last bigint, cells int [], looks int []
) RETURNS layers.answer
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    pass CONSTANT layers.admission := layers.admit(token, 'risks', 2, looks, known);
    shift CONSTANT int := 19 - z;
    categories text [];
    exact_shelves CONSTANT int [] := CASE WHEN z >= 13 THEN pass.exact_shelves ELSE '{}' END;
    body bytea;
BEGIN
    IF pass.outcome <> 'made' THEN
        RETURN (pass.outcome, pass.ring_key, NULL)::layers.answer;
    END IF;
    SELECT s.words INTO categories FROM reference.slugs AS s WHERE s.list = 'exploitation';
    SELECT st_asmvt(tile, 'risks', 4096, 'geom') INTO body
    FROM (
        SELECT
            r.note_id::text AS id, r.place_id::text AS place, categories[r.category] AS category,
            r.severity::int AS severity,
            st_makepoint((r.x >> shift) & 4095, (r.y >> shift) & 4095) AS geom
        FROM unnest(exact_shelves) AS shelf
        CROSS JOIN LATERAL (
            SELECT rp.note_id, rp.place_id, rp.category, rp.severity, rp.x, rp.y
            FROM store.risk_point AS rp
            WHERE rp.shelf = shelf.shelf AND rp.key BETWEEN first AND last
            ORDER BY rp.key, rp.note_id
        ) AS r
        UNION ALL
        (
            SELECT
                o.note_id::text, o.place_id::text, categories[o.category], o.severity::int,
                st_makepoint((o.x >> shift) & 4095, (o.y >> shift) & 4095)
            FROM store.risk_point AS o
            WHERE
                z >= 13
                AND o.place_id = ANY (pass.opened)
                AND o.shelf <> ALL (exact_shelves)
                AND o.key BETWEEN first AND last
            ORDER BY o.key, o.note_id
        )
    ) AS tile;
    body := body || layers.risk_cells(z, x, y, cells, pass.cell_shelves, exact_shelves);
    RETURN ('made', pass.ring_key, body)::layers.answer;
END
$$;

DROP FUNCTION layers.opened_places(uuid [], int [], int, bigint, bigint);
RESET ROLE;
