-- The effect of a change before it is saved: the change is made and decided upon in a subtransaction
-- that always rolls back. An admin is told numbers of the own organisation's records in 5 km squares.

SET ROLE waymark_owner;
CREATE TYPE access.known AS (purpose text, label_id int, kind int, step int);
COMMENT ON TYPE access.known IS
'What a session of this purpose may know of the records of one kind behind one label: the finest step.';

CREATE TYPE access.effect AS (purpose text, kind int, was int, becomes int, cell int, records int);
COMMENT ON TYPE access.effect IS
'How many records of one 5 km square are known at the step `was`, and would be at `becomes`; -1 is not at all.';
RESET ROLE;

SET ROLE waymark_gate;

-- A member who is not there, to be asked what they would know. Only ever in a subtransaction that
-- rolls back. In no operation and excluded from nothing: what an admin is told depends on neither.
CREATE FUNCTION access.imagine_member(at_organisation int, with_role text, with_clearance int, in_areas int [])
RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    imagined uuid := gen_random_uuid();
BEGIN
    INSERT INTO access.person (id, email) VALUES (imagined, imagined || '@imagined.invalid');
    INSERT INTO access.membership (
        id, person_id, organisation_id, role, clearance, valid_from, valid_until
    ) VALUES (
        imagined, imagined, at_organisation, with_role, with_clearance, '-infinity', 'infinity'
    );
    INSERT INTO access.membership_area SELECT DISTINCT imagined, unnest(in_areas);
    RETURN imagined;
END
$$;

-- What a member of this role, clearance and areas would know of an owner's records at a moment, under
-- each of the purposes that the role may choose. Operations' records are never among them: that there
-- are any is hidden from admins as well.
CREATE FUNCTION access.known_to(
    owner int, at_organisation int, with_role text, with_clearance int, in_areas int [],
    for_purposes text [], at timestamptz
) RETURNS access.known []
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    imagined uuid := access.imagine_member(at_organisation, with_role, with_clearance, in_areas);
BEGIN
    RETURN ARRAY(
        SELECT (rp.purpose, d.label_id, d.kind, d.step)::access.known
        FROM access.organisation AS o
        JOIN access.role_purpose AS rp
            ON rp.role = with_role
            AND coalesce(rp.organisation_kind, o.kind) = o.kind
            AND rp.purpose = ANY (for_purposes)
        CROSS JOIN LATERAL access.decide(imagined, rp.purpose, at) AS d
        JOIN access.label AS l ON l.id = d.label_id AND l.owner_id = owner AND l.operation_id IS NULL
        WHERE o.id = at_organisation
    );
END
$$;

-- The same for the widest rights that anybody at a partner can have: every area, clearance 3.
CREATE FUNCTION access.known_at(owner int, at_organisation int, for_purposes text [], at timestamptz)
RETURNS access.known []
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    everywhere int [] := ARRAY(SELECT a.id FROM reference.area AS a);
BEGIN
    RETURN access.known_to(owner, at_organisation, 'outreach', 3, everywhere, for_purposes, at)
        || access.known_to(owner, at_organisation, 'analyst', 3, everywhere, for_purposes, at);
END
$$;

-- Two states of knowledge, compared and counted by 5 km square.
CREATE FUNCTION access.compare_known(before access.known [], after access.known [])
RETURNS SETOF access.effect
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    WITH compared AS MATERIALIZED (
        SELECT
            purpose, label_id, kind, coalesce(b.step, -1) AS was, coalesce(a.step, -1) AS becomes,
            access.lock_of(label_id, kind, 0) AS lock_id
        FROM unnest(before) AS b
        FULL JOIN unnest(after) AS a USING (purpose, label_id, kind)
    ),
    held AS (
        SELECT c.lock_id, c.cell, c.ok + c.two_people + c.contact_owner_first + c.do_not_attend AS records
        FROM store.place_cell AS c
        WHERE c.lock_id IN (SELECT k.lock_id FROM compared AS k)
        UNION ALL
        SELECT c.lock_id, c.cell, c.visits
        FROM store.visit_cell AS c
        WHERE c.lock_id IN (SELECT k.lock_id FROM compared AS k)
        UNION ALL
        SELECT c.lock_id, c.cell, c.notes
        FROM store.risk_cell AS c
        WHERE c.lock_id IN (SELECT k.lock_id FROM compared AS k)
    )
    SELECT k.purpose, k.kind, k.was, k.becomes, h.cell, sum(h.records)::int
    FROM compared AS k
    JOIN held AS h ON h.lock_id = k.lock_id
    GROUP BY k.purpose, k.kind, k.was, k.becomes, h.cell
    ORDER BY k.purpose, k.kind, h.cell, k.was, k.becomes
$$;

CREATE FUNCTION access.audit_preview(s access.live_session, details jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    SELECT audit.append_to(s.organisation_id, 'administration', details || jsonb_build_object(
        'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose
    ))
$$;

-- What an agreement would change if both sides signed these terms: a draft when which is NULL, else
-- an agreement with other terms, or its own. Nothing for the recipient: the records are not its own.
CREATE FUNCTION access.effect_of_terms(which uuid, provider uuid, recipient uuid, terms access.terms)
RETURNS SETOF access.effect
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
    a access.agreement;
    at timestamptz := greatest(access.clock(), terms.valid_from);
    before access.known [];
    after access.known [];
BEGIN
    BEGIN
        -- The very functions that will save the change: what they refuse is refused here.
        IF which IS NULL THEN
            a := access.my_agreement(s, access.draft_agreement(provider, recipient, terms));
        ELSE
            a := access.my_agreement(s, which);
        END IF;
        IF a.provider_id = s.organisation_id THEN
            before := access.known_at(a.provider_id, a.recipient_id, a.purposes || terms.purposes, at);
            PERFORM access.amend_agreement(a.id, terms);
            UPDATE access.agreement
            SET
                provider_signed_by = access.imagine_member(a.provider_id, 'admin', 0, '{}'),
                provider_signed_at = at,
                recipient_signed_by = access.imagine_member(a.recipient_id, 'admin', 0, '{}'),
                recipient_signed_at = at,
                suspended_at = NULL
            WHERE id = a.id;
            after := access.known_at(a.provider_id, a.recipient_id, a.purposes || terms.purposes, at);
        END IF;
        RAISE EXCEPTION 'only to see' USING errcode = 'WM000';
    EXCEPTION
        WHEN SQLSTATE 'WM000' THEN NULL;
    END;
    PERFORM access.audit_preview(s, jsonb_build_object(
        'what', 'previewed the effect of an agreement', 'agreement', which
    ));
    RETURN QUERY SELECT e.* FROM access.compare_known(before, after) AS e;
END
$$;

CREATE FUNCTION access.effect_of_suspension(which uuid) RETURNS SETOF access.effect
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
    a access.agreement := access.my_agreement(s, which);
    before access.known [];
    after access.known [];
BEGIN
    IF a.provider_id = s.organisation_id THEN
        BEGIN
            before := access.known_at(a.provider_id, a.recipient_id, a.purposes, access.clock());
            PERFORM access.suspend_agreement(which);
            after := access.known_at(a.provider_id, a.recipient_id, a.purposes, access.clock());
            RAISE EXCEPTION 'only to see' USING errcode = 'WM000';
        EXCEPTION
            WHEN SQLSTATE 'WM000' THEN NULL;
        END;
    END IF;
    PERFORM access.audit_preview(s, jsonb_build_object(
        'what', 'previewed the effect of a suspension', 'agreement', which
    ));
    RETURN QUERY SELECT e.* FROM access.compare_known(before, after) AS e;
END
$$;

-- What somebody with the rights of this membership would gain or lose of the own organisation's
-- records: with another clearance and areas, or suspended. A new membership when which is NULL.
CREATE FUNCTION access.effect_of_member(
    which uuid, with_role text, with_clearance int, in_areas int [], stays_open boolean
) RETURNS SETOF access.effect
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
    m access.membership;
    had int [] := access.areas_of(which);
    purposes text [] := ARRAY(SELECT rp.purpose FROM access.role_purpose AS rp);
    before access.known [];
    after access.known [];
BEGIN
    IF which IS NOT NULL THEN
        m := access.my_member(s, which);
    END IF;
    IF stays_open THEN
        PERFORM access.check_grant(s, m.person_id, with_clearance, m.clearance, in_areas, had);
    END IF;
    BEGIN
        IF m.suspended_at IS NULL AND m.valid_from <= access.clock() AND access.clock() < m.valid_until THEN
            before := access.known_to(
                s.organisation_id, s.organisation_id, m.role, m.clearance, had, purposes, access.clock()
            );
        END IF;
        IF stays_open THEN
            after := access.known_to(
                s.organisation_id, s.organisation_id, coalesce(m.role, with_role), with_clearance, in_areas,
                purposes, access.clock()
            );
        END IF;
        RAISE EXCEPTION 'only to see' USING errcode = 'WM000';
    EXCEPTION
        WHEN SQLSTATE 'WM000' THEN NULL;
    END;
    PERFORM access.audit_preview(s, jsonb_build_object(
        'what', 'previewed the effect of a membership', 'membership', which
    ));
    RETURN QUERY SELECT e.* FROM access.compare_known(before, after) AS e;
END
$$;

GRANT EXECUTE ON FUNCTION access.effect_of_terms(uuid, uuid, uuid, access.terms),
access.effect_of_suspension(uuid), access.effect_of_member(uuid, text, int, int [], boolean)
TO waymark_app;
RESET ROLE;
