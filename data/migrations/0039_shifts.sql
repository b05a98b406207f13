-- Shifts: a team of a ready plan that set out, its stops, its check-ins and by when the next is due; what a missed
-- one raises; whether anybody watches. The moment of the next check-in is written in the transaction of the last.

SET ROLE waymark_owner;
CREATE TABLE access.safe_word (
    person_id uuid PRIMARY KEY REFERENCES access.person,
    safe_hash text NOT NULL CHECK (safe_hash LIKE '$argon2id$%'),
    duress_hash text NOT NULL CHECK (duress_hash LIKE '$argon2id$%'),
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE access.safe_word IS
'The word with which somebody says that all is well, and the one that is answered alike and means danger; hashed.';

CREATE TABLE access.shift (
    id uuid PRIMARY KEY,
    plan_id uuid NOT NULL,
    organisation_id int NOT NULL REFERENCES access.organisation,
    team smallint NOT NULL,
    is_enforcement boolean NOT NULL,
    buddy uuid NOT NULL REFERENCES access.membership,
    second uuid NOT NULL REFERENCES access.membership,
    manager uuid NOT NULL REFERENCES access.membership,
    state text NOT NULL CHECK (state IN ('travelling', 'on_site', 'home_bound', 'home', 'closed')),
    stop smallint,
    home_minutes smallint NOT NULL CHECK (home_minutes BETWEEN 0 AND 600),
    more_times smallint NOT NULL DEFAULT 0 CHECK (more_times BETWEEN 0 AND 2),
    started_at timestamptz NOT NULL,
    next_due_at timestamptz,
    closed_at timestamptz,
    UNIQUE (plan_id, team),
    CHECK ((next_due_at IS NULL) = (state IN ('home', 'closed'))),
    CHECK ((stop IS NULL) = (state IN ('home_bound', 'home', 'closed')))
);
COMMENT ON TABLE access.shift IS
'A team that set out. stop is where it is, or goes next. While it is out there is always a moment by which it is to '
'check in: that is a constraint of this table.';
CREATE INDEX shift_due ON access.shift (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX shift_organisation ON access.shift (organisation_id, started_at);

CREATE TABLE access.shift_member (
    shift_id uuid NOT NULL REFERENCES access.shift,
    membership_id uuid NOT NULL REFERENCES access.membership,
    PRIMARY KEY (shift_id, membership_id)
);
CREATE INDEX shift_member_membership ON access.shift_member (membership_id);

CREATE TABLE access.shift_stop (
    shift_id uuid NOT NULL REFERENCES access.shift,
    number smallint NOT NULL CHECK (number BETWEEN 1 AND 30),
    place_id uuid NOT NULL,
    record text NOT NULL,
    travel_minutes smallint NOT NULL CHECK (travel_minutes BETWEEN 0 AND 600),
    arrived_at timestamptz,
    left_at timestamptz,
    became text CHECK (became IN ('visited', 'withdrew', 'not_reached')),
    is_follow_up boolean NOT NULL DEFAULT false,
    PRIMARY KEY (shift_id, number)
);
COMMENT ON COLUMN access.shift_stop.record IS 'The place as the audit names it: a keyed hash.';

CREATE TABLE access.shift_briefing (
    shift_id uuid NOT NULL,
    number smallint NOT NULL,
    membership_id uuid NOT NULL REFERENCES access.membership,
    read_at timestamptz NOT NULL,
    PRIMARY KEY (shift_id, number, membership_id),
    FOREIGN KEY (shift_id, number) REFERENCES access.shift_stop
);

CREATE TABLE access.check_in (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    shift_id uuid NOT NULL REFERENCES access.shift,
    kind text NOT NULL CHECK (
        kind IN ('set_out', 'arrived', 'fine', 'more_time', 'left', 'withdrew', 'help', 'home_safe')
    ),
    stop smallint,
    at timestamptz NOT NULL,
    by_membership uuid REFERENCES access.membership,
    CHECK ((by_membership IS NULL) = (kind = 'withdrew'))
);
COMMENT ON TABLE access.check_in IS
'What a team said, in order, never changed. Who withdrew is not kept: it cannot be counted against anybody.';
CREATE INDEX check_in_shift ON access.check_in (shift_id, at);
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON access.check_in
FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change('a check-in');

CREATE TABLE access.alarm (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    shift_id uuid NOT NULL REFERENCES access.shift,
    kind text NOT NULL CHECK (kind IN ('late', 'help', 'duress')),
    since timestamptz NOT NULL,
    stop smallint,
    step smallint NOT NULL DEFAULT -1 CHECK (step BETWEEN -1 AND 3),
    step_at timestamptz,
    reminded_at timestamptz,
    answered_at timestamptz,
    taken_by uuid REFERENCES access.membership,
    taken_at timestamptz,
    closed_by uuid REFERENCES access.membership,
    closed_at timestamptz,
    closed_how text CHECK (closed_how IN ('checked_in', 'spoke', 'home', 'called_999')),
    UNIQUE (shift_id, kind, since),
    CHECK ((taken_by IS NULL) = (taken_at IS NULL)),
    CHECK ((closed_at IS NULL) = (closed_how IS NULL) AND (closed_at IS NULL) = (closed_by IS NULL)),
    CHECK (closed_how IS NULL OR closed_how = 'checked_in' OR taken_at IS NOT NULL),
    CHECK (closed_how IS DISTINCT FROM 'checked_in' OR (kind = 'late' AND step <= 0))
);
COMMENT ON TABLE access.alarm IS
'A missed check-in (since is the missed moment), a call for help, or a word of duress. Once anybody beside the team '
'was told, only a person who took it closes it: that is a constraint of this table.';
CREATE INDEX alarm_open ON access.alarm (shift_id) WHERE closed_at IS NULL;

CREATE TABLE access.alarm_step (
    alarm_id uuid NOT NULL REFERENCES access.alarm,
    step smallint NOT NULL CHECK (step BETWEEN 0 AND 3),
    at timestamptz NOT NULL,
    PRIMARY KEY (alarm_id, step)
);
COMMENT ON TABLE access.alarm_step IS
'0 the team, 1 the buddy, 2 the second contact and the desk, 3 the duty manager. Each once: its notices are written '
'in the transaction that writes this row.';

CREATE TABLE access.opening (
    alarm_id uuid NOT NULL REFERENCES access.alarm,
    membership_id uuid NOT NULL REFERENCES access.membership,
    place_id uuid NOT NULL,
    is_enforcement boolean NOT NULL,
    opened_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    PRIMARY KEY (alarm_id, membership_id)
);
COMMENT ON TABLE access.opening IS
'The one stop that an alarm opens to a duty manager, until the alarm is closed or for 24 hours.';
CREATE INDEX opening_membership ON access.opening (membership_id, closes_at);
INSERT INTO access.policy_epoch VALUES ('openings', nextval('access.epoch'));
CREATE TRIGGER moves_epoch AFTER INSERT OR UPDATE OR DELETE ON access.opening
FOR EACH STATEMENT EXECUTE FUNCTION access.move_epoch('openings');

CREATE TABLE access.heartbeat (
    process text PRIMARY KEY CHECK (process IN ('escalator', 'watchdog')),
    at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON access.safe_word, access.shift, access.shift_member, access.shift_stop,
access.shift_briefing, access.alarm, access.alarm_step, access.opening, access.heartbeat TO waymark_gate;
GRANT SELECT, INSERT ON access.check_in TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- Does the escalator live? Nobody sets out while it does not.
CREATE FUNCTION access.is_watched() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM access.heartbeat AS h
        WHERE h.process = 'escalator' AND access.clock() - interval '90 seconds' <= h.at
    )
$$;

-- The hashes of one's own two words; none where they were never set.
CREATE FUNCTION access.my_words() RETURNS TABLE (safe_hash text, duress_hash text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    s CONSTANT access.live_session := access.planning_session();
BEGIN
    RETURN QUERY SELECT w.safe_hash, w.duress_hash FROM access.safe_word AS w WHERE w.person_id = s.person_id;
END
$$;

-- Set one's own two words: at home, and by whoever signed in just now, so that a phone that was taken cannot.
CREATE FUNCTION access.set_words(safe text, duress text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.planning_session();
BEGIN
    IF EXISTS (
        SELECT FROM access.session AS k
        WHERE k.id = s.id AND k.created_at < access.clock() - interval '15 minutes'
    ) THEN
        RAISE EXCEPTION 'You signed in more than 15 minutes ago: sign in again, then set your words.';
    ELSIF EXISTS (
        SELECT
        FROM access.shift_member AS sm
        JOIN access.shift AS h ON h.id = sm.shift_id AND h.next_due_at IS NOT NULL
        JOIN access.membership AS m ON m.id = sm.membership_id
        WHERE m.person_id = s.person_id
    ) THEN
        RAISE EXCEPTION 'Your words cannot be changed while you are out.';
    END IF;
    INSERT INTO access.safe_word VALUES (s.person_id, safe, duress, access.clock())
    ON CONFLICT (person_id) DO UPDATE SET
        safe_hash = excluded.safe_hash,
        duress_hash = excluded.duress_hash,
        changed_at = excluded.changed_at;
    PERFORM audit.append('authentication', jsonb_build_object('what', 'set the words of a shift'));
END
$$;

-- Set out with the team of a ready plan: its stops in order, the minutes to each and home, and who is to be told.
CREATE FUNCTION access.start_shift(
    new_id uuid, of_plan uuid, in_team int, places uuid [], records text [], minutes int [], home int,
    contacts uuid []
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.planning_session();
    at CONSTANT timestamptz := access.clock();
    ring CONSTANT bit varying := access.keyring();
    p access.plan;
    members uuid [];
BEGIN
    SELECT k.* INTO p
    FROM access.plan AS k
    JOIN access.plan_member AS pm ON pm.plan_id = k.id AND pm.team = in_team AND pm.membership_id = s.membership_id
    WHERE k.id = of_plan AND k.state = 'ready' AND k.is_enforcement = (s.purpose = 'enforcement')
    FOR UPDATE OF k;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such plan.' USING errcode = 'no_data_found';
    END IF;
    members := ARRAY(
        SELECT pm.membership_id FROM access.plan_member AS pm WHERE pm.plan_id = of_plan AND pm.team = in_team
    );
    IF NOT access.is_watched() THEN
        RAISE EXCEPTION 'Check-in times are not being watched just now, so nobody can set out. Tell your duty desk.';
    ELSIF at NOT BETWEEN p.starts_at - interval '2 hours' AND p.ends_at THEN
        RAISE EXCEPTION 'A team sets out from two hours before its shift until the shift ends.';
    ELSIF EXISTS (SELECT FROM access.shift AS h WHERE h.plan_id = of_plan AND h.team = in_team) THEN
        RAISE EXCEPTION 'This team has set out already.';
    ELSIF EXISTS (
        SELECT FROM access.shift_member AS sm
        JOIN access.shift AS h ON h.id = sm.shift_id AND h.next_due_at IS NOT NULL
        WHERE sm.membership_id = ANY (members)
    ) THEN
        RAISE EXCEPTION 'Somebody of this team is out already.';
    ELSIF cardinality(contacts) <> 3 OR contacts[1] IN (contacts[2], contacts[3]) OR contacts && members OR EXISTS (
        SELECT FROM unnest(contacts) AS one (id)
        WHERE coalesce(one.id NOT IN (SELECT n.membership_id FROM store.nameable_members(s) AS n), true)
    ) THEN
        RAISE EXCEPTION 'Choose a buddy, a second contact and a duty manager among colleagues who do not go; the '
        'buddy is somebody else than the other two.';
    ELSIF cardinality(places) NOT BETWEEN 1 AND 30 OR EXISTS (
        SELECT FROM unnest(places) AS one (id)
        WHERE NOT EXISTS (
            SELECT FROM store.place AS k
            JOIN access.label AS l ON l.id = k.lock_id >> 5 AND l.owner_id = s.organisation_id
            WHERE k.id = one.id AND get_bit(ring, k.lock_id) = 1 AND k.attend_rule <> 3
        )
    ) THEN
        RAISE EXCEPTION 'A stop of this plan may no longer be shown or attended: plan again before you go.';
    END IF;
    INSERT INTO access.shift (
        id, plan_id, organisation_id, team, is_enforcement, buddy, second, manager, state, stop, home_minutes,
        started_at, next_due_at
    )
    VALUES (
        new_id, of_plan, s.organisation_id, in_team, p.is_enforcement, contacts[1], contacts[2], contacts[3],
        'travelling', 1, home, at, at + make_interval(mins => minutes[1] + 10)
    );
    INSERT INTO access.shift_member SELECT new_id, one.id FROM unnest(members) AS one (id);
    INSERT INTO access.shift_stop (shift_id, number, place_id, record, travel_minutes)
    SELECT new_id, one.n, one.id, one.record, one.minutes
    FROM unnest(places, records, minutes) WITH ORDINALITY AS one (id, record, minutes, n);
    INSERT INTO access.check_in (shift_id, kind, stop, at, by_membership)
    VALUES (new_id, 'set_out', 1, at, s.membership_id);
    PERFORM audit.append('alteration', jsonb_build_object('what', 'set out on a shift', 'records', records));
END
$$;
GRANT EXECUTE ON FUNCTION access.is_watched(), access.my_words(), access.set_words(text, text),
access.start_shift(uuid, uuid, int, uuid [], text [], int [], int, uuid []) TO waymark_app;
RESET ROLE;
