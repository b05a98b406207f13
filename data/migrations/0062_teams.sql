-- Teams: the groups in which an organisation's workers go out, such as a night team. Its admin names them; a visit or
-- a note says which of them it was, where somebody chose to. A team is closed, never deleted, and keeps its name, so
-- that what was recorded stays what it was. Teams are their owner's alone: no partner is told one.

SET ROLE waymark_owner;
CREATE TABLE access.team (
    organisation_id int NOT NULL REFERENCES access.organisation,
    number smallint NOT NULL CHECK (number BETWEEN 1 AND 40),
    name text NOT NULL CHECK (length(name) BETWEEN 2 AND 60),
    closed_at timestamptz,
    changed_by uuid NOT NULL REFERENCES access.membership,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, number)
);
COMMENT ON TABLE access.team IS
'Words about a team, never about a person. Numbers are an organisation''s own; records carry the number, and 0 or '
'nothing where nobody said.';
CREATE UNIQUE INDEX team_name ON access.team (organisation_id, lower(name));

CREATE TABLE access.session_team (
    session_id uuid PRIMARY KEY REFERENCES access.session ON DELETE CASCADE,
    team smallint NOT NULL CHECK (team BETWEEN 0 AND 40)
);
COMMENT ON TABLE access.session_team IS
'What was chosen last in a session, to be offered first the next time; gone with the session.';
GRANT SELECT, INSERT, UPDATE ON access.team, access.session_team TO waymark_gate;

ALTER TABLE store.visit ADD COLUMN team smallint CHECK (team BETWEEN 1 AND 40);
ALTER TABLE store.note ADD COLUMN team smallint CHECK (team BETWEEN 1 AND 40);
ALTER TABLE store.visit_point ADD COLUMN team smallint NOT NULL DEFAULT 0 CHECK (team BETWEEN 0 AND 40);
ALTER TABLE store.risk_point
ADD COLUMN provenance smallint NOT NULL DEFAULT 0 CHECK (provenance BETWEEN 0 AND 4),
ADD COLUMN team smallint NOT NULL DEFAULT 0 CHECK (team BETWEEN 0 AND 40);
COMMENT ON COLUMN store.risk_point.provenance IS
'As in the note, to be counted: 1 saw myself, 2 was told by the person, 3 was told by someone else, 4 unsure.';

-- The service reads these tables without the teams, and flags without their provenance, which belongs to the note:
-- whoever may see a partner's visit or flag cannot be told them, whatever a query asks.
DO $$
DECLARE
    of_table text;
BEGIN
    FOREACH of_table IN ARRAY ARRAY['visit', 'note', 'visit_point', 'risk_point'] LOOP
        EXECUTE format('REVOKE SELECT ON store.%I FROM waymark_app', of_table);
        EXECUTE (
            SELECT format(
                'GRANT SELECT (%s) ON store.%I TO waymark_app',
                string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), of_table
            )
            FROM pg_attribute AS a
            WHERE
                a.attrelid = format('store.%I', of_table)::regclass AND a.attnum > 0 AND NOT a.attisdropped
                AND a.attname <> 'team' AND (of_table <> 'risk_point' OR a.attname <> 'provenance')
        );
    END LOOP;
END
$$;
RESET ROLE;

SET ROLE waymark_gate;

-- The teams of the session's own organisation, in the order of their names, for those who name, record or count.
CREATE FUNCTION access.my_teams() RETURNS TABLE (number int, name text, is_open boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.own_session();
BEGIN
    IF s.role NOT IN ('outreach', 'admin') THEN
        RAISE EXCEPTION 'Teams are for outreach workers and admins.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    SELECT t.number::int, t.name, t.closed_at IS NULL
    FROM access.team AS t
    WHERE t.organisation_id = s.organisation_id
    ORDER BY lower(t.name), t.number;
END
$$;

-- Name a team of the admin's organisation; its number. What the check of the name found is in the audit as numbers.
CREATE FUNCTION access.add_team(with_name text, warned_of jsonb) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_admin();
    next_number int;
BEGIN
    IF EXISTS (
        SELECT FROM access.team AS t
        WHERE t.organisation_id = s.organisation_id AND lower(t.name) = lower(with_name)
    ) THEN
        RAISE EXCEPTION 'You have a team of that name. If it is closed, open it again.';
    END IF;
    SELECT coalesce(max(t.number), 0) + 1 INTO next_number
    FROM access.team AS t
    WHERE t.organisation_id = s.organisation_id;
    IF next_number > 40 THEN
        RAISE EXCEPTION 'You have 40 teams, closed ones included, and cannot name more.';
    END IF;
    INSERT INTO access.team (organisation_id, number, name, changed_by, changed_at)
    VALUES (s.organisation_id, next_number, with_name, s.membership_id, access.clock());
    PERFORM audit.append('administration', jsonb_strip_nulls(jsonb_build_object(
        'what', 'named a team', 'team', next_number, 'warned_of', warned_of
    )));
    RETURN next_number;
END
$$;

-- Close a team of the admin's organisation, or open it again.
CREATE FUNCTION access.set_team_open(which int, to_be_open boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_admin();
BEGIN
    UPDATE access.team AS t SET
        closed_at = CASE WHEN to_be_open THEN NULL ELSE coalesce(t.closed_at, access.clock()) END,
        changed_by = s.membership_id,
        changed_at = access.clock()
    WHERE t.organisation_id = s.organisation_id AND t.number = which;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such team.' USING ERRCODE = 'no_data_found';
    END IF;
    PERFORM audit.append('administration', jsonb_build_object(
        'what', CASE WHEN to_be_open THEN 'opened a team again' ELSE 'closed a team' END, 'team', which
    ));
END
$$;

-- Is it nothing, or the number of a team of the session's own organisation, open or closed?
CREATE FUNCTION access.is_own_team(asked int) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN coalesce(asked, 0) = 0 OR EXISTS (
        SELECT
        FROM access.live_session AS s
        JOIN access.team AS t ON t.organisation_id = s.organisation_id AND t.number = asked
        WHERE s.token_hash = access.token_hash() AND s.scope = 'full'
    );
END
$$;

-- The team that a record is to carry: that of its own organisation's visit where it is of one, else the open team that
-- was asked for. What was asked is remembered for the session; 0 is "not said", NULL was not asked.
CREATE FUNCTION access.team_for(asked int, of_visit uuid) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.own_session();
    ring CONSTANT bit varying := access.keyring();
    team_of_visit int;
BEGIN
    SELECT v.team INTO team_of_visit
    FROM store.visit AS v
    JOIN access.label AS l ON l.id = v.lock_id >> 5
    WHERE v.id = of_visit AND l.owner_id = s.organisation_id AND access.is_set(ring, v.lock_id);
    IF FOUND THEN
        RETURN team_of_visit;
    END IF;
    IF asked <> 0 AND NOT EXISTS (
        SELECT FROM access.team AS t
        WHERE t.organisation_id = s.organisation_id AND t.number = asked AND t.closed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'Choose one of your open teams, or none.';
    END IF;
    IF asked IS NOT NULL THEN
        INSERT INTO access.session_team AS k (session_id, team) VALUES (s.id, asked)
        ON CONFLICT (session_id) DO UPDATE SET team = excluded.team;
    END IF;
    RETURN nullif(asked, 0);
END
$$;

-- The team to be offered first: the one chosen last in this session, else that of the shift that the session's
-- membership is on, as its plan calls it. 0 where there is none, and for a team that was closed.
CREATE FUNCTION access.my_team() RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.own_session();
    offered int := (SELECT k.team FROM access.session_team AS k WHERE k.session_id = s.id);
BEGIN
    IF offered IS NULL THEN
        SELECT (asked.team ->> 'known_as')::int INTO offered
        FROM access.shift_member AS m
        JOIN access.shift AS sh ON sh.id = m.shift_id
        JOIN access.plan AS p ON p.id = sh.plan_id
        CROSS JOIN jsonb_array_elements(p.document #> '{asked,teams}') AS asked (team)
        WHERE
            m.membership_id = s.membership_id
            AND sh.state <> 'closed'
            AND sh.is_enforcement = (s.purpose = 'enforcement')
            AND asked.team -> 'number' = to_jsonb(sh.team)
            AND jsonb_typeof(asked.team -> 'known_as') = 'number'
        ORDER BY sh.started_at DESC
        LIMIT 1;
    END IF;
    RETURN coalesce((
        SELECT t.number
        FROM access.team AS t
        WHERE t.organisation_id = s.organisation_id AND t.number = offered AND t.closed_at IS NULL
    ), 0);
END
$$;

-- Which team made a visit to a place, or wrote a note on it: of the session's own organisation, and of what its keys
-- open. Nothing of anybody else's.
CREATE FUNCTION store.teams_at(this_place uuid) RETURNS TABLE (record uuid, team text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ring CONSTANT bit varying := access.keyring();
BEGIN
    RETURN QUERY
    SELECT r.id, t.name
    FROM access.live_session AS s
    CROSS JOIN (
        SELECT v.id, v.lock_id, v.team FROM store.visit AS v WHERE v.place_id = this_place
        UNION ALL
        SELECT n.id, n.lock_id, n.team FROM store.note AS n WHERE n.place_id = this_place
    ) AS r
    JOIN access.label AS l ON l.id = r.lock_id >> 5 AND l.owner_id = s.organisation_id
    JOIN access.team AS t ON t.organisation_id = s.organisation_id AND t.number = r.team
    WHERE s.token_hash = access.token_hash() AND s.scope = 'full' AND access.is_set(ring, r.lock_id);
END
$$;

GRANT EXECUTE ON FUNCTION access.my_teams(), access.add_team(text, jsonb), access.set_team_open(int, boolean),
access.is_own_team(int), access.team_for(int, uuid), access.my_team(), store.teams_at(uuid) TO waymark_app;
RESET ROLE;

-- A record carries a team of its own organisation, or none.
SET ROLE waymark_owner;
DO $$
DECLARE
    of_table text;
BEGIN
    FOREACH of_table IN ARRAY ARRAY['visit', 'note', 'visit_point', 'risk_point'] LOOP
        EXECUTE (
            SELECT format(
                'ALTER POLICY record ON store.%I WITH CHECK (%s AND access.is_own_team(team))',
                of_table, pg_get_expr(p.polwithcheck, p.polrelid)
            )
            FROM pg_policy AS p
            WHERE p.polrelid = format('store.%I', of_table)::regclass AND p.polname = 'record'
        );
    END LOOP;
END
$$;
RESET ROLE;
