-- The decision: from policy as data to labels, steps of the ladder and content.
-- Functions here belong to waymark_gate; those that others call run with its rights.

SET ROLE waymark_owner;
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

-- The labels that a membership may know of under a purpose, before any precision: within its
-- clearance, areas and operations, behind the welfare wall, and not excluded as a person. Of these
-- labels alone, or of all when labels is NULL.
CREATE FUNCTION access.reachable(membership uuid, for_purpose text, at timestamptz, labels int [])
RETURNS TABLE (
    label_id int, owner_id int, sensitivity smallint, area_id int, owner_only boolean, conditions jsonb,
    is_own boolean, organisation_id int, organisation uuid
)
LANGUAGE sql STABLE
AS $$
    WITH me AS MATERIALIZED (
        SELECT
            m.id,
            m.organisation_id,
            m.clearance,
            o.uid,
            ARRAY(SELECT ma.area_id FROM access.membership_area AS ma WHERE ma.membership_id = m.id) AS areas,
            ARRAY(
                SELECT om.operation_id FROM access.operation_member AS om WHERE om.membership_id = m.id
            ) AS operations,
            ARRAY(SELECT x.id FROM access.membership AS x WHERE x.person_id = m.person_id) AS memberships
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
    )
    SELECT
        l.id,
        l.owner_id,
        l.sensitivity,
        l.area_id,
        h.owner_only,
        h.conditions,
        l.owner_id = me.organisation_id,
        me.organisation_id,
        me.uid
    FROM me
    JOIN access.label AS l ON l.sensitivity <= me.clearance AND l.area_id = ANY (me.areas)
    JOIN access.handling AS h ON h.id = l.handling_id
    WHERE
        (labels IS NULL OR l.id = ANY (labels))
        AND (l.operation_id IS NULL OR l.operation_id = ANY (me.operations))
        AND NOT (for_purpose = 'enforcement' AND l.collected_for = 'welfare')
        AND NOT h.excluded && me.memberships
$$;

-- What other organisations share with a membership: for each label and kind of record, the finest
-- step that a live agreement and the label's own conditions allow, and that agreement.
CREATE FUNCTION access.shares(membership uuid, for_purpose text, at timestamptz, labels int [])
RETURNS TABLE (
    label_id int, owner_id int, sensitivity smallint, kind smallint, step int, agreement_id uuid
)
LANGUAGE plpgsql STABLE
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH agreed AS MATERIALIZED (
        SELECT a.id, a.provider_id, a.recipient_id, a.kinds, a.max_sensitivity, a.finest_step, aa.area_id
        FROM access.agreement AS a
        JOIN access.agreement_area AS aa ON aa.agreement_id = a.id
        WHERE access.is_live(a, at) AND for_purpose = ANY (a.purposes)
    ),
    others AS MATERIALIZED (
        SELECT r.*, access.step_under(r.conditions, r.organisation, for_purpose, at) AS finest_step
        FROM access.reachable(membership, for_purpose, at, labels) AS r
        WHERE NOT r.is_own AND NOT r.owner_only
    )
    SELECT
        r.label_id,
        r.owner_id,
        r.sensitivity,
        k.kind,
        least(a.finest_step, r.finest_step),
        a.id
    FROM others AS r
    JOIN agreed AS a
        ON a.provider_id = r.owner_id
        AND a.recipient_id = r.organisation_id
        AND a.area_id = r.area_id
        AND a.max_sensitivity >= r.sensitivity
    CROSS JOIN unnest(a.kinds) AS k (kind)
    WHERE r.finest_step >= 0;
END
$$;

-- The finest step that precision rules leave each audience of each owner: the coarsest of the
-- default and the owner's own; nothing where no rule speaks.
CREATE FUNCTION access.ruled_steps(for_purpose text)
RETURNS TABLE (owner_id int, sensitivity int, is_own boolean, step int)
LANGUAGE sql STABLE
AS $$
    SELECT
        o.id,
        s.sensitivity,
        t.audience = 'own',
        coalesce((
            SELECT min(rule.step)
            FROM access.precision_rule AS rule
            WHERE
                rule.audience = t.audience
                AND rule.purpose = for_purpose
                AND rule.sensitivity = s.sensitivity
                AND coalesce(rule.organisation_id, o.id) = o.id
        ), -1)::int
    FROM access.organisation AS o
    CROSS JOIN generate_series(0, 3) AS s (sensitivity)
    CROSS JOIN (VALUES ('own'), ('partner')) AS t (audience)
$$;

-- The whole policy in one place: for a membership and a purpose, every label it may know,
-- the finest step for each kind of record, and whether the content itself is open.
CREATE FUNCTION access.decide(membership uuid, for_purpose text, at timestamptz)
RETURNS TABLE (label_id int, kind int, step int, content boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH rule AS MATERIALIZED (
        SELECT rs.* FROM access.ruled_steps(for_purpose) AS rs WHERE rs.step >= 0
    ),
    granted AS (
        SELECT r.label_id, r.owner_id, r.sensitivity, k.kind, 4 AS step, true AS is_own
        FROM access.reachable(membership, for_purpose, at, NULL) AS r
        CROSS JOIN generate_series(0, 2) AS k (kind)
        WHERE r.is_own
        UNION ALL
        SELECT s.label_id, s.owner_id, s.sensitivity, s.kind, s.step, false
        FROM access.shares(membership, for_purpose, at, NULL) AS s
    )
    SELECT
        g.label_id,
        g.kind,
        max(least(g.step, rule.step)),
        bool_or(g.is_own AND rule.step = 4)
    FROM granted AS g
    JOIN rule ON rule.owner_id = g.owner_id AND rule.sensitivity = g.sensitivity AND rule.is_own = g.is_own
    GROUP BY g.label_id, g.kind;
END
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
RESET ROLE;
