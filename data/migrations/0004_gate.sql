-- The gate: a session holds the keys that decide() gives it as one bit string.
-- Functions here belong to waymark_gate and run with its rights, on fixed search paths.

SET ROLE waymark_owner;

CREATE TYPE access.shelf_lists AS (
    exact int [],
    cells int []
);
COMMENT ON TYPE access.shelf_lists IS
'The shelves on which a session holds a key for one kind of record: an exact one, or any, in order.';

CREATE TABLE access.ring (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    membership_id uuid NOT NULL,
    purpose text NOT NULL,
    scope text NOT NULL CHECK (scope IN ('full', 'layers')),
    bits bit varying NOT NULL,
    shelves access.shelf_lists [] NOT NULL,
    fingerprint bytea NOT NULL,
    stamp bigint NOT NULL,
    epoch bigint NOT NULL,
    valid_until timestamptz NOT NULL,
    UNIQUE (membership_id, purpose, scope)
);
COMMENT ON TABLE access.ring IS
'The keys of one membership under one purpose: bit n is set when lock n opens. shelves has one element '
'for each kind of record, so that a reader skips whole shelves. No foreign key: a request that stores '
'a ring must not hold up a change to the membership.';
ALTER TABLE access.ring ALTER COLUMN bits SET STORAGE EXTERNAL;

CREATE SEQUENCE access.ring_stamp;

CREATE TABLE access.session (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    membership_id uuid NOT NULL REFERENCES access.membership ON DELETE CASCADE,
    purpose text NOT NULL,
    scope text NOT NULL DEFAULT 'full' CHECK (scope IN ('full', 'layers')),
    parent_id uuid REFERENCES access.session ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    idle_limit interval NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX session_membership ON access.session (membership_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON access.ring, access.session TO waymark_gate;
GRANT USAGE ON SEQUENCE access.ring_stamp TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- The ring of a membership under a purpose and scope, computed now. The layers scope, given to
-- GIS clients, opens no visit and no note content.
CREATE FUNCTION access.compute_ring(
    membership uuid, for_purpose text, for_scope text, at timestamptz,
    OUT bits bit varying, OUT shelves access.shelf_lists [], OUT valid_until timestamptz
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH decided AS MATERIALIZED (
        SELECT d.label_id, d.kind, d.step, d.content AND (for_scope = 'full' OR d.kind = 0) AS content
        FROM access.decide(membership, for_purpose, at) AS d
    ),
    masks AS (
        SELECT
            d.label_id,
            bit_or(1::bigint << (31 - d.kind * 8 - f.step)) AS mask
        FROM decided AS d
        CROSS JOIN generate_series(0, 5) AS f (step)
        WHERE f.step <= d.step OR (f.step = 5 AND d.content)
        GROUP BY d.label_id
    ),
    on_shelves AS (
        SELECT DISTINCT access.shelf_of(l.owner_id, l.sensitivity) AS shelf, d.kind, d.step
        FROM decided AS d
        JOIN access.label AS l ON l.id = d.label_id
    )
    SELECT
        (
            SELECT string_agg(coalesce(m.mask, 0)::bit(32)::text, '' ORDER BY l.id)::bit varying
            FROM generate_series(0, (SELECT coalesce(max(label.id), 0) FROM access.label)) AS l (id)
            LEFT JOIN masks AS m ON m.label_id = l.id
        ),
        (
            SELECT array_agg(
                (
                    ARRAY(SELECT DISTINCT o.shelf FROM on_shelves AS o WHERE o.kind = k.kind AND o.step = 4 ORDER BY 1),
                    ARRAY(SELECT DISTINCT o.shelf FROM on_shelves AS o WHERE o.kind = k.kind ORDER BY 1)
                )::access.shelf_lists
                ORDER BY k.kind
            )
            FROM generate_series(0, 2) AS k (kind)
        ),
        access.next_change(membership, at)
$$;

-- Every session that may still be used, with its ring. A session dies with its membership, and
-- when its membership's role may no longer choose its purpose.
CREATE VIEW access.live_session WITH (security_barrier = true) AS
SELECT
    s.id,
    s.token_hash,
    s.membership_id,
    m.person_id,
    m.organisation_id,
    m.role,
    s.purpose,
    s.scope,
    s.last_seen_at,
    s.expires_at,
    r.bits,
    r.shelves,
    r.fingerprint,
    r.stamp,
    coalesce(r.epoch = e.epoch AND access.clock() < r.valid_until, false) AS is_fresh
FROM access.session AS s
JOIN access.membership AS m ON m.id = s.membership_id
JOIN access.person AS p ON p.id = m.person_id
JOIN access.organisation AS o ON o.id = m.organisation_id
CROSS JOIN (SELECT sum(c.epoch)::bigint AS epoch FROM access.policy_epoch AS c) AS e
LEFT JOIN access.ring AS r
    ON r.membership_id = s.membership_id AND r.purpose = s.purpose AND r.scope = s.scope
WHERE
    s.ended_at IS NULL
    AND access.clock() < s.expires_at
    AND access.clock() < s.last_seen_at + s.idle_limit
    AND m.suspended_at IS NULL
    AND m.valid_from <= access.clock()
    AND access.clock() < m.valid_until
    AND p.disabled_at IS NULL
    AND EXISTS (
        SELECT FROM access.role_purpose AS rp
        WHERE
            rp.role = m.role
            AND rp.purpose = s.purpose
            AND coalesce(rp.organisation_kind, o.kind) = o.kind
    );

-- The token this transaction carries, hashed; NULL when there is none.
CREATE FUNCTION access.token_hash() RETURNS bytea
LANGUAGE sql STABLE
AS $$ SELECT sha256(convert_to(nullif(current_setting('waymark.token', true), ''), 'UTF8')) $$;

-- The sessions that may be used with the ring they have, found in one look. Whatever ends a
-- membership moves the epoch or is the ring's valid_until, and refresh_ring stores a ring for a live
-- membership only: so while a ring is fresh its membership is live, and is not looked up again.
CREATE VIEW access.ready_session AS
SELECT
    s.id,
    s.token_hash,
    s.membership_id,
    s.last_seen_at,
    r.bits,
    r.shelves,
    r.fingerprint,
    r.stamp
FROM access.session AS s
JOIN access.ring AS r
    ON r.membership_id = s.membership_id AND r.purpose = s.purpose AND r.scope = s.scope
WHERE
    s.ended_at IS NULL
    AND access.clock() < s.expires_at
    AND access.clock() < s.last_seen_at + s.idle_limit
    AND access.clock() < r.valid_until
    AND r.epoch = (SELECT sum(e.epoch)::bigint FROM access.policy_epoch AS e);

CREATE FUNCTION access.keyring() RETURNS bit varying
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ring_bits bit varying;
BEGIN
    -- Appending a bit makes a plain value of a stored one, once, instead of once a row.
    SELECT s.bits || B'0' INTO ring_bits
    FROM access.ready_session AS s
    WHERE s.token_hash = access.token_hash();
    IF NOT FOUND THEN
        SELECT c.bits INTO ring_bits
        FROM access.live_session AS s
        CROSS JOIN LATERAL access.compute_ring(s.membership_id, s.purpose, s.scope, access.clock()) AS c
        WHERE s.token_hash = access.token_hash();
    END IF;
    RETURN ring_bits;
END
$$;
COMMENT ON FUNCTION access.keyring() IS
'The keys of the session whose token this transaction carries; NULL, which opens nothing, for none.';

-- The shelves on which the session holds a key for this kind: exact, or cells.
CREATE FUNCTION access.shelves(for_kind int, exact boolean) RETURNS int []
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    lists access.shelf_lists [];
BEGIN
    SELECT s.shelves INTO lists
    FROM access.ready_session AS s
    WHERE s.token_hash = access.token_hash();
    IF NOT FOUND THEN
        SELECT c.shelves INTO lists
        FROM access.live_session AS s
        CROSS JOIN LATERAL access.compute_ring(s.membership_id, s.purpose, s.scope, access.clock()) AS c
        WHERE s.token_hash = access.token_hash();
    END IF;
    RETURN coalesce(
        CASE WHEN exact THEN (lists[for_kind + 1]).exact ELSE (lists[for_kind + 1]).cells END,
        '{}'
    );
END
$$;

CREATE TYPE access.pass AS (
    session_id uuid,
    membership_id uuid,
    person_id uuid,
    organisation_id int,
    role text,
    purpose text,
    scope text,
    ring_key text,
    expires_at timestamptz
);
COMMENT ON TYPE access.pass IS
'Who is asking, as the database knows it. ring_key changes whenever an answer could; NULL: do not cache.';

-- Store the ring of a live membership again. Left undone while another transaction is changing what
-- rings say: then keyring() computes the same keys on each use until a later call succeeds. Only in
-- a transaction that ends at once, because until then nobody can write what rings open.
CREATE FUNCTION access.refresh_ring(s_membership uuid, s_purpose text, s_scope text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at_epoch bigint;
BEGIN
    IF pg_is_in_recovery() OR NOT pg_try_advisory_xact_lock(hashtext('waymark rings')) THEN
        RETURN;
    END IF;
    -- The epoch is read first: a change that lands in between leaves the ring stale, never wrong.
    SELECT sum(e.epoch) INTO at_epoch FROM access.policy_epoch AS e;
    INSERT INTO access.ring (
        membership_id, purpose, scope, bits, shelves, fingerprint, stamp, epoch, valid_until
    )
    SELECT
        s_membership, s_purpose, s_scope, c.bits, c.shelves,
        sha256(convert_to(c.bits::text, 'UTF8')), nextval('access.ring_stamp'), at_epoch, c.valid_until
    FROM access.compute_ring(s_membership, s_purpose, s_scope, access.clock()) AS c
    JOIN access.membership AS m ON m.id = s_membership
    JOIN access.person AS p ON p.id = m.person_id
    WHERE
        m.suspended_at IS NULL
        AND m.valid_from <= access.clock()
        AND access.clock() < m.valid_until
        AND p.disabled_at IS NULL
    ON CONFLICT (membership_id, purpose, scope) DO UPDATE SET
        bits = excluded.bits,
        shelves = excluded.shelves,
        fingerprint = excluded.fingerprint,
        stamp = excluded.stamp,
        epoch = excluded.epoch,
        valid_until = excluded.valid_until;
END
$$;

-- Records behind these locks changed: every ring that opens one of them gets a new stamp.
-- Rings that open none of them are not touched, so a hidden change is not felt.
CREATE FUNCTION access.stamp_rings(locks int []) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    new_stamp bigint := nextval('access.ring_stamp');
BEGIN
    -- A ring spans every label of its snapshot; a row behind the lock of none would be past its end.
    IF EXISTS (
        SELECT FROM unnest(locks) AS lock_id
        WHERE NOT EXISTS (SELECT FROM access.label AS l WHERE l.id = lock_id >> 5)
    ) THEN
        RAISE EXCEPTION 'a record stands behind the lock of a label, and there is no such label'
        USING ERRCODE = 'foreign_key_violation';
    END IF;
    -- A ring being stored just now could not be stamped before it is committed: wait for that.
    PERFORM pg_advisory_xact_lock_shared(hashtext('waymark rings'));
    UPDATE access.ring
    SET stamp = new_stamp
    WHERE id IN (
        SELECT r.id
        FROM access.ring AS r
        WHERE EXISTS (
            SELECT FROM unnest(locks) AS lock_id
            WHERE CASE WHEN lock_id < length(r.bits) THEN get_bit(r.bits, lock_id) = 1 ELSE false END
        )
        ORDER BY r.id
        FOR UPDATE
    );
END
$$;
RESET ROLE;
