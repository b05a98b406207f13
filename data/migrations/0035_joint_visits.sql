-- The life of a joint visit: the owner proposes a place to a partner for a window, the partner accepts and
-- names members, or declines; either side cancels at once; more time needs a second person of the owner's.

SET ROLE waymark_owner;
ALTER TABLE store.joint_visit
ADD COLUMN help text NOT NULL DEFAULT 'visit_together',
ADD COLUMN accepted_at timestamptz,
ADD COLUMN accepted_by uuid REFERENCES access.membership,
ADD COLUMN declined_at timestamptz,
ADD COLUMN declined_by uuid REFERENCES access.membership,
ADD COLUMN cancelled_by uuid REFERENCES access.membership,
ADD COLUMN extension_until timestamptz,
ADD COLUMN extension_asked_by uuid REFERENCES access.membership,
ADD COLUMN extended_at timestamptz,
ADD COLUMN extended_by uuid REFERENCES access.membership;
COMMENT ON COLUMN store.joint_visit.help IS 'The kind of help asked of the partner, as a code.';
COMMENT ON COLUMN store.joint_visit.extension_until IS
'Until when more time was asked for, by whom in extension_asked_by; empty once somebody else agreed.';
RESET ROLE;

-- What there was before proposals had to be answered was agreed by telephone: it counts as accepted.
SET ROLE waymark_gate;
UPDATE store.joint_visit SET accepted_at = starts_at - interval '24 hours';
RESET ROLE;

SET ROLE waymark_owner;
ALTER TABLE store.joint_visit
DROP CONSTRAINT joint_visit_check1,
ADD CONSTRAINT joint_visit_window CHECK (
    starts_at < ends_at
    AND ends_at <= starts_at + CASE WHEN extended_at IS NULL THEN interval '48 hours' ELSE interval '168 hours' END
),
ADD CONSTRAINT joint_visit_help CHECK (
    help IN ('visit_together', 'keep_safe', 'support', 'health', 'interpreter', 'children')
),
ADD CONSTRAINT joint_visit_answer CHECK (accepted_at IS NULL OR declined_at IS NULL),
ADD CONSTRAINT joint_visit_extension CHECK (
    (extension_until IS NULL) = (extension_asked_by IS NULL)
    AND extension_until > ends_at
    AND extension_until <= ends_at + interval '48 hours'
    AND extension_until <= starts_at + interval '168 hours'
    AND (extended_at IS NULL OR accepted_at IS NOT NULL)
);
CREATE INDEX joint_visit_owner ON store.joint_visit (owner_id, ends_at);
CREATE INDEX joint_visit_partner ON store.joint_visit (partner_id, ends_at);
RESET ROLE;

SET ROLE waymark_gate;

-- As before, but that nothing opens before the partner accepted.
CREATE OR REPLACE FUNCTION access.opened() RETURNS uuid []
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at timestamptz := access.clock();
    s_membership uuid;
    s_purpose text;
    near_visits uuid [];
    near_labels int [];
BEGIN
    -- Most sessions are on no joint visit, and learn it here.
    IF NOT EXISTS (
        SELECT
        FROM access.session AS s
        JOIN store.joint_visit_member AS jm ON jm.membership_id = s.membership_id
        WHERE s.token_hash = access.token_hash()
    ) THEN
        RETURN NULL;
    END IF;
    SELECT s.membership_id, s.purpose, array_agg(j.id), array_agg(p.lock_id >> 5)
    INTO s_membership, s_purpose, near_visits, near_labels
    FROM access.live_session AS s
    JOIN store.joint_visit_member AS jm ON jm.membership_id = s.membership_id
    JOIN store.joint_visit AS j ON j.id = jm.joint_visit_id
    JOIN store.place AS p ON p.id = j.place_id
    JOIN access.membership AS proposer
        ON proposer.id = j.proposed_by AND proposer.organisation_id = j.owner_id
    WHERE
        s.token_hash = access.token_hash()
        AND s.role = 'outreach'
        AND s.purpose IN ('visit', 'safeguarding')
        AND s.organisation_id = j.partner_id
        AND j.accepted_at IS NOT NULL
        AND j.cancelled_at IS NULL
        AND j.starts_at - interval '24 hours' <= at
        AND at < j.ends_at + interval '24 hours'
    GROUP BY s.membership_id, s.purpose;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT array_agg(DISTINCT p.id ORDER BY p.id)
        FROM store.joint_visit AS j
        JOIN store.place AS p ON p.id = j.place_id
        JOIN access.shares(s_membership, s_purpose, at, near_labels) AS shared
            ON shared.label_id = p.lock_id >> 5 AND shared.kind = 0 AND shared.owner_id = j.owner_id
        WHERE j.id = ANY (near_visits)
    );
END
$$;

-- Where a joint visit stands in its life. One that nobody answered is over when its window is; one that was
-- accepted, when it has closed.
CREATE FUNCTION store.joint_visit_state(j store.joint_visit) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN j.cancelled_at IS NOT NULL THEN 'cancelled'
        WHEN j.declined_at IS NOT NULL THEN 'declined'
        WHEN j.accepted_at IS NULL THEN CASE WHEN access.clock() < j.ends_at THEN 'proposed' ELSE 'over' END
        WHEN access.clock() >= j.ends_at + interval '24 hours' THEN 'over'
        WHEN j.extended_at IS NOT NULL THEN 'extended'
        ELSE 'accepted'
    END
$$;

-- The session, if it may take part: an outreach worker's who is here for people, not for enforcement.
CREATE FUNCTION access.acting_on_joint_visits() RETURNS access.live_session
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
BEGIN
    SELECT * INTO s
    FROM access.live_session AS l
    WHERE
        l.token_hash = access.token_hash()
        AND l.role = 'outreach'
        AND l.purpose IN ('visit', 'safeguarding')
        AND l.scope = 'full';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Joint visits are for outreach workers whose purpose is visit or safeguarding.'
        USING errcode = 'insufficient_privilege';
    END IF;
    RETURN s;
END
$$;

-- The joint visits that a session may know of: at its own organisation who sees the place itself, at the
-- partner whom an agreement lets know of the place, however roughly.
CREATE FUNCTION store.known_joint_visits(s access.live_session)
RETURNS TABLE (joint_visit_id uuid, place_id uuid, lock_id int, is_ours boolean)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    ring CONSTANT bit varying := access.keyring();
    near_labels CONSTANT int [] := ARRAY(
        SELECT DISTINCT p.lock_id >> 5
        FROM store.joint_visit AS j
        JOIN store.place AS p ON p.id = j.place_id
        WHERE j.partner_id = s.organisation_id
    );
BEGIN
    RETURN QUERY
    SELECT j.id, p.id, p.lock_id, true
    FROM store.joint_visit AS j
    JOIN store.place AS p ON p.id = j.place_id
    JOIN access.label AS l ON l.id = p.lock_id >> 5 AND l.owner_id = j.owner_id
    WHERE j.owner_id = s.organisation_id AND get_bit(ring, p.lock_id) = 1
    UNION ALL
    SELECT j.id, p.id, p.lock_id, false
    FROM store.joint_visit AS j
    JOIN store.place AS p ON p.id = j.place_id
    WHERE
        j.partner_id = s.organisation_id
        AND EXISTS (
            SELECT
            FROM access.shares(s.membership_id, s.purpose, access.clock(), near_labels) AS shared
            WHERE shared.label_id = p.lock_id >> 5 AND shared.kind = 0 AND shared.owner_id = j.owner_id
        );
END
$$;

-- One joint visit, or the 200 latest of the last 30 days and to come. The place is named only to who sees it now; the
-- partner else is told its square, at the finest step for which the session holds a key.
CREATE FUNCTION store.joint_visits(which uuid)
RETURNS TABLE (
    id uuid, is_ours boolean, owner text, partner text, help text, state text, starts_at timestamptz,
    ends_at timestamptz, is_open boolean, is_named boolean, named int, place_id uuid, first_shelf int, step int,
    easting int, northing int, cell int, extension_until timestamptz, is_asked_by_me boolean
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    at CONSTANT timestamptz := access.clock();
    s CONSTANT access.live_session := access.acting_on_joint_visits();
    ring CONSTANT bit varying := access.keyring();
    opened CONSTANT uuid [] := access.opened();
BEGIN
    RETURN QUERY
    SELECT
        j.id,
        k.is_ours,
        o.name,
        p.name,
        j.help,
        now.state,
        j.starts_at,
        j.ends_at,
        now.state IN ('accepted', 'extended') AND j.starts_at - interval '24 hours' <= at,
        EXISTS (
            SELECT FROM store.joint_visit_member AS jm
            WHERE jm.joint_visit_id = j.id AND jm.membership_id = s.membership_id
        ),
        (SELECT count(*)::int FROM store.joint_visit_member AS jm WHERE jm.joint_visit_id = j.id),
        CASE WHEN k.is_ours OR k.place_id = ANY (opened) THEN k.place_id END,
        access.shelf_of(j.owner_id, 0),
        square.step,
        square.corner_easting,
        square.corner_northing,
        square.cell,
        CASE WHEN k.is_ours THEN j.extension_until END,
        k.is_ours AND coalesce(asker.person_id = s.person_id, false)
    FROM store.known_joint_visits(s) AS k
    JOIN store.joint_visit AS j ON j.id = k.joint_visit_id
    JOIN access.organisation AS o ON o.id = j.owner_id
    JOIN access.organisation AS p ON p.id = j.partner_id
    JOIN store.place_point AS pp ON pp.place_id = k.place_id
    LEFT JOIN access.membership AS asker ON asker.id = j.extension_asked_by
    CROSS JOIN LATERAL (SELECT store.joint_visit_state(j) AS state) AS now
    LEFT JOIN LATERAL (
        SELECT c.step, c.corner_easting, c.corner_northing, c.cell
        FROM store.corners(pp.easting, pp.northing) AS c
        WHERE NOT k.is_ours AND get_bit(ring, k.lock_id - 5 + c.step) = 1
        ORDER BY c.step DESC
        LIMIT 1
    ) AS square ON true
    WHERE CASE WHEN which IS NULL THEN j.ends_at > at - interval '30 days' ELSE j.id = which END
    ORDER BY j.ends_at DESC, j.id
    LIMIT 200;
END
$$;

-- The outreach workers of the session's own organisation who may be named now.
CREATE FUNCTION store.nameable_members(s access.live_session) RETURNS TABLE (membership_id uuid, email text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT m.id, p.email
    FROM access.membership AS m
    JOIN access.person AS p ON p.id = m.person_id
    WHERE
        m.organisation_id = s.organisation_id
        AND m.role = 'outreach'
        AND m.suspended_at IS NULL
        AND m.valid_from <= access.clock()
        AND access.clock() < m.valid_until
        AND p.disabled_at IS NULL
$$;

-- Of the session's own organisation, as the partner: who is named, or before an answer who may be. The owner
-- is told a number only: who works at a partner is the partner's to tell.
CREATE FUNCTION store.joint_visit_members(which uuid) RETURNS TABLE (membership_id uuid, email text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    s CONSTANT access.live_session := access.acting_on_joint_visits();
    j store.joint_visit;
BEGIN
    SELECT v.* INTO j
    FROM store.known_joint_visits(s) AS k
    JOIN store.joint_visit AS v ON v.id = k.joint_visit_id
    WHERE k.joint_visit_id = which AND NOT k.is_ours;
    RETURN QUERY
    SELECT n.membership_id, n.email
    FROM store.nameable_members(s) AS n
    WHERE store.joint_visit_state(j) = 'proposed' AND j.id IS NOT NULL
    UNION ALL
    SELECT m.id, p.email
    FROM store.joint_visit_member AS jm
    JOIN access.membership AS m ON m.id = jm.membership_id AND m.organisation_id = s.organisation_id
    JOIN access.person AS p ON p.id = m.person_id
    WHERE jm.joint_visit_id = j.id AND j.accepted_at IS NOT NULL
    ORDER BY 2, 1;
END
$$;

GRANT EXECUTE ON FUNCTION store.joint_visits(uuid), store.joint_visit_members(uuid) TO waymark_app;
RESET ROLE;
