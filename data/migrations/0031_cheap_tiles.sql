-- Tiles that look the session up without calling a function: through views which show a session what is
-- its own, and which PostgreSQL plans into the caller's query.
--
-- They run with the rights of waymark_gate, as the functions of the gate do, and are as narrow: each
-- shows at most what belongs to the one session whose token's hash the transaction can produce. Security
-- barriers keep the caller's own conditions from being asked of any other row; coalesce() keeps the
-- conditions on other tables out of the joins, where each would cost more. Where such a view shows
-- nothing, because a ring is stale, the function decides as before.

SET ROLE waymark_gate;

-- The keys of this session, where the ring that it carries may be used. Appending a bit makes a plain
-- value of a stored one, once, instead of once a row.
CREATE VIEW access.own_keys WITH (security_barrier = true) AS
SELECT s.ring_bits || B'0' AS bits
FROM access.session AS s
WHERE
    s.token_hash = sha256(convert_to(nullif(current_setting('waymark.token', true), ''), 'UTF8'))
    AND access.clock() < s.usable_until
    AND NOT coalesce(EXISTS (SELECT FROM access.policy_epoch AS e WHERE e.epoch <> ALL (s.ring_epochs)), true);

-- The places, and the risk flags, that joint visits open to this session; no row for the many who are on none.
CREATE VIEW access.own_opened WITH (security_barrier = true) AS
SELECT access.opened() AS places
FROM access.session AS s
WHERE
    s.token_hash = sha256(convert_to(nullif(current_setting('waymark.token', true), ''), 'UTF8'))
    AND coalesce(EXISTS (SELECT FROM store.joint_visit_member AS jm WHERE jm.membership_id = s.membership_id), false);

CREATE VIEW access.own_opened_risks WITH (security_barrier = true) AS
SELECT access.opened_risks() AS risks
FROM access.session AS s
WHERE
    s.token_hash = sha256(convert_to(nullif(current_setting('waymark.token', true), ''), 'UTF8'))
    AND coalesce(EXISTS (SELECT FROM store.joint_visit_member AS jm WHERE jm.membership_id = s.membership_id), false);

-- The windows of consultation that stand in the audit for this session, and with each what admits it to
-- a layer. Nothing for one that must be written down as seen, that is on a joint visit, or whose ring is stale.
CREATE VIEW access.own_looks WITH (security_barrier = true) AS
SELECT
    k.layer,
    k.cell,
    encode(s.ring_fingerprint, 'hex') || '.' || r.stamp AS ring_key,
    s.ring_shelves AS shelves
FROM access.session AS s
JOIN access.ring AS r ON r.id = s.ring_id
JOIN audit.look AS k ON k.session_id = s.id
WHERE
    s.token_hash = sha256(convert_to(nullif(current_setting('waymark.token', true), ''), 'UTF8'))
    AND access.clock() < s.usable_until
    AND (access.clock() < s.seen_until OR pg_is_in_recovery())
    AND access.clock() < k.until
    AND NOT coalesce(EXISTS (SELECT FROM access.policy_epoch AS e WHERE e.epoch <> ALL (s.ring_epochs)), true)
    AND NOT coalesce(
        EXISTS (SELECT FROM store.joint_visit_member AS jm WHERE jm.membership_id = s.membership_id), true
    );
GRANT SELECT ON access.own_keys, access.own_opened, access.own_opened_risks, access.own_looks TO waymark_app;
RESET ROLE;
SET ROLE waymark_owner;

DO $$
DECLARE
    protected record;
BEGIN
    FOR protected IN
        SELECT * FROM (
            VALUES
            ('place', ' OR id = ANY ((SELECT o.places FROM access.own_opened AS o)::uuid [])'),
            ('place_history', ' AND EXISTS (SELECT FROM store.place AS p WHERE p.id = place_id)'),
            ('place_point', ' OR place_id = ANY ((SELECT o.places FROM access.own_opened AS o)::uuid [])'),
            ('place_cell', ''), ('visit', ''), ('visit_point', ''), ('visit_cell', ''),
            ('note', ''), ('note_key', ''), ('note_grade', ''),
            ('risk_point', ' OR note_id = ANY ((SELECT o.risks FROM access.own_opened_risks AS o)::uuid [])'),
            ('risk_cell', '')
        ) AS t (name, opens)
    LOOP
        EXECUTE format(
            'ALTER POLICY keys ON store.%I USING ('
            'get_bit((SELECT coalesce((SELECT k.bits FROM access.own_keys AS k), access.keyring())), lock_id) = 1%s)',
            protected.name, protected.opens
        );
    END LOOP;
END
$$;
RESET ROLE;

SET ROLE waymark_gate;

-- Who is asking, and may the answer leave: the looks must already stand in the audit. With it, in
-- the same look-up, the shelves on which the session holds a key for this kind of record. A session
-- that was not seen for a minute, or whose ring went stale, goes through access.enter first; when
-- that cannot store the ring, everything is computed and nothing may be kept. As before, but that the windows
-- are counted in that look-up: only fewer than cells are asked for one by one.
CREATE OR REPLACE FUNCTION layers.admit(token text, in_layer text, for_kind int, look_cells int [], known text)
RETURNS layers.admission
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    carried CONSTANT text := set_config('waymark.token', token, true);
    pass access.pass;
    has_entered boolean := false;
    found_session uuid;
    found_key text;
    found_exact int [];
    found_cells int [];
    has_joint_visit boolean;
    windows int;
    opened uuid [];
BEGIN
    LOOP
        SELECT
            s.id,
            encode(s.fingerprint, 'hex') || '.' || s.stamp,
            (s.shelves[for_kind + 1]).exact,
            (s.shelves[for_kind + 1]).cells,
            EXISTS (SELECT FROM store.joint_visit_member AS jm WHERE jm.membership_id = s.membership_id),
            (
                SELECT count(*)
                FROM audit.look AS k
                WHERE
                    k.session_id = s.id AND k.layer = in_layer AND k.cell = ANY (look_cells)
                    AND k.until > access.clock()
            )
        INTO found_session, found_key, found_exact, found_cells, has_joint_visit, windows
        FROM access.ready_session AS s
        WHERE
            s.token_hash = access.token_hash()
            AND (s.last_seen_at > access.clock() - interval '1 minute' OR pg_is_in_recovery());
        EXIT WHEN FOUND OR has_entered;
        pass := access.enter(token);
        IF pass.session_id IS NULL THEN
            RETURN ('signed out', NULL, NULL, NULL, NULL)::layers.admission;
        END IF;
        has_entered := true;
    END LOOP;
    IF found_session IS NULL THEN
        found_session := pass.session_id;
        found_exact := access.shelves(for_kind, true);
        found_cells := access.shelves(for_kind, false);
        has_joint_visit := true;
    END IF;
    IF
        coalesce(windows, 0) < cardinality(look_cells)
        AND NOT audit.looks_are_open(found_session, in_layer, look_cells)
    THEN
        RETURN ('not logged', NULL, NULL, NULL, NULL)::layers.admission;
    END IF;
    IF has_joint_visit THEN
        opened := access.opened();
        found_key := CASE WHEN opened IS NULL THEN found_key END;
    END IF;
    RETURN (
        CASE WHEN found_key = known THEN 'known' ELSE 'made' END, found_key, found_exact, found_cells, opened
    )::layers.admission;
END
$$;

-- The slugs of site kinds as a constant of the query; a test holds it to reference.slugs.
DO $$
BEGIN
    EXECUTE format(
        'CREATE FUNCTION layers.site_kinds() RETURNS text [] LANGUAGE sql IMMUTABLE AS %L',
        format('SELECT %L::text []', (SELECT s.words FROM reference.slugs AS s WHERE s.list = 'site_kind'))
    );
END
$$;
GRANT EXECUTE ON FUNCTION layers.site_kinds() TO waymark_app;

-- What few tiles of zoom 13 and more need beside the places that the session knows by key, in one
-- function, because each one that a query names costs time whether it is called or not: the places in
-- one layer with those a joint visit opened, and squares. Below zoom 13 squares are all there is.
CREATE FUNCTION layers.places_else(
    pass layers.admission, z int, x int, y int, first bigint, last bigint, cells int []
) RETURNS bytea
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF z < 13 THEN
        RETURN layers.place_cells(z, x, y, cells, pass.cell_shelves, NULL);
    END IF;
    RETURN layers.places_and_opened(pass.opened, pass.exact_shelves, z, first, last)
        || layers.place_cells(z, x, y, cells, pass.cell_shelves, pass.exact_shelves);
END
$$;
GRANT EXECUTE ON FUNCTION layers.places_else(layers.admission, int, int, int, bigint, bigint, int []) TO waymark_app;

-- As before, but that a session is admitted by the view of its own windows where that suffices.
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
            WHEN z < 13 THEN layers.places_else(a.pass, z, x, y, first, last, cells)
            ELSE (
                SELECT
                    CASE
                        WHEN (a.pass).opened IS NULL AND cardinality((a.pass).cell_shelves) = cardinality((a.pass).exact_shelves)
                            THEN public.st_asmvt(tile, 'places', 4096, 'geom')
                        ELSE public.st_asmvt(tile, 'places', 4096, 'geom')
                            || layers.places_else(a.pass, z, x, y, first, last, cells)
                    END
                FROM (
                    SELECT
                        p.place_id::text AS id,
                        (layers.site_kinds())[p.kind] AS kind,
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
            )
        END
    FROM (
        SELECT coalesce(
            -- Most tiles of zoom 15 and 16 touch one cell: one probe.
            CASE
                WHEN cardinality(looks) = 1 AND set_config('waymark.token', token, true) IS NOT NULL THEN (
                    SELECT (
                        CASE WHEN o.ring_key = known THEN 'known' ELSE 'made' END,
                        o.ring_key, (o.shelves[1]).exact, (o.shelves[1]).cells, NULL
                    )::layers.admission
                    FROM access.own_looks AS o
                    WHERE o.layer = 'places' AND o.cell = looks[1]
                )
            END,
            layers.admit(token, 'places', 0, looks, known)
        ) AS pass
        OFFSET 0
    ) AS a
$$;
RESET ROLE;
