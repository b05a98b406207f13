-- The rules of a shift once more, by the database: a plan that sends somebody where nobody may go, or alone where two
-- must, is neither kept nor made ready, whoever wrote its document. What is judged is what the session may see.

SET ROLE waymark_owner;
CREATE TABLE reference.contact_rule (
    flag text PRIMARY KEY,
    asks text NOT NULL CHECK (asks IN ('nobody', 'skill', 'manner'))
);
COMMENT ON TABLE reference.contact_rule IS
'What a contact-safety flag asks of a plan: that nobody goes, that the team has a skill, or how to behave. A flag that '
'is not here bars the visit.';
INSERT INTO reference.contact_rule (flag, asks) VALUES
('no_knock', 'nobody'),
('no_uniform', 'skill'), ('no_marked_vehicle', 'skill'), ('women_workers_only', 'skill'),
('interpreter_needed', 'skill'), ('interpreter_from_elsewhere', 'skill'),
('no_letter', 'manner'), ('no_card_through_door', 'manner'), ('no_voicemail', 'manner'), ('no_text', 'manner'),
('no_email', 'manner'), ('no_phone', 'manner'), ('no_org_name', 'manner'), ('children_may_be_present', 'manner'),
('perpetrator_may_answer', 'manner'), ('withheld_number_only', 'manner'), ('letter_safe', 'manner'),
('card_safe', 'manner'), ('voicemail_safe', 'manner');
GRANT SELECT ON reference.contact_rule TO waymark_app, waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- The joint visits that are open now to the session because its member is named on them, with all who are. The place
-- is the owner's; nothing of it is kept in a plan but the joint visit's id.
CREATE FUNCTION access.my_joint_stops()
RETURNS TABLE (id uuid, place_id uuid, partner text, starts_at timestamptz, ends_at timestamptz, members uuid [])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.planning_session();
    opened CONSTANT uuid [] := access.opened();
BEGIN
    RETURN QUERY
    SELECT
        j.id, j.place_id, o.name, j.starts_at, j.ends_at,
        ARRAY(
            SELECT named.membership_id FROM store.joint_visit_member AS named
            WHERE named.joint_visit_id = j.id
            ORDER BY named.membership_id
        )
    FROM store.joint_visit_member AS jm
    JOIN store.joint_visit AS j ON j.id = jm.joint_visit_id
    JOIN access.organisation AS o ON o.id = j.owner_id
    WHERE
        jm.membership_id = s.membership_id
        AND j.place_id = ANY (opened)
        AND j.partner_id = s.organisation_id
        AND store.joint_visit_state(j) IN ('accepted', 'extended')
        AND j.starts_at - interval '24 hours' <= access.clock()
        AND access.clock() < j.ends_at
    ORDER BY j.starts_at, j.id;
END
$$;

-- Why nobody goes alone to a place on a day, as a clause; NULL where somebody may, by day. Visits that the session
-- does not see are none; for a joint visit's place (is_opened) it sees none.
CREATE FUNCTION access.why_two(place store.place, is_opened boolean, on_day date) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ring CONSTANT bit varying := access.keyring();
    last_outcome text;
    was_visited boolean;
BEGIN
    SELECT o.words[v.outcome], true INTO last_outcome, was_visited
    FROM store.visit_point AS v
    JOIN reference.slugs AS o ON o.list = 'outcome'
    WHERE v.place_id = place.id AND v.visited_on <= on_day AND get_bit(ring, v.lock_id) = 1
    ORDER BY v.visited_on DESC, v.visit_id
    LIMIT 1;
    RETURN CASE
        WHEN place.attend_rule <> 0 THEN 'its owner asks for two people'
        WHEN was_visited IS NULL THEN 'it is a first visit'
        WHEN (SELECT l.sensitivity FROM access.label AS l WHERE l.id = place.lock_id >> 5) < 2 IS NOT TRUE
            THEN 'there is a specific concern'
        WHEN EXISTS (
            SELECT FROM store.place_flag AS f
            WHERE
                f.place_id = place.id AND f.list = 'danger_flag'
                AND (is_opened OR get_bit(ring, f.lock_id) = 1)
                AND (f.ended_on IS NULL OR on_day <= f.ended_on + interval '24 months')
        ) THEN 'it was flagged as dangerous in the last 24 months'
        WHEN last_outcome IN (
            'spoke_with_someone', 'chose_not_to_speak', 'nobody_there', 'closed', 'support_offered'
        ) IS NOT TRUE THEN 'the last visit ended badly, or nobody knows how'
    END;
END
$$;

-- Why a team with these skills may not go to a place at all, as a clause; NULL where it may.
CREATE FUNCTION access.why_not(place store.place, is_opened boolean, is_agreed boolean, skills jsonb) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ring CONSTANT bit varying := access.keyring();
    flag record;
    must_ask boolean := place.attend_rule = 2;
BEGIN
    IF place.attend_rule = 3 THEN
        RETURN 'its owner says that nobody attends';
    ELSIF place.status = 'closed' THEN
        RETURN 'it is closed';
    END IF;
    FOR flag IN
        SELECT f.list, coalesce(t.slug, 'unknown') AS slug, r.asks
        FROM store.place_flag AS f
        LEFT JOIN reference.taxonomy AS t ON t.list = f.list AND t.code = f.code
        LEFT JOIN reference.contact_rule AS r ON r.flag = t.slug
        WHERE f.place_id = place.id AND f.ended_on IS NULL AND (is_opened OR get_bit(ring, f.lock_id) = 1)
        ORDER BY f.list, f.code
    LOOP
        must_ask := must_ask OR (flag.list = 'danger_flag' AND flag.slug = 'covert_op_deconflict');
        IF flag.list = 'contact_flag' AND flag.asks IS NULL THEN
            RETURN 'it has a contact-safety flag that cannot be read';
        ELSIF flag.list = 'contact_flag' AND flag.asks = 'nobody' THEN
            RETURN 'nobody is to knock there';
        ELSIF flag.list = 'contact_flag' AND flag.asks = 'skill' AND NOT coalesce(skills ? flag.slug, false) THEN
            RETURN 'the team lacks what a contact-safety flag asks for';
        END IF;
    END LOOP;
    RETURN CASE WHEN must_ask AND NOT is_agreed THEN 'its owner is to be asked first and has not agreed' END;
END
$$;

-- Why a call of a team of so many people is refused, as a clause; NULL where it stands. A stop is the id of a place
-- that the session sees exactly, or of a joint visit that is open to it.
CREATE FUNCTION access.call_fault(content jsonb, call jsonb, team jsonb, people int, on_day date) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ring CONSTANT bit varying := access.keyring();
    which CONSTANT uuid := call ->> 'stop';
    begins CONSTANT timestamptz :=
        (on_day + make_interval(mins => (call ->> 'start')::int)) AT TIME ZONE 'Europe/London';
    ends CONSTANT timestamptz :=
        (on_day + make_interval(mins => (call ->> 'leave')::int)) AT TIME ZONE 'Europe/London';
    joint record;
    place store.place;
    why text;
BEGIN
    SELECT j.* INTO joint FROM access.my_joint_stops() AS j WHERE j.id = which;
    IF joint.id IS NOT NULL THEN
        SELECT p.* INTO place FROM store.place AS p WHERE p.id = joint.place_id;
        IF begins < joint.starts_at OR ends > joint.ends_at THEN
            RETURN 'it lies outside the window of the joint visit';
        ELSIF EXISTS (
            SELECT FROM jsonb_array_elements_text(team -> 'members') AS m
            WHERE m.value::uuid <> ALL (joint.members)
        ) THEN
            RETURN 'somebody in the team is not named on the joint visit';
        END IF;
    ELSE
        SELECT p.* INTO place
        FROM store.place AS p
        JOIN store.place_point AS pp ON pp.place_id = p.id
        WHERE p.id = which AND get_bit(ring, p.lock_id) = 1 AND get_bit(ring, pp.lock_id) = 1;
    END IF;
    IF place.id IS NULL THEN
        RETURN 'you may not see this place exactly';
    END IF;
    why := coalesce(
        access.why_not(
            place, joint.id IS NOT NULL, joint.id IS NOT NULL OR coalesce(content -> 'agreed' ? which::text, false),
            team -> 'skills'
        ),
        CASE
            WHEN NOT coalesce(to_jsonb(place.languages) <@ (team -> 'languages'), place.languages = '{}')
                THEN 'the team does not speak what the place asks for'
        END,
        access.why_not_then(place, on_day, (call ->> 'start')::int, (call ->> 'leave')::int)
    );
    IF why IS NULL AND people < 2 THEN
        why := access.why_two(place, joint.id IS NOT NULL, on_day);
        why := CASE WHEN why IS NULL AND content -> 'together' ? which::text THEN 'a worker asked for it' ELSE why END;
        why := 'it needs two people, for ' || why;
    END IF;
    RETURN why;
END
$$;

-- The first rule that a plan breaks, as a sentence; NULL for a plan that may be kept. Minutes count from the midnight
-- before it begins, as the clock on the wall shows them.
CREATE FUNCTION access.plan_fault(
    content jsonb, from_at timestamptz, to_at timestamptz, members uuid [], teams int []
) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    starts CONSTANT timestamp := from_at AT TIME ZONE 'Europe/London';
    first_minute CONSTANT int := extract(EPOCH FROM starts - starts::date) / 60;
    last_minute CONSTANT int := extract(EPOCH FROM to_at AT TIME ZONE 'Europe/London' - starts::date) / 60;
    route record;
    visit record;
    people int;
    why text;
BEGIN
    FOR route IN
        SELECT
            (r.value ->> 'team')::int AS team,
            (r.value ->> 'leaves')::int AS leaves,
            (r.value ->> 'returns')::int AS returns,
            r.value -> 'calls' AS calls,
            (
                SELECT t.value FROM jsonb_array_elements(content #> '{asked,teams}') AS t
                WHERE t.value ->> 'number' = r.value ->> 'team'
                LIMIT 1
            ) AS asked
        FROM jsonb_array_elements(content #> '{plan,routes}') AS r
    LOOP
        people := access.people_in(route.asked -> 'members', route.team, members, teams);
        IF people IS NULL THEN
            RETURN 'The teams of the plan are not those that were named for it.';
        ELSIF (first_minute <= route.leaves AND route.leaves <= route.returns AND route.returns <= last_minute)
            IS NOT TRUE THEN
            RETURN format('Team %s is out beyond the hours of the shift.', route.team);
        ELSIF people < 2 AND NOT (
            route.leaves % 1440 >= 420 AND route.leaves % 1440 + route.returns - route.leaves <= 1200
        ) THEN
            RETURN format('Team %s is one person, and nobody goes alone from 20:00 to 07:00.', route.team);
        END IF;
        FOR visit IN
            SELECT c.value, c.ordinality AS place FROM jsonb_array_elements(route.calls) WITH ORDINALITY AS c
        LOOP
            IF (
                route.leaves <= (visit.value ->> 'start')::int
                AND (visit.value ->> 'start')::int <= (visit.value ->> 'leave')::int
                AND (visit.value ->> 'leave')::int <= route.returns
            ) IS NOT TRUE THEN
                why := 'it lies outside the time that the team is out';
            ELSE
                why := access.call_fault(content, visit.value, route.asked, people, starts::date);
            END IF;
            IF why IS NOT NULL THEN
                RETURN format('Visit %s of team %s: %s.', visit.place, route.team, why);
            END IF;
        END LOOP;
    END LOOP;
    RETURN NULL;
END
$$;

-- How many people a team is, each counted once; NULL unless its members are exactly those named for it. Whoever is
-- named for two teams goes with the first.
CREATE FUNCTION access.people_in(said jsonb, team int, members uuid [], teams int []) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    named CONSTANT uuid [] := ARRAY(
        SELECT m.id FROM unnest(members, teams) AS m (id, team)
        GROUP BY m.id
        HAVING min(m.team) = people_in.team
        ORDER BY m.id
    );
BEGIN
    IF cardinality(named) = 0 OR said IS NULL
    OR named <> ARRAY(SELECT DISTINCT s.value::uuid AS id FROM jsonb_array_elements_text(said) AS s ORDER BY id) THEN
        RETURN NULL;
    END IF;
    RETURN (SELECT count(DISTINCT m.person_id) FROM access.membership AS m WHERE m.id = ANY (named));
END
$$;

-- As before, and refusing what breaks a rule; but to take a plan back to a draft, as it stands, is always possible.
CREATE OR REPLACE FUNCTION access.keep_plan(
    with_id uuid, of_version int, from_at timestamptz, to_at timestamptz, in_state text, content jsonb,
    members uuid [], teams int []
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.planning_session();
    kept int;
    fault text;
BEGIN
    IF EXISTS (SELECT FROM unnest(members) AS id WHERE id NOT IN (SELECT c.id FROM access.colleagues() AS c)) THEN
        RAISE EXCEPTION 'One of the team does no outreach for your organisation now.'
        USING ERRCODE = 'foreign_key_violation';
    END IF;
    IF in_state <> 'draft' OR NOT EXISTS (
        SELECT FROM access.plan AS p WHERE p.id = with_id AND p.made_by = s.membership_id AND p.document = content
    ) THEN
        fault := access.plan_fault(content, from_at, to_at, members, teams);
    END IF;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION '%', fault;
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

GRANT EXECUTE ON FUNCTION access.my_joint_stops() TO waymark_app;
RESET ROLE;
