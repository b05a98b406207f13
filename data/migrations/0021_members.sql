-- The members of an admin's own organisation, managed by that admin. Nobody changes their own rights,
-- nobody gives more than they hold, and an organisation keeps an admin.

SET ROLE waymark_gate;

-- A membership of the admin's own organisation, locked; a stranger's is a missing one.
CREATE FUNCTION access.my_member(s access.live_session, which uuid) RETURNS access.membership
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_member access.membership;
BEGIN
    SELECT * INTO found_member
    FROM access.membership AS m
    WHERE m.id = which AND m.organisation_id = s.organisation_id
    FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Your organisation has no such member.' USING errcode = 'no_data_found';
    END IF;
    RETURN found_member;
END
$$;

CREATE FUNCTION access.areas_of(which uuid) RETURNS int []
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(SELECT ma.area_id FROM access.membership_area AS ma WHERE ma.membership_id = which ORDER BY 1)
$$;

-- What a form was filled in from: whoever saves names it, so that nobody overwrites what they never read.
CREATE FUNCTION access.member_hash(m access.membership) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT left(encode(sha256(convert_to(jsonb_build_array(
        m.id, m.role, m.clearance, access.areas_of(m.id), extract(EPOCH FROM m.valid_until),
        m.suspended_at IS NOT NULL
    )::text, 'UTF8')), 'hex'), 32)
$$;

-- Refuse what an admin may not do to anybody: change their own rights, or give more than they hold.
-- What a member has already may stay.
CREATE FUNCTION access.check_grant(
    s access.live_session, to_person uuid, with_clearance int, had_clearance int, in_areas int [], had_areas int []
) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    mine access.membership;
BEGIN
    SELECT * INTO mine FROM access.membership AS m WHERE m.id = s.membership_id;
    IF to_person = s.person_id THEN
        RAISE EXCEPTION 'Nobody changes their own rights: ask another admin of your organisation.';
    ELSIF with_clearance > greatest(mine.clearance, had_clearance) THEN
        RAISE EXCEPTION 'Your own clearance is %: you cannot give a higher one.', mine.clearance;
    ELSIF NOT in_areas <@ (access.areas_of(mine.id) || had_areas) THEN
        RAISE EXCEPTION 'You can give the areas of your own membership only.';
    ELSIF cardinality(in_areas) = 0 THEN
        RAISE EXCEPTION 'A membership needs at least one area.';
    END IF;
END
$$;

-- The admin who acts, with every other change of the organisation's members held back. Asked again after
-- waiting: of two admins who suspend each other at once, only the first succeeds. Nobody changes their own
-- membership, so whoever acts remains an admin, and the last one cannot be removed.
CREATE FUNCTION access.acting_on_members() RETURNS access.live_session
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
BEGIN
    PERFORM FROM access.organisation AS o WHERE o.id = s.organisation_id FOR NO KEY UPDATE;
    RETURN access.acting_admin();
END
$$;

CREATE FUNCTION access.audit_member(s access.live_session, which uuid, details jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    SELECT audit.append_to(s.organisation_id, 'administration', details || jsonb_build_object(
        'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose, 'membership', which
    ))
$$;

-- The members of the admin's own organisation. That the operator shut a person out is told only when
-- it happened to a member: before that, it would tell that the person was known elsewhere.
CREATE FUNCTION access.list_members()
RETURNS TABLE (
    id uuid, email text, role text, clearance int, areas text [], area_ids int [], until timestamptz,
    state text, sessions int, is_me boolean, facts_hash text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
BEGIN
    RETURN QUERY
    SELECT
        m.id, p.email, m.role, m.clearance::int,
        ARRAY(SELECT ra.name FROM reference.area AS ra WHERE ra.id = ANY (access.areas_of(m.id)) ORDER BY ra.id),
        access.areas_of(m.id), m.valid_until,
        CASE
            WHEN p.disabled_at >= m.valid_from THEN 'disabled'
            WHEN m.suspended_at IS NOT NULL THEN 'suspended'
            WHEN m.valid_until <= access.clock() THEN 'expired'
            ELSE 'live'
        END,
        (SELECT count(*)::int FROM access.live_session AS l WHERE l.membership_id = m.id AND l.scope = 'full'),
        m.person_id = s.person_id,
        access.member_hash(m)
    FROM access.membership AS m
    JOIN access.person AS p ON p.id = m.person_id
    WHERE m.organisation_id = s.organisation_id
    ORDER BY p.email, m.role;
END
$$;

-- Add a membership. The credential is for a person who is new: one who is known elsewhere keeps
-- their own, and nothing in the answer tells which of the two it was.
CREATE FUNCTION access.add_member(
    with_email text, with_role text, with_clearance int, in_areas int [], until timestamptz,
    new_person uuid, with_password_hash text, with_totp_secret bytea
) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_on_members();
    joining uuid;
    added uuid := gen_random_uuid();
BEGIN
    INSERT INTO access.person (id, email) VALUES (new_person, lower(with_email)) ON CONFLICT (email) DO NOTHING;
    IF FOUND THEN
        INSERT INTO access.credential (person_id, password_hash, totp_secret)
        VALUES (new_person, with_password_hash, with_totp_secret);
    END IF;
    SELECT p.id INTO joining FROM access.person AS p WHERE p.email = lower(with_email);
    PERFORM access.check_grant(s, joining, with_clearance, 0, in_areas, '{}');
    IF until <= access.clock() OR until > access.clock() + interval '2 years' THEN
        RAISE EXCEPTION 'A membership ends in the future, and within two years.';
    ELSIF EXISTS (
        SELECT FROM access.membership AS m
        WHERE m.organisation_id = s.organisation_id AND m.person_id = joining AND m.role = with_role
    ) THEN
        RAISE EXCEPTION 'This person has that role at your organisation already: change that membership.';
    END IF;
    INSERT INTO access.membership (id, person_id, organisation_id, role, clearance, valid_from, valid_until)
    VALUES (added, joining, s.organisation_id, with_role, with_clearance, access.clock(), until);
    INSERT INTO access.membership_area SELECT DISTINCT added, unnest(in_areas);
    PERFORM access.join_named_members();
    PERFORM access.audit_member(s, added, jsonb_build_object(
        'what', 'added a membership', 'role', with_role, 'clearance', with_clearance, 'areas', in_areas::text [],
        'until', until
    ));
    RETURN added;
END
$$;

CREATE FUNCTION access.change_member(
    which uuid, with_clearance int, in_areas int [], until timestamptz, of_facts text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_on_members();
    m access.membership := access.my_member(s, which);
BEGIN
    IF access.member_hash(m) IS DISTINCT FROM of_facts THEN
        RAISE EXCEPTION 'Somebody changed this membership meanwhile: read it again before you save.';
    END IF;
    PERFORM access.check_grant(s, m.person_id, with_clearance, m.clearance, in_areas, access.areas_of(which));
    IF until <> m.valid_until AND (
        until <= access.clock() OR until > access.clock() + interval '2 years'
    ) THEN
        RAISE EXCEPTION 'A membership ends in the future, and within two years.';
    END IF;
    UPDATE access.membership SET clearance = with_clearance, valid_until = until WHERE id = which;
    DELETE FROM access.membership_area WHERE membership_id = which AND area_id <> ALL (in_areas);
    INSERT INTO access.membership_area SELECT DISTINCT which, unnest(in_areas) ON CONFLICT DO NOTHING;
    PERFORM access.audit_member(s, which, jsonb_build_object(
        'what', 'changed a membership', 'clearance', with_clearance, 'areas', in_areas::text [], 'until', until
    ));
END
$$;

-- Close a membership at once, or open it again. What is already so stays so.
CREATE FUNCTION access.suspend_member(which uuid, lift boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_on_members();
    m access.membership := access.my_member(s, which);
BEGIN
    IF m.person_id = s.person_id THEN
        RAISE EXCEPTION 'Nobody changes their own rights: ask another admin of your organisation.';
    ELSIF (m.suspended_at IS NULL) = lift THEN
        RETURN;
    END IF;
    UPDATE access.membership SET suspended_at = CASE WHEN NOT lift THEN access.clock() END WHERE id = which;
    UPDATE access.session SET ended_at = access.clock() WHERE membership_id = which AND ended_at IS NULL;
    PERFORM access.audit_member(s, which, jsonb_build_object(
        'what', CASE WHEN lift THEN 'lifted a suspension' ELSE 'suspended a membership' END
    ));
END
$$;

-- End the open sessions of a membership; the person may sign in again.
CREATE FUNCTION access.end_member_sessions(which uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_on_members();
    m access.membership := access.my_member(s, which);
BEGIN
    UPDATE access.session SET ended_at = access.clock() WHERE membership_id = m.id AND ended_at IS NULL;
    PERFORM access.audit_member(s, which, jsonb_build_object('what', 'ended the sessions of a membership'));
END
$$;

-- What an admin may give at most: the own clearance and areas.
CREATE FUNCTION access.grantable() RETURNS TABLE (clearance int, area_id int, area text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
BEGIN
    RETURN QUERY
    SELECT m.clearance::int, a.id, a.name
    FROM access.membership AS m
    JOIN access.membership_area AS ma ON ma.membership_id = m.id
    JOIN reference.area AS a ON a.id = ma.area_id
    WHERE m.id = s.membership_id
    ORDER BY a.id;
END
$$;

GRANT EXECUTE ON FUNCTION access.list_members(),
access.add_member(text, text, int, int [], timestamptz, uuid, text, bytea),
access.change_member(uuid, int, int [], timestamptz, text), access.suspend_member(uuid, boolean),
access.end_member_sessions(uuid), access.grantable() TO waymark_app;
RESET ROLE;
