-- What admins decide: agreements, operations, and how a record may travel. Every function asks
-- the live session who is acting, and writes the audit of each side in the same transaction.

SET ROLE waymark_owner;

-- Two admins may look after operations of one name without either learning of the other's.
ALTER TABLE access.operation DROP CONSTRAINT operation_organisation_id_name_key;
CREATE INDEX operation_organisation ON access.operation (organisation_id, name);

CREATE TABLE access.operation_named (
    operation_id int NOT NULL REFERENCES access.operation ON DELETE CASCADE,
    organisation_id int NOT NULL REFERENCES access.organisation,
    email text NOT NULL CHECK (email = lower(email)),
    role text NOT NULL,
    PRIMARY KEY (operation_id, organisation_id, email, role)
);
COMMENT ON TABLE access.operation_named IS
'Members of partners that an operation''s admin named. The naming always succeeds and tells nothing of '
'who works there; whoever it fits, now or later, becomes a member.';
GRANT SELECT, INSERT, DELETE ON access.operation_named TO waymark_gate;

CREATE TYPE access.terms AS (
    title text,
    purposes text [],
    areas int [],
    kinds smallint [],
    max_sensitivity smallint,
    finest_step smallint,
    valid_from timestamptz,
    valid_until timestamptz
);
RESET ROLE;

SET ROLE waymark_gate;

-- The admin who acts, under the purpose of administration; nobody else gets past this.
CREATE FUNCTION access.acting_admin() RETURNS access.live_session
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
BEGIN
    SELECT * INTO s
    FROM access.live_session AS l
    WHERE
        l.token_hash = access.token_hash()
        AND l.role = 'admin'
        AND l.purpose = 'administration'
        AND l.scope = 'full';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'This needs a session of an admin whose purpose is administration.'
        USING errcode = 'insufficient_privilege';
    END IF;
    RETURN s;
END
$$;

-- An agreement that the admin's organisation is part of, locked; a stranger's is a missing one.
CREATE FUNCTION access.my_agreement(s access.live_session, which uuid) RETURNS access.agreement
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    found_agreement access.agreement;
BEGIN
    SELECT * INTO found_agreement
    FROM access.agreement AS a
    WHERE a.id = which AND s.organisation_id IN (a.provider_id, a.recipient_id)
    FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Your organisation is part of no such agreement.' USING errcode = 'no_data_found';
    END IF;
    RETURN found_agreement;
END
$$;

CREATE FUNCTION access.terms_of(which uuid) RETURNS access.terms
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (
        a.title,
        ARRAY(SELECT DISTINCT unnest(a.purposes) AS purpose ORDER BY purpose),
        ARRAY(SELECT aa.area_id FROM access.agreement_area AS aa WHERE aa.agreement_id = a.id ORDER BY 1),
        ARRAY(SELECT DISTINCT unnest(a.kinds) AS kind ORDER BY kind),
        a.max_sensitivity,
        a.finest_step,
        a.valid_from,
        a.valid_until
    )::access.terms
    FROM access.agreement AS a
    WHERE a.id = which
$$;

-- What one signs: a hash of the terms and of who provides to whom, so that nobody signs other
-- terms than those they read.
CREATE FUNCTION access.terms_hash(which uuid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT left(encode(sha256(convert_to(jsonb_build_array(
        a.id, a.provider_id, a.recipient_id, t.title, t.purposes, t.areas, t.kinds,
        t.max_sensitivity, t.finest_step,
        extract(EPOCH FROM t.valid_from), extract(EPOCH FROM t.valid_until)
    )::text, 'UTF8')), 'hex'), 32)
    FROM access.agreement AS a
    CROSS JOIN access.terms_of(a.id) AS t
    WHERE a.id = which
$$;

-- One entry in the chain of each side. Chains are always locked in the same order.
CREATE FUNCTION access.audit_agreement(s access.live_session, which uuid, what text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    side record;
BEGIN
    FOR side IN
        SELECT o.id
        FROM access.agreement AS a
        JOIN access.organisation AS o ON o.id IN (a.provider_id, a.recipient_id)
        WHERE a.id = which
        ORDER BY o.id
    LOOP
        PERFORM audit.append_to(side.id, 'administration', jsonb_build_object(
            'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose,
            'what', what, 'agreement', which, 'terms', access.terms_hash(which)
        ));
    END LOOP;
END
$$;

CREATE FUNCTION access.draft_agreement(provider uuid, recipient uuid, terms access.terms) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
    provider_org int := (SELECT o.id FROM access.organisation AS o WHERE o.uid = provider);
    recipient_org int := (SELECT o.id FROM access.organisation AS o WHERE o.uid = recipient);
    drafted uuid := gen_random_uuid();
BEGIN
    IF provider_org IS NULL OR recipient_org IS NULL OR provider_org = recipient_org
    OR s.organisation_id NOT IN (provider_org, recipient_org) THEN
        RAISE EXCEPTION 'An agreement is between two different organisations, and yours is one of them.';
    END IF;
    INSERT INTO access.agreement (
        id, provider_id, recipient_id, title, purposes, kinds, max_sensitivity, finest_step,
        valid_from, valid_until, drafted_by
    ) VALUES (
        drafted, provider_org, recipient_org, terms.title, terms.purposes, terms.kinds,
        terms.max_sensitivity, terms.finest_step, terms.valid_from, terms.valid_until, s.membership_id
    );
    INSERT INTO access.agreement_area SELECT DISTINCT drafted, unnest(terms.areas);
    PERFORM access.audit_agreement(s, drafted, 'drafted an agreement');
    RETURN drafted;
END
$$;

-- Change the terms. What only narrows keeps the signatures; anything else needs both again.
CREATE FUNCTION access.amend_agreement(which uuid, terms access.terms) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
    a access.agreement := access.my_agreement(s, which);
    was access.terms := access.terms_of(which);
    is_narrower boolean;
BEGIN
    is_narrower := coalesce(
        terms.title = was.title
        AND terms.purposes <@ was.purposes
        AND terms.areas <@ was.areas
        AND terms.kinds <@ was.kinds
        AND terms.max_sensitivity <= was.max_sensitivity
        AND terms.finest_step <= was.finest_step
        AND terms.valid_from >= was.valid_from
        AND terms.valid_until <= was.valid_until,
        false
    );
    UPDATE access.agreement
    SET
        title = terms.title,
        purposes = terms.purposes,
        kinds = terms.kinds,
        max_sensitivity = terms.max_sensitivity,
        finest_step = terms.finest_step,
        valid_from = terms.valid_from,
        valid_until = terms.valid_until,
        provider_signed_by = CASE WHEN is_narrower THEN provider_signed_by END,
        provider_signed_at = CASE WHEN is_narrower THEN provider_signed_at END,
        recipient_signed_by = CASE WHEN is_narrower THEN recipient_signed_by END,
        recipient_signed_at = CASE WHEN is_narrower THEN recipient_signed_at END
    WHERE id = which;
    DELETE FROM access.agreement_area WHERE agreement_id = which AND area_id <> ALL (terms.areas);
    INSERT INTO access.agreement_area
    SELECT which, area_id
    FROM unnest(terms.areas) AS area_id
    EXCEPT
    SELECT agreement_id, area_id
    FROM access.agreement_area;
    PERFORM access.audit_agreement(s, which, CASE
        WHEN is_narrower THEN 'narrowed an agreement' ELSE 'changed an agreement, signatures void'
    END);
    RETURN is_narrower;
END
$$;

CREATE FUNCTION access.sign_agreement(which uuid, of_terms text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
    a access.agreement := access.my_agreement(s, which);
    is_provider boolean := a.provider_id = s.organisation_id;
    other_signer uuid := CASE WHEN is_provider THEN a.recipient_signed_by ELSE a.provider_signed_by END;
BEGIN
    IF a.suspended_at IS NOT NULL THEN
        RAISE EXCEPTION 'The agreement is suspended: resume it first, then both sides sign it again.';
    ELSIF a.valid_until <= access.clock() THEN
        RAISE EXCEPTION 'The agreement has ended: renew it, and sign the renewal.';
    ELSIF access.terms_hash(which) IS DISTINCT FROM of_terms THEN
        RAISE EXCEPTION 'The terms are not those that you read: read them again before you sign.';
    ELSIF (CASE WHEN is_provider THEN a.provider_signed_by ELSE a.recipient_signed_by END) IS NOT NULL THEN
        RAISE EXCEPTION 'Your organisation has already signed this agreement.';
    ELSIF EXISTS (
        SELECT FROM access.membership AS m WHERE m.id = other_signer AND m.person_id = s.person_id
    ) THEN
        RAISE EXCEPTION 'You signed for the other side: two different people sign an agreement.';
    END IF;
    IF is_provider THEN
        UPDATE access.agreement
        SET provider_signed_by = s.membership_id, provider_signed_at = access.clock()
        WHERE id = which;
    ELSE
        UPDATE access.agreement
        SET recipient_signed_by = s.membership_id, recipient_signed_at = access.clock()
        WHERE id = which;
    END IF;
    PERFORM access.audit_agreement(s, which, 'signed an agreement');
END
$$;

-- Stop at once, by either side; what is already suspended stays so.
CREATE FUNCTION access.suspend_agreement(which uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
    a access.agreement := access.my_agreement(s, which);
BEGIN
    IF a.suspended_at IS NULL THEN
        UPDATE access.agreement
        SET suspended_at = access.clock(), suspended_by = s.membership_id
        WHERE id = which;
        PERFORM access.audit_agreement(s, which, 'suspended an agreement');
    END IF;
END
$$;

-- Lift a suspension: the terms stand again as a draft, for both sides to sign.
CREATE FUNCTION access.resume_agreement(which uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
    a access.agreement := access.my_agreement(s, which);
BEGIN
    IF a.suspended_at IS NULL THEN
        RAISE EXCEPTION 'The agreement is not suspended.';
    END IF;
    UPDATE access.agreement
    SET
        suspended_at = NULL, suspended_by = NULL,
        provider_signed_by = NULL, provider_signed_at = NULL,
        recipient_signed_by = NULL, recipient_signed_at = NULL
    WHERE id = which;
    PERFORM access.audit_agreement(s, which, 'resumed an agreement, signatures void');
END
$$;

-- The same terms for the time after: a new agreement to be signed, while the old one runs out.
CREATE FUNCTION access.renew_agreement(which uuid, until timestamptz) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
    a access.agreement := access.my_agreement(s, which);
    begins timestamptz := greatest(a.valid_until, access.clock());
    drafted uuid := gen_random_uuid();
BEGIN
    IF until <= begins OR until > begins + interval '12 months' THEN
        RAISE EXCEPTION 'A renewal ends after the agreement that it follows, within twelve months of it.';
    END IF;
    INSERT INTO access.agreement (
        id, provider_id, recipient_id, title, purposes, kinds, max_sensitivity, finest_step,
        valid_from, valid_until, drafted_by
    ) VALUES (
        drafted, a.provider_id, a.recipient_id, a.title, a.purposes, a.kinds, a.max_sensitivity,
        a.finest_step, begins, until, s.membership_id
    );
    INSERT INTO access.agreement_area
    SELECT drafted, aa.area_id FROM access.agreement_area AS aa WHERE aa.agreement_id = which;
    PERFORM access.audit_agreement(s, drafted, 'drafted a renewal');
    RETURN drafted;
END
$$;

-- The agreements that the admin's organisation is part of, with what a signer must read.
CREATE FUNCTION access.list_agreements()
RETURNS TABLE (
    id uuid, provider text, recipient text, title text, purposes text [], areas text [],
    area_ids int [], kinds int [], max_sensitivity int, finest_step int, valid_from timestamptz,
    valid_until timestamptz, provider_signed_at timestamptz, recipient_signed_at timestamptz,
    suspended_at timestamptz, is_live boolean, terms_hash text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
BEGIN
    RETURN QUERY
    SELECT
        a.id, p.name, r.name, a.title, t.purposes,
        ARRAY(SELECT ra.name FROM reference.area AS ra WHERE ra.id = ANY (t.areas) ORDER BY ra.name),
        t.areas, t.kinds::int [], a.max_sensitivity::int, a.finest_step::int, a.valid_from,
        a.valid_until, a.provider_signed_at, a.recipient_signed_at, a.suspended_at,
        access.is_live(a, access.clock()), access.terms_hash(a.id)
    FROM access.agreement AS a
    JOIN access.organisation AS p ON p.id = a.provider_id
    JOIN access.organisation AS r ON r.id = a.recipient_id
    CROSS JOIN access.terms_of(a.id) AS t
    WHERE s.organisation_id IN (a.provider_id, a.recipient_id)
    ORDER BY a.created_at, a.valid_from, a.id;
END
$$;

-- The partners there are, for an admin to choose from.
CREATE FUNCTION access.list_organisations() RETURNS TABLE (uid uuid, name text, kind text, is_own boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
BEGIN
    RETURN QUERY
    SELECT o.uid, o.name, o.kind, o.id = s.organisation_id
    FROM access.organisation AS o
    ORDER BY o.name;
END
$$;

GRANT EXECUTE ON FUNCTION access.draft_agreement(uuid, uuid, access.terms),
access.amend_agreement(uuid, access.terms), access.sign_agreement(uuid, text),
access.suspend_agreement(uuid), access.resume_agreement(uuid),
access.renew_agreement(uuid, timestamptz), access.list_agreements(), access.list_organisations()
TO waymark_app;
RESET ROLE;
