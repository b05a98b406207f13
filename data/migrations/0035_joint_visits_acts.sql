-- What people do with joint visits, each act in both chains of the audit: propose, accept, decline, cancel,
-- ask for more time, agree to it. Whoever may not know of a joint visit is told that there is none.

SET ROLE waymark_gate;

-- The organisations that may be proposed a place behind this label: those with a live agreement on it for
-- what joint visits are for, whose conditions they meet.
CREATE FUNCTION access.recipients_of(of_label int) RETURNS SETOF int
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT a.recipient_id
    FROM access.label AS l
    JOIN access.handling AS h ON h.id = l.handling_id AND NOT h.owner_only
    JOIN access.agreement AS a ON a.provider_id = l.owner_id AND a.max_sensitivity >= l.sensitivity
    JOIN access.agreement_area AS aa ON aa.agreement_id = a.id AND aa.area_id = l.area_id
    JOIN access.organisation AS o ON o.id = a.recipient_id
    CROSS JOIN unnest(ARRAY['visit', 'safeguarding']) AS purpose
    WHERE
        l.id = of_label
        AND 0 = ANY (a.kinds)
        AND purpose = ANY (a.purposes)
        AND access.is_live(a, access.clock())
        AND access.step_under(h.conditions, o.uid, purpose, access.clock()) >= 0
$$;

-- The label of a place of the session's own organisation that it sees exactly; any other is refused alike.
CREATE FUNCTION store.proposable_label(s access.live_session, on_place uuid) RETURNS int
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    label int;
BEGIN
    SELECT l.id INTO label
    FROM store.place AS p
    JOIN access.label AS l ON l.id = p.lock_id >> 5
    WHERE p.id = on_place AND l.owner_id = s.organisation_id AND get_bit(access.keyring(), p.lock_id) = 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Only the organisation that recorded a place proposes it.'
        USING errcode = 'insufficient_privilege';
    END IF;
    RETURN label;
END
$$;

-- To whom a place of one's own may be proposed.
CREATE FUNCTION store.joint_visit_partners(on_place uuid) RETURNS TABLE (uid uuid, name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_on_joint_visits();
BEGIN
    RETURN QUERY
    SELECT o.uid, o.name
    FROM access.recipients_of(store.proposable_label(s, on_place)) AS recipient (id)
    JOIN access.organisation AS o ON o.id = recipient.id
    ORDER BY o.name;
END
$$;

-- One entry in the owner's chain and one in the partner's about an act, each with details of its own.
CREATE FUNCTION audit.tell_both(
    s access.live_session, j store.joint_visit, op text, to_owner jsonb, to_partner jsonb
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    entry CONSTANT jsonb := jsonb_build_object(
        'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose, 'kind', 'joint visit',
        'recipient', (SELECT o.uid FROM access.organisation AS o WHERE o.id = j.partner_id)
    );
BEGIN
    PERFORM audit.lock_chains(ARRAY[j.owner_id, j.partner_id]);
    PERFORM audit.append_to(j.owner_id, op, entry || to_owner);
    PERFORM audit.append_to(j.partner_id, op, entry || to_partner);
END
$$;

-- A joint visit that the session may know of, locked, for a side to act on; a hidden one is a missing one.
CREATE FUNCTION store.my_joint_visit(s access.live_session, which uuid, of_sides boolean []) RETURNS store.joint_visit
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    is_ours boolean := (SELECT k.is_ours FROM store.known_joint_visits(s) AS k WHERE k.joint_visit_id = which);
    j store.joint_visit;
BEGIN
    IF is_ours IS NULL THEN
        RAISE EXCEPTION 'There is no such joint visit.' USING errcode = 'no_data_found';
    ELSIF is_ours <> ALL (of_sides) THEN
        RAISE EXCEPTION 'The other organisation decides this.' USING errcode = 'insufficient_privilege';
    END IF;
    SELECT * INTO j FROM store.joint_visit AS v WHERE v.id = which FOR UPDATE;
    RETURN j;
END
$$;

-- Propose a place to a partner. Audited as a disclosure: the partner learns of a window and a square.
CREATE FUNCTION store.propose_joint_visit(
    new_id uuid, on_place uuid, with_partner uuid, starts timestamptz, ends timestamptz, for_help text,
    record text, place_record text
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_on_joint_visits();
    label CONSTANT int := store.proposable_label(s, on_place);
    partner int;
    j store.joint_visit;
BEGIN
    SELECT o.id INTO partner
    FROM access.organisation AS o
    WHERE o.uid = with_partner AND o.id IN (SELECT r.id FROM access.recipients_of(label) AS r (id));
    IF partner IS NULL THEN
        RAISE EXCEPTION 'No live agreement lets that organisation know of this place.';
    ELSIF starts >= ends THEN
        RAISE EXCEPTION 'A joint visit ends after it starts.';
    ELSIF ends > starts + interval '48 hours' THEN
        RAISE EXCEPTION 'A joint visit lasts at most 48 hours.';
    ELSIF ends <= access.clock() OR starts > access.clock() + interval '90 days' THEN
        RAISE EXCEPTION 'A joint visit ends in the future and starts within 90 days.';
    END IF;
    INSERT INTO store.joint_visit (id, place_id, owner_id, partner_id, starts_at, ends_at, proposed_by, help)
    VALUES (new_id, on_place, s.organisation_id, partner, starts, ends, s.membership_id, for_help)
    RETURNING * INTO j;
    PERFORM audit.tell_both(
        s, j, 'disclosure', jsonb_build_object('what', 'proposed a joint visit', 'record', record, 'place', place_record),
        jsonb_build_object('what', 'proposed a joint visit', 'record', record)
    );
END
$$;

-- Accept for the partner and name who goes. From here on the place opens by itself, to them, for its time.
CREATE FUNCTION store.accept_joint_visit(which uuid, members uuid [], record text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_on_joint_visits();
    j CONSTANT store.joint_visit := store.my_joint_visit(s, which, '{false}');
    named CONSTANT uuid [] := ARRAY(SELECT DISTINCT unnest(members) AS id ORDER BY id);
    said CONSTANT jsonb := jsonb_build_object(
        'what', 'accepted a joint visit', 'record', record, 'precision', 'exact'
    );
BEGIN
    IF store.joint_visit_state(j) <> 'proposed' THEN
        RAISE EXCEPTION 'This joint visit no longer waits for an answer.';
    ELSIF EXISTS (
        SELECT FROM access.membership AS m WHERE m.id = j.proposed_by AND m.person_id = s.person_id
    ) THEN
        RAISE EXCEPTION 'Another person than who proposed it accepts a joint visit.';
    ELSIF cardinality(named) NOT BETWEEN 1 AND 20 THEN
        RAISE EXCEPTION 'Name at least one and at most 20 members who go.';
    ELSIF EXISTS (
        SELECT FROM unnest(named) AS one (id)
        WHERE coalesce(one.id NOT IN (SELECT n.membership_id FROM store.nameable_members(s) AS n), true)
    ) THEN
        RAISE EXCEPTION 'Name outreach workers of your own organisation whose membership is live.';
    END IF;
    UPDATE store.joint_visit SET accepted_at = access.clock(), accepted_by = s.membership_id WHERE id = j.id;
    DELETE FROM store.joint_visit_member WHERE joint_visit_id = j.id;
    INSERT INTO store.joint_visit_member SELECT j.id, one.id FROM unnest(named) AS one (id);
    PERFORM audit.tell_both(
        s, j, 'disclosure',
        said || jsonb_build_object('members', cardinality(named)), said || jsonb_build_object('members', named::text [])
    );
END
$$;

-- Decline for the partner. No reason is asked for.
CREATE FUNCTION store.decline_joint_visit(which uuid, record text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_on_joint_visits();
    j CONSTANT store.joint_visit := store.my_joint_visit(s, which, '{false}');
    said CONSTANT jsonb := jsonb_build_object('what', 'declined a joint visit', 'record', record);
BEGIN
    IF store.joint_visit_state(j) <> 'proposed' THEN
        RAISE EXCEPTION 'This joint visit no longer waits for an answer.';
    END IF;
    UPDATE store.joint_visit SET declined_at = access.clock(), declined_by = s.membership_id WHERE id = j.id;
    PERFORM audit.tell_both(s, j, 'alteration', said, said);
END
$$;

-- Cancel, for either side: what is open closes with this transaction.
CREATE FUNCTION store.cancel_joint_visit(which uuid, record text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_on_joint_visits();
    j CONSTANT store.joint_visit := store.my_joint_visit(s, which, '{true, false}');
    said CONSTANT jsonb := jsonb_build_object('what', 'cancelled a joint visit', 'record', record);
BEGIN
    IF store.joint_visit_state(j) NOT IN ('proposed', 'accepted', 'extended') THEN
        RAISE EXCEPTION 'This joint visit is over already: nothing of it is open.';
    END IF;
    UPDATE store.joint_visit SET cancelled_at = access.clock(), cancelled_by = s.membership_id WHERE id = j.id;
    PERFORM audit.tell_both(s, j, 'alteration', said, said);
END
$$;

-- Ask, at the owner's, for more time. Nothing changes until somebody else there agrees.
CREATE FUNCTION store.ask_more_time(which uuid, until timestamptz, record text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_on_joint_visits();
    j CONSTANT store.joint_visit := store.my_joint_visit(s, which, '{true}');
BEGIN
    IF store.joint_visit_state(j) NOT IN ('accepted', 'extended') THEN
        RAISE EXCEPTION 'Only a joint visit that was accepted and is not over yet can be given more time.';
    ELSIF until <= j.ends_at OR until <= access.clock() THEN
        RAISE EXCEPTION 'More time ends in the future, and later than the joint visit does now.';
    ELSIF until > j.ends_at + interval '48 hours' OR until > j.starts_at + interval '168 hours' THEN
        RAISE EXCEPTION 'More time is at most 48 hours, and a joint visit lasts at most seven days in all.';
    END IF;
    UPDATE store.joint_visit SET extension_until = until, extension_asked_by = s.membership_id WHERE id = j.id;
    PERFORM audit.append_to(j.owner_id, 'alteration', jsonb_build_object(
        'what', 'asked for more time for a joint visit', 'kind', 'joint visit', 'record', record,
        'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose
    ));
END
$$;

-- Agree, as another person of the owner's, to the time that was read.
CREATE FUNCTION store.agree_more_time(which uuid, until timestamptz, record text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_on_joint_visits();
    j CONSTANT store.joint_visit := store.my_joint_visit(s, which, '{true}');
    said CONSTANT jsonb := jsonb_build_object(
        'what', 'gave a joint visit more time', 'record', record, 'precision', 'exact'
    );
BEGIN
    IF store.joint_visit_state(j) NOT IN ('accepted', 'extended') OR j.extension_until IS NULL THEN
        RAISE EXCEPTION 'Nobody asks for more time for this joint visit.';
    ELSIF EXISTS (
        SELECT FROM access.membership AS asker
        WHERE asker.id = j.extension_asked_by AND asker.person_id = s.person_id
    ) THEN
        RAISE EXCEPTION 'Another person of your organisation than who asked agrees to more time.';
    ELSIF j.extension_until <> until THEN
        RAISE EXCEPTION 'Another time was asked for meanwhile: read it again before you agree.';
    END IF;
    UPDATE store.joint_visit
    SET
        ends_at = until,
        extended_at = access.clock(),
        extended_by = s.membership_id,
        extension_until = NULL,
        extension_asked_by = NULL
    WHERE id = j.id;
    PERFORM audit.tell_both(s, j, 'disclosure', said, said);
END
$$;

GRANT EXECUTE ON FUNCTION store.joint_visit_partners(uuid),
store.propose_joint_visit(uuid, uuid, uuid, timestamptz, timestamptz, text, text, text),
store.accept_joint_visit(uuid, uuid [], text), store.decline_joint_visit(uuid, text),
store.cancel_joint_visit(uuid, text), store.ask_more_time(uuid, timestamptz, text),
store.agree_more_time(uuid, timestamptz, text) TO waymark_app;
RESET ROLE;
