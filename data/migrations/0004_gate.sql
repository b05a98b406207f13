-- The gate: decide() turns policy into keys, a session holds them as one bit string.
-- Functions here belong to waymark_gate and run with its rights, on fixed search paths.

SET ROLE waymark_owner;

CREATE TABLE access.ring (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    membership_id uuid NOT NULL REFERENCES access.membership ON DELETE CASCADE,
    purpose text NOT NULL,
    scope text NOT NULL CHECK (scope IN ('full', 'layers')),
    bits bit varying NOT NULL,
    shelves int [] NOT NULL,
    fingerprint bytea NOT NULL,
    stamp bigint NOT NULL,
    epoch bigint NOT NULL,
    valid_until timestamptz NOT NULL,
    UNIQUE (membership_id, purpose, scope)
);
COMMENT ON TABLE access.ring IS
'The keys of one membership under one purpose: bit n is set when lock n opens. shelves holds '
'shelf * 8 + kind * 2 + exact for every shelf with a key, so that a reader skips whole shelves.';
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
GRANT CREATE ON SCHEMA access, store, audit, imports, layers TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- What the conditions of a handling leave: the finest step for this recipient, or -1.
CREATE FUNCTION access.step_under(conditions jsonb, recipient uuid, purpose text, at timestamptz)
RETURNS int LANGUAGE sql STABLE
AS $$
    SELECT CASE
        WHEN conditions = '{}' THEN 4
        WHEN EXISTS (
            SELECT FROM jsonb_object_keys(conditions) AS name
            WHERE name NOT IN ('recipients', 'purposes', 'finest_step', 'expires')
        ) THEN -1
        WHEN conditions ? 'recipients' AND NOT conditions -> 'recipients' ? recipient::text THEN -1
        WHEN conditions ? 'purposes' AND NOT conditions -> 'purposes' ? purpose THEN -1
        WHEN conditions ? 'expires' AND (conditions ->> 'expires')::timestamptz <= at THEN -1
        ELSE coalesce((conditions ->> 'finest_step')::int, 4)
    END
$$;

CREATE FUNCTION access.is_live(agreement access.agreement, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE
AS $$
    SELECT
        agreement.provider_signed_by IS NOT NULL
        AND agreement.recipient_signed_by IS NOT NULL
        AND agreement.suspended_at IS NULL
        AND agreement.valid_from <= at
        AND at < agreement.valid_until
$$;

-- The whole policy in one place: for a membership and a purpose, every label it may know,
-- the finest step for each kind of record, and whether the content itself is open.
CREATE FUNCTION access.decide(membership uuid, for_purpose text, at timestamptz)
RETURNS TABLE (label_id int, kind int, step int, content boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH me AS (
        SELECT
            m.id,
            m.organisation_id,
            m.clearance,
            o.uid
        FROM access.membership AS m
        JOIN access.person AS p ON p.id = m.person_id
        JOIN access.organisation AS o ON o.id = m.organisation_id
        WHERE
            m.id = membership
            AND m.role IN ('outreach', 'analyst')
            AND m.suspended_at IS NULL
            AND p.disabled_at IS NULL
            AND m.valid_from <= at
            AND at < m.valid_until
            AND EXISTS (
                SELECT FROM access.role_purpose AS rp
                WHERE
                    rp.role = m.role
                    AND rp.purpose = for_purpose
                    AND coalesce(rp.organisation_kind, o.kind) = o.kind
            )
    ),
    reachable AS (
        SELECT
            l.id,
            l.owner_id,
            l.sensitivity,
            l.area_id,
            h.owner_only,
            h.conditions,
            l.owner_id = me.organisation_id AS is_own,
            me.organisation_id,
            me.uid
        FROM me
        JOIN access.label AS l ON l.sensitivity <= me.clearance
        JOIN access.handling AS h ON h.id = l.handling_id
        WHERE
            l.area_id IN (
                SELECT ma.area_id FROM access.membership_area AS ma WHERE ma.membership_id = me.id
            )
            AND (
                l.operation_id IS NULL
                OR l.operation_id IN (
                    SELECT om.operation_id
                    FROM access.operation_member AS om
                    WHERE om.membership_id = me.id
                )
            )
            AND NOT (for_purpose = 'enforcement' AND l.collected_for = 'welfare')
            AND me.id <> ALL (h.excluded)
    ),
    ruled AS (
        SELECT
            r.*,
            (
                SELECT min(rule.step)
                FROM access.precision_rule AS rule
                WHERE
                    rule.audience = CASE WHEN r.is_own THEN 'own' ELSE 'partner' END
                    AND rule.purpose = for_purpose
                    AND rule.sensitivity = r.sensitivity
                    AND coalesce(rule.organisation_id, r.owner_id) = r.owner_id
            ) AS rule_step
        FROM reachable AS r
    ),
    granted AS (
        SELECT
            r.id,
            k.kind,
            r.rule_step::int AS step,
            true AS is_own
        FROM ruled AS r
        CROSS JOIN generate_series(0, 2) AS k (kind)
        WHERE r.is_own
        UNION ALL
        SELECT
            r.id,
            k.kind,
            least(
                r.rule_step,
                a.finest_step,
                access.step_under(r.conditions, r.uid, for_purpose, at)
            ),
            false
        FROM ruled AS r
        JOIN access.agreement AS a
            ON a.provider_id = r.owner_id AND a.recipient_id = r.organisation_id
        JOIN access.agreement_area AS aa
            ON aa.agreement_id = a.id AND aa.area_id = r.area_id
        CROSS JOIN unnest(a.kinds) AS k (kind)
        WHERE
            NOT r.is_own
            AND NOT r.owner_only
            AND access.is_live(a, at)
            AND for_purpose = ANY (a.purposes)
            AND r.sensitivity <= a.max_sensitivity
    )
    SELECT
        g.id,
        g.kind,
        max(g.step),
        bool_or(g.is_own AND g.step = 4)
    FROM granted AS g
    WHERE g.step >= 0
    GROUP BY g.id, g.kind
$$;

-- The next moment at which decide() may answer differently without any row changing.
CREATE FUNCTION access.next_change(membership uuid, at timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(min(moment), 'infinity')
    FROM (
        SELECT unnest(ARRAY[m.valid_from, m.valid_until])
        FROM access.membership AS m
        WHERE m.id = membership
        UNION ALL
        SELECT unnest(ARRAY[a.valid_from, a.valid_until])
        FROM access.agreement AS a
        JOIN access.membership AS m ON m.organisation_id = a.recipient_id
        WHERE m.id = membership
        UNION ALL
        SELECT (h.conditions ->> 'expires')::timestamptz
        FROM access.handling AS h
        WHERE h.conditions ? 'expires'
    ) AS moments (moment)
    WHERE moment > at
$$;

-- The ring of a membership under a purpose and scope, computed now. The layers scope, given to
-- GIS clients, opens no visit and no note content.
CREATE FUNCTION access.compute_ring(
    membership uuid, for_purpose text, for_scope text, at timestamptz,
    OUT bits bit varying, OUT shelves int [], OUT valid_until timestamptz
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
    )
    SELECT
        (
            SELECT string_agg(coalesce(m.mask, 0)::bit(32)::text, '' ORDER BY l.id)::bit varying
            FROM generate_series(0, (SELECT coalesce(max(label.id), 0) FROM access.label)) AS l (id)
            LEFT JOIN masks AS m ON m.label_id = l.id
        ),
        coalesce((
            SELECT array_agg(DISTINCT
                access.shelf_of(l.owner_id, l.sensitivity) * 8
                + d.kind * 2
                + CASE WHEN d.step = 4 THEN e.exact ELSE 0 END
            )
            FROM decided AS d
            JOIN access.label AS l ON l.id = d.label_id
            CROSS JOIN generate_series(0, 1) AS e (exact)
        ), '{}'),
        access.next_change(membership, at)
$$;

-- Every session that may still be used, with its ring. A session dies with its membership.
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
CROSS JOIN access.policy_epoch AS e
LEFT JOIN access.ring AS r
    ON r.membership_id = s.membership_id AND r.purpose = s.purpose AND r.scope = s.scope
WHERE
    s.ended_at IS NULL
    AND access.clock() < s.expires_at
    AND access.clock() < s.last_seen_at + s.idle_limit
    AND m.suspended_at IS NULL
    AND m.valid_from <= access.clock()
    AND access.clock() < m.valid_until
    AND p.disabled_at IS NULL;

-- The token this transaction carries, hashed; NULL when there is none.
CREATE FUNCTION access.token_hash() RETURNS bytea
LANGUAGE sql STABLE
AS $$ SELECT sha256(convert_to(nullif(current_setting('waymark.token', true), ''), 'UTF8')) $$;

CREATE FUNCTION access.keyring() RETURNS bit varying
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ring_bits bit varying;
    ring_is_fresh boolean;
    s_membership uuid;
    s_purpose text;
    s_scope text;
BEGIN
    -- Appending a bit makes a plain value of a stored one, once, instead of once a row.
    SELECT s.bits || B'0', s.is_fresh, s.membership_id, s.purpose, s.scope
    INTO ring_bits, ring_is_fresh, s_membership, s_purpose, s_scope
    FROM access.live_session AS s
    WHERE s.token_hash = access.token_hash();
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF NOT ring_is_fresh THEN
        SELECT c.bits INTO ring_bits
        FROM access.compute_ring(s_membership, s_purpose, s_scope, access.clock()) AS c;
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
    ring_shelves int [];
    ring_is_fresh boolean;
    s_membership uuid;
    s_purpose text;
    s_scope text;
BEGIN
    SELECT s.shelves, s.is_fresh, s.membership_id, s.purpose, s.scope
    INTO ring_shelves, ring_is_fresh, s_membership, s_purpose, s_scope
    FROM access.live_session AS s
    WHERE s.token_hash = access.token_hash();
    IF NOT FOUND THEN
        RETURN '{}';
    ELSIF NOT ring_is_fresh THEN
        SELECT c.shelves INTO ring_shelves
        FROM access.compute_ring(s_membership, s_purpose, s_scope, access.clock()) AS c;
    END IF;
    RETURN ARRAY(
        SELECT shelf >> 3
        FROM unnest(ring_shelves) AS shelf
        WHERE (shelf & 7) = for_kind * 2 + exact::int
        ORDER BY 1
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

-- Store the ring of a session again. Left undone while another transaction is changing what
-- rings say: then keyring() computes the same keys on each use until a later call succeeds.
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
    SELECT epoch INTO at_epoch FROM access.policy_epoch;
    INSERT INTO access.ring (
        membership_id, purpose, scope, bits, shelves, fingerprint, stamp, epoch, valid_until
    )
    SELECT
        s_membership, s_purpose, s_scope, c.bits, c.shelves,
        sha256(convert_to(c.bits::text, 'UTF8')), nextval('access.ring_stamp'), at_epoch, c.valid_until
    FROM access.compute_ring(s_membership, s_purpose, s_scope, access.clock()) AS c
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
