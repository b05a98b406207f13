-- Duty desks and notices: who is told that something needs a person, in words that tell nothing of any place.

SET ROLE waymark_owner;
CREATE TABLE access.duty_desk (
    organisation_id int PRIMARY KEY REFERENCES access.organisation,
    telephone text NOT NULL CHECK (telephone ~ '^[0-9+][0-9 ]{2,19}$'),
    email text CHECK (email = lower(email) AND email LIKE '%_@_%' AND length(email) <= 254),
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE access.duty_desk IS
'How a partner is reached at any hour: a telephone that a person answers, and perhaps an e-mail address.';

CREATE TABLE access.duty_desk_member (
    organisation_id int NOT NULL REFERENCES access.duty_desk ON DELETE CASCADE,
    membership_id uuid NOT NULL REFERENCES access.membership,
    PRIMARY KEY (organisation_id, membership_id)
);
CREATE INDEX duty_desk_member_membership ON access.duty_desk_member (membership_id);

CREATE TABLE access.notice_kind (
    slug text PRIMARY KEY CHECK (slug ~ '^[a-z][a-z_]{1,39}$'),
    sentence text NOT NULL CHECK (sentence LIKE '%.')
);
COMMENT ON TABLE access.notice_kind IS
'All that a notice ever says, besides its reference and a telephone: it names no place, no person and no hour.';
INSERT INTO access.notice_kind VALUES
('team_late', 'You were expected to check in. Say that you are fine, that you need more time, or that you need help.'),
('buddy_call', 'A team that counts on you has not checked in. Call them now.'),
('second_contact', 'A team has not checked in and their buddy has not answered. Call them now.'),
('duty_manager', 'A team has not checked in for 15 minutes. Open the shift: it says where they are and whom to call.'),
('help', 'A team asks for help. Open the shift now: it says where they are and whom to call.'),
('watchdog', 'Check-in times are not being watched. Call every team that is out.');

CREATE TABLE access.notice (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    reference text NOT NULL UNIQUE CHECK (reference ~ '^[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}$'),
    organisation_id int NOT NULL REFERENCES access.organisation,
    to_membership uuid REFERENCES access.membership,
    kind text NOT NULL REFERENCES access.notice_kind,
    is_enforcement boolean NOT NULL,
    about uuid NOT NULL,
    desk_of int NOT NULL REFERENCES access.organisation,
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    sent_at timestamptz,
    tried_at timestamptz,
    tries int NOT NULL DEFAULT 0,
    acknowledged_at timestamptz,
    acknowledged_by uuid REFERENCES access.membership,
    CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
COMMENT ON TABLE access.notice IS
'Outbox and inbox: to a membership or, where that is empty, to the duty desk of an organisation. desk_of is whose '
'desk to call about it; about is what it is about, by id, for the gate alone. One of a session for enforcement is '
'read in such sessions only, and no other is.';
CREATE INDEX notice_to_membership ON access.notice (to_membership, due_at);
CREATE INDEX notice_to_desk ON access.notice (organisation_id, due_at) WHERE to_membership IS NULL;
CREATE INDEX notice_unsent ON access.notice (due_at) WHERE sent_at IS NULL AND acknowledged_at IS NULL;
CREATE INDEX notice_about ON access.notice (about);
GRANT SELECT, INSERT, UPDATE, DELETE ON access.duty_desk, access.duty_desk_member, access.notice TO waymark_gate;
GRANT SELECT ON access.notice_kind TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- Tell a membership, or with NULL the duty desk of an organisation, that something waits for a person. For the
-- functions of the gate alone. Answers the notice's reference, which is drawn, not counted.
CREATE FUNCTION access.notify(
    to_organisation int, to_member uuid, of_kind text, about_what uuid, call_desk_of int,
    for_enforcement boolean, due timestamptz
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    drawn CONSTANT text := upper(left(replace(gen_random_uuid()::text, '-', ''), 12));
    made CONSTANT text := left(drawn, 4) || '-' || substr(drawn, 5, 4) || '-' || right(drawn, 4);
BEGIN
    INSERT INTO access.notice (
        reference, organisation_id, to_membership, kind, is_enforcement, about, desk_of, created_at, due_at
    )
    VALUES (
        made, to_organisation, to_member, of_kind, for_enforcement, about_what, call_desk_of, access.clock(), due
    );
    RETURN made;
END
$$;

-- Is this notice for this session? A notice to a desk is for its members, while they do outreach there.
CREATE FUNCTION access.is_for(n access.notice, s access.live_session) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        n.organisation_id = s.organisation_id
        AND s.role = 'outreach'
        AND n.is_enforcement = (s.purpose = 'enforcement')
        AND n.due_at <= access.clock()
        AND CASE
            WHEN n.to_membership IS NOT NULL THEN n.to_membership = s.membership_id
            ELSE EXISTS (
                SELECT FROM access.duty_desk_member AS d
                WHERE d.organisation_id = n.organisation_id AND d.membership_id = s.membership_id
            )
        END
$$;

-- The notices for the session that still wait, and those acknowledged in the last day; newest first.
CREATE FUNCTION access.my_notices()
RETURNS TABLE (
    id uuid, reference text, kind text, sentence text, telephone text, is_to_desk boolean, due_at timestamptz,
    acknowledged_at timestamptz
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    s CONSTANT access.live_session := access.own_session();
BEGIN
    RETURN QUERY
    SELECT n.id, n.reference, n.kind, k.sentence, d.telephone, n.to_membership IS NULL, n.due_at, n.acknowledged_at
    FROM access.notice AS n
    JOIN access.notice_kind AS k ON k.slug = n.kind
    LEFT JOIN access.duty_desk AS d ON d.organisation_id = n.desk_of
    WHERE
        access.is_for(n, s)
        AND (n.acknowledged_at IS NULL OR access.clock() < n.acknowledged_at + interval '24 hours')
    ORDER BY n.due_at DESC, n.id
    LIMIT 200;
END
$$;

-- Say that a person has read a notice and sees to it; whether there was one for the session.
CREATE FUNCTION access.acknowledge_notice(which uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.own_session();
    n access.notice;
BEGIN
    SELECT o.* INTO n FROM access.notice AS o WHERE o.id = which FOR UPDATE;
    IF NOT FOUND OR NOT access.is_for(n, s) THEN
        RETURN false;
    END IF;
    IF n.acknowledged_at IS NULL THEN
        UPDATE access.notice SET acknowledged_at = access.clock(), acknowledged_by = s.membership_id WHERE id = n.id;
        PERFORM audit.append('administration', jsonb_build_object('what', 'acknowledged a notice', 'kind', n.kind));
    END IF;
    RETURN true;
END
$$;

-- Set how the admin's own organisation is reached, and who of its outreach workers reads what is sent to the desk.
CREATE FUNCTION access.set_duty_desk(with_telephone text, with_email text, members uuid []) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_admin();
    named CONSTANT uuid [] := ARRAY(SELECT DISTINCT one.id FROM unnest(members) AS one (id) ORDER BY one.id);
BEGIN
    IF EXISTS (
        SELECT FROM unnest(named) AS one (id)
        WHERE coalesce(one.id NOT IN (SELECT n.membership_id FROM store.nameable_members(s) AS n), true)
    ) OR cardinality(named) > 50 THEN
        RAISE EXCEPTION 'Name at most 50 outreach workers of your own organisation whose membership is live.';
    END IF;
    INSERT INTO access.duty_desk VALUES (s.organisation_id, with_telephone, with_email, access.clock())
    ON CONFLICT (organisation_id) DO UPDATE SET
        telephone = excluded.telephone,
        email = excluded.email,
        changed_at = excluded.changed_at;
    DELETE FROM access.duty_desk_member WHERE organisation_id = s.organisation_id;
    INSERT INTO access.duty_desk_member SELECT s.organisation_id, one.id FROM unnest(named) AS one (id);
    PERFORM audit.append('administration', jsonb_build_object('what', 'set the duty desk', 'members', named::text []));
END
$$;

-- How the session's own organisation is reached; for its admins also who reads what is sent there.
CREATE FUNCTION access.my_duty_desk() RETURNS TABLE (telephone text, email text, members text [])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    s CONSTANT access.live_session := access.own_session();
BEGIN
    RETURN QUERY
    SELECT
        d.telephone,
        d.email,
        ARRAY(
            SELECT p.email
            FROM access.duty_desk_member AS dm
            JOIN access.membership AS m ON m.id = dm.membership_id
            JOIN access.person AS p ON p.id = m.person_id
            WHERE dm.organisation_id = d.organisation_id AND s.role = 'admin'
            ORDER BY p.email
        )
    FROM access.duty_desk AS d
    WHERE d.organisation_id = s.organisation_id;
END
$$;

-- The outreach workers of the admin's own organisation, by e-mail address, who may be named to the desk.
CREATE FUNCTION access.desk_candidates() RETURNS TABLE (membership_id uuid, email text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_admin();
BEGIN
    RETURN QUERY SELECT n.membership_id, n.email FROM store.nameable_members(s) AS n ORDER BY n.email;
END
$$;

GRANT EXECUTE ON FUNCTION access.my_notices(), access.acknowledge_notice(uuid),
access.set_duty_desk(text, text, uuid []), access.my_duty_desk(), access.desk_candidates() TO waymark_app;
RESET ROLE;
