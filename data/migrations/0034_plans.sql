-- Plans of shifts: teams, wishes, and an order of places by id. Who made a plan and who goes open it. What it
-- shows of places is read each time, by the rights of whoever opens it at that moment.

SET ROLE waymark_owner;
CREATE TABLE access.plan (
    id uuid PRIMARY KEY,
    made_by uuid NOT NULL REFERENCES access.membership,
    is_enforcement boolean NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'ready', 'closed')),
    document jsonb NOT NULL,
    version int NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL,
    CHECK (starts_at < ends_at AND ends_at <= starts_at + interval '14 hours'),
    CHECK (pg_column_size(document) < 200000)
);
COMMENT ON TABLE access.plan IS
'Plans of shifts. The document names places by id alone, and tells nothing of them; a plan that was made in a '
'session for enforcement opens in such sessions only, and no other does.';
CREATE INDEX plan_made_by ON access.plan (made_by, starts_at);

CREATE TABLE access.plan_member (
    plan_id uuid NOT NULL REFERENCES access.plan ON DELETE CASCADE,
    membership_id uuid NOT NULL REFERENCES access.membership,
    team smallint NOT NULL CHECK (team BETWEEN 1 AND 12),
    PRIMARY KEY (plan_id, membership_id)
);
CREATE INDEX plan_member_membership ON access.plan_member (membership_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON access.plan, access.plan_member TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- The session of somebody who plans or goes: an outreach worker's own.
CREATE FUNCTION access.planning_session() RETURNS access.live_session
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.own_session();
BEGIN
    IF s.role <> 'outreach' THEN
        RAISE EXCEPTION 'Shifts are planned by outreach workers.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN s;
END
$$;

-- The people one may go with: those of the session's own organisation who do outreach now.
CREATE FUNCTION access.colleagues() RETURNS TABLE (id uuid, email text, is_me boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.planning_session();
BEGIN
    RETURN QUERY
    SELECT m.id, p.email, m.id = s.membership_id
    FROM access.membership AS m
    JOIN access.person AS p ON p.id = m.person_id
    WHERE
        m.organisation_id = s.organisation_id
        AND m.role = 'outreach'
        AND m.suspended_at IS NULL
        AND m.valid_from <= access.clock()
        AND access.clock() < m.valid_until
        AND p.disabled_at IS NULL
    ORDER BY p.email;
END
$$;

-- Keep a plan of one's own: a new one at version 0, or a change of the version that was read. Answers the
-- version kept; NULL when there is none of one's own, or somebody kept another meanwhile.
CREATE FUNCTION access.keep_plan(
    with_id uuid, of_version int, from_at timestamptz, to_at timestamptz, in_state text, content jsonb,
    members uuid [], teams int []
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.planning_session();
    kept int;
BEGIN
    IF EXISTS (SELECT FROM unnest(members) AS id WHERE id NOT IN (SELECT c.id FROM access.colleagues() AS c)) THEN
        RAISE EXCEPTION 'One of the team does no outreach for your organisation now.'
        USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF of_version = 0 THEN
        INSERT INTO access.plan (id, made_by, is_enforcement, starts_at, ends_at, state, document, changed_at)
        VALUES (
            with_id, s.membership_id, s.purpose = 'enforcement', from_at, to_at, in_state, content, access.clock()
        )
        RETURNING version INTO kept;
    ELSE
        UPDATE access.plan AS p
        SET
            starts_at = from_at, ends_at = to_at, state = in_state, document = content,
            version = p.version + 1, changed_at = access.clock()
        WHERE
            p.id = with_id AND p.made_by = s.membership_id AND p.version = of_version
            AND p.is_enforcement = (s.purpose = 'enforcement')
        RETURNING p.version INTO kept;
        IF kept IS NULL THEN
            RETURN NULL;
        END IF;
        DELETE FROM access.plan_member AS m WHERE m.plan_id = with_id;
    END IF;
    INSERT INTO access.plan_member (plan_id, membership_id, team)
    SELECT DISTINCT ON (m.id) with_id, m.id, m.team
    FROM unnest(members, teams) AS m (id, team)
    ORDER BY m.id, m.team;
    RETURN kept;
END
$$;

-- The plans that the session's membership made, or goes by, and that are not over for more than 30 days.
CREATE FUNCTION access.my_plans()
RETURNS TABLE (
    id uuid, is_mine boolean, starts_at timestamptz, ends_at timestamptz, state text, document jsonb, version int
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.planning_session();
BEGIN
    RETURN QUERY
    SELECT p.id, p.made_by = s.membership_id, p.starts_at, p.ends_at, p.state, p.document, p.version
    FROM access.plan AS p
    WHERE
        p.is_enforcement = (s.purpose = 'enforcement')
        AND access.clock() < p.ends_at + interval '30 days'
        AND (
            p.made_by = s.membership_id
            OR (
                p.state <> 'draft'
                AND EXISTS (
                    SELECT FROM access.plan_member AS m
                    WHERE m.plan_id = p.id AND m.membership_id = s.membership_id
                )
            )
        )
    ORDER BY p.starts_at, p.id;
END
$$;

-- Throw away a plan of one's own; whether there was one.
CREATE FUNCTION access.drop_plan(which uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.planning_session();
BEGIN
    DELETE FROM access.plan AS p
    WHERE p.id = which AND p.made_by = s.membership_id AND p.is_enforcement = (s.purpose = 'enforcement');
    RETURN FOUND;
END
$$;

GRANT EXECUTE ON FUNCTION access.colleagues(), access.my_plans(), access.drop_plan(uuid),
access.keep_plan(uuid, int, timestamptz, timestamptz, text, jsonb, uuid [], int []) TO waymark_app;
RESET ROLE;
