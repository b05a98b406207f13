-- What everybody is told of the rules they live under: the precision table, and the live agreements of
-- their own organisation; and what the pages of an admin need beside the functions of agreements.

SET ROLE waymark_gate;

-- The precision table as it holds for the session's own organisation: for each audience, purpose and
-- sensitivity the default step, and the own, stricter one. -1 is nothing.
CREATE FUNCTION access.my_precision_rules()
RETURNS TABLE (audience text, purpose text, sensitivity int, default_step int, own_step int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        r.audience, r.purpose, r.sensitivity::int,
        (min(r.step) FILTER (WHERE r.organisation_id IS NULL))::int,
        min(r.step)::int
    FROM access.live_session AS s
    JOIN access.precision_rule AS r ON coalesce(r.organisation_id, s.organisation_id) = s.organisation_id
    WHERE s.token_hash = access.token_hash()
    GROUP BY r.audience, r.purpose, r.sensitivity
    ORDER BY r.audience, r.purpose, r.sensitivity
$$;

-- The live agreements that the session's own organisation is part of. Admins and auditors are told
-- of each; who works under one purpose is told of those that speak of it. A GIS client of none.
CREATE FUNCTION access.my_live_agreements()
RETURNS TABLE (
    provider text, recipient text, title text, purposes text [], areas text [], kinds int [],
    max_sensitivity int, finest_step int, valid_from timestamptz, valid_until timestamptz
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        p.name, r.name, a.title, t.purposes,
        ARRAY(SELECT ra.name FROM reference.area AS ra WHERE ra.id = ANY (t.areas) ORDER BY ra.name),
        t.kinds::int [], a.max_sensitivity::int, a.finest_step::int, a.valid_from, a.valid_until
    FROM access.live_session AS s
    JOIN access.agreement AS a ON s.organisation_id IN (a.provider_id, a.recipient_id)
    JOIN access.organisation AS p ON p.id = a.provider_id
    JOIN access.organisation AS r ON r.id = a.recipient_id
    CROSS JOIN access.terms_of(a.id) AS t
    WHERE
        s.token_hash = access.token_hash()
        AND s.scope = 'full'
        AND access.is_live(a, access.clock())
        AND (s.role IN ('admin', 'auditor') OR s.purpose = ANY (a.purposes))
    ORDER BY p.name, r.name, a.title, a.id
$$;

-- Who acted for the admin's own side of each agreement, by name, and that somebody did for the other:
-- who works at a partner is the partner's to tell.
CREATE FUNCTION access.list_signers()
RETURNS TABLE (
    agreement_id uuid, is_provider boolean, drafted_here boolean, signed_here text, suspended_here boolean
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
BEGIN
    RETURN QUERY
    SELECT
        a.id,
        a.provider_id = s.organisation_id,
        EXISTS (
            SELECT FROM access.membership AS m
            WHERE m.id = a.drafted_by AND m.organisation_id = s.organisation_id
        ),
        (
            SELECT p.email
            FROM access.membership AS m
            JOIN access.person AS p ON p.id = m.person_id
            WHERE
                m.organisation_id = s.organisation_id
                AND m.id IN (a.provider_signed_by, a.recipient_signed_by)
        ),
        EXISTS (
            SELECT FROM access.membership AS m
            WHERE m.id = a.suspended_by AND m.organisation_id = s.organisation_id
        )
    FROM access.agreement AS a
    WHERE s.organisation_id IN (a.provider_id, a.recipient_id);
END
$$;

-- Change terms that are still those that were read; what somebody changed meanwhile is not overwritten.
CREATE FUNCTION access.amend_as_read(which uuid, terms access.terms, of_terms text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    a access.agreement := access.my_agreement(access.acting_admin(), which);
BEGIN
    IF access.terms_hash(a.id) IS DISTINCT FROM of_terms THEN
        RAISE EXCEPTION 'The terms are not those that you read: read them again before you change them.';
    END IF;
    RETURN access.amend_agreement(which, terms);
END
$$;

GRANT EXECUTE ON FUNCTION access.my_precision_rules(), access.my_live_agreements(), access.list_signers(),
access.amend_as_read(uuid, access.terms, text) TO waymark_app;
RESET ROLE;
