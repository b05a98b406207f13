-- A ring knows whether its membership is on any joint visit, so that a tile need not look.

SET ROLE waymark_owner;
INSERT INTO access.policy_epoch VALUES ('joint visits', nextval('access.epoch'));
CREATE TRIGGER moves_epoch AFTER INSERT OR UPDATE OR DELETE ON store.joint_visit_member
FOR EACH STATEMENT EXECUTE FUNCTION access.move_epoch('joint visits');

ALTER TABLE access.ring ADD COLUMN on_joint_visits boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN access.ring.on_joint_visits IS
'Was the membership on any joint visit, past, present or to come, when the keys were computed?';
ALTER TABLE access.session ADD COLUMN ring_on_joint_visits boolean NOT NULL DEFAULT true;
DROP TRIGGER gives_ring ON access.ring;
CREATE TRIGGER gives_ring
AFTER INSERT OR UPDATE OF bits, shelves, fingerprint, epochs, on_joint_visits, valid_until ON access.ring
FOR EACH ROW EXECUTE FUNCTION access.give_ring();
RESET ROLE;

SET ROLE waymark_gate;

-- As before, and whether there are joint visits.
CREATE OR REPLACE FUNCTION access.take_ring() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    r access.ring;
BEGIN
    SELECT * INTO r
    FROM access.ring AS k
    WHERE k.membership_id = NEW.membership_id AND k.purpose = NEW.purpose AND k.scope = NEW.scope;
    IF FOUND THEN
        NEW.ring_id := r.id;
        NEW.ring_bits := r.bits;
        NEW.ring_shelves := r.shelves;
        NEW.ring_fingerprint := r.fingerprint;
        NEW.ring_epochs := r.epochs;
        NEW.ring_on_joint_visits := r.on_joint_visits;
        NEW.ring_valid_until := r.valid_until;
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION access.give_ring() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE access.session
    SET
        ring_id = NEW.id,
        ring_bits = NEW.bits,
        ring_shelves = NEW.shelves,
        ring_fingerprint = NEW.fingerprint,
        ring_epochs = NEW.epochs,
        ring_on_joint_visits = NEW.on_joint_visits,
        ring_valid_until = NEW.valid_until
    WHERE id IN (
        SELECT s.id
        FROM access.session AS s
        WHERE s.membership_id = NEW.membership_id AND s.purpose = NEW.purpose AND s.scope = NEW.scope
        FOR NO KEY UPDATE SKIP LOCKED
    );
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION access.refresh_ring(s_membership uuid, s_purpose text, s_scope text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at_epochs bigint [];
BEGIN
    IF pg_is_in_recovery() OR NOT pg_try_advisory_xact_lock(hashtext('waymark rings')) THEN
        RETURN;
    END IF;
    -- The epochs are read first: a change that lands in between leaves the ring stale, never wrong.
    SELECT array_agg(e.epoch) INTO at_epochs FROM access.policy_epoch AS e;
    INSERT INTO access.ring (
        membership_id, purpose, scope, bits, shelves, fingerprint, stamp, epochs, on_joint_visits, valid_until
    )
    SELECT
        s_membership, s_purpose, s_scope, c.bits, c.shelves,
        sha256(convert_to(c.bits::text, 'UTF8')), nextval('access.ring_stamp'), at_epochs,
        EXISTS (SELECT FROM store.joint_visit_member AS jm WHERE jm.membership_id = s_membership), c.valid_until
    FROM access.compute_ring(s_membership, s_purpose, s_scope, access.clock()) AS c
    WHERE EXISTS (
        SELECT FROM access.live_session AS l
        WHERE l.membership_id = s_membership AND l.purpose = s_purpose AND l.scope = s_scope
    )
    ON CONFLICT (membership_id, purpose, scope) DO UPDATE SET
        bits = excluded.bits,
        shelves = excluded.shelves,
        fingerprint = excluded.fingerprint,
        stamp = excluded.stamp,
        epochs = excluded.epochs,
        on_joint_visits = excluded.on_joint_visits,
        valid_until = excluded.valid_until;
END
$$;

-- As before, but that the ring knows of joint visits, and that its stamp is read beside the row, not joined.
CREATE OR REPLACE VIEW access.own_looks WITH (security_barrier = true) AS
SELECT
    k.layer,
    k.cell,
    encode(s.ring_fingerprint, 'hex') || '.'
    || (SELECT r.stamp FROM access.ring AS r WHERE r.id = s.ring_id) AS ring_key,
    s.ring_shelves AS shelves
FROM access.session AS s
JOIN audit.look AS k ON k.session_id = s.id
WHERE
    s.token_hash = sha256(convert_to(nullif(current_setting('waymark.token', true), ''), 'UTF8'))
    AND access.clock() < s.usable_until
    AND (access.clock() < s.seen_until OR pg_is_in_recovery())
    AND access.clock() < k.until
    AND NOT s.ring_on_joint_visits
    AND NOT coalesce(EXISTS (SELECT FROM access.policy_epoch AS e WHERE e.epoch <> ALL (s.ring_epochs)), true);

-- As before, but that one scan reads all shelves, and that one look-up admits to a tile on several cells:
-- a session has at most one window a cell, so that as many windows as cells are all of them.
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
                        SELECT pp.place_id, pp.kind, pp.attend_rule, pp.x, pp.y
                        FROM store.place_point AS pp
                        WHERE
                            pp.shelf = ANY (CASE WHEN (a.pass).opened IS NULL THEN (a.pass).exact_shelves END)
                            AND pp.key BETWEEN first AND last
                        ORDER BY pp.shelf, pp.key, pp.place_id
                    ) AS p
                ) AS tile
            )
        END
    FROM (
        SELECT coalesce(
            CASE
                WHEN cardinality(looks) > 0 AND set_config('waymark.token', token, true) IS NOT NULL THEN (
                    SELECT (
                        CASE WHEN o.ring_key = known THEN 'known' ELSE 'made' END,
                        o.ring_key, (o.shelves[1]).exact, (o.shelves[1]).cells, NULL
                    )::layers.admission
                    FROM access.own_looks AS o
                    WHERE o.layer = 'places' AND o.cell = ANY (looks)
                    LIMIT 1 OFFSET cardinality(looks) - 1
                )
            END,
            layers.admit(token, 'places', 0, looks, known)
        ) AS pass
        OFFSET 0
    ) AS a
$$;
RESET ROLE;

-- What joint visits open is asked of the functions themselves, and only where a row is met that no key
-- opens: a view that looks before costs each tile more than the function costs the few who need it.
SET ROLE waymark_owner;
DO $$
DECLARE
    protected record;
BEGIN
    FOR protected IN
        SELECT * FROM (
            VALUES
            ('place', 'id', 'access.opened()'),
            ('place_point', 'place_id', 'access.opened()'),
            ('place_flag', 'place_id', 'access.opened()'),
            ('risk_point', 'note_id', 'access.opened_risks()')
        ) AS t (name, column_name, opened)
    LOOP
        EXECUTE format(
            'ALTER POLICY keys ON store.%I USING ('
            'get_bit((SELECT coalesce((SELECT k.bits FROM access.own_keys AS k), access.keyring())), lock_id) = 1 '
            'OR %I = ANY ((SELECT %s)::uuid []))',
            protected.name, protected.column_name, protected.opened
        );
    END LOOP;
END
$$;
RESET ROLE;
SET ROLE waymark_gate;
DROP VIEW access.own_opened, access.own_opened_risks;
RESET ROLE;
