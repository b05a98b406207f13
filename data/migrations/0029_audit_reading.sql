-- The auditor's reading of the own chain: by operation, person, record and day, latest first.

SET ROLE waymark_owner;
CREATE INDEX entry_actor ON audit.entry (organisation_id, (audit.entry_of(body) ->> 'actor'), seq);
CREATE INDEX entry_record ON audit.entry (organisation_id, (audit.entry_of(body) ->> 'record'), seq);
RESET ROLE;

SET ROLE waymark_gate;

-- The auditor who reads, under the purpose of audit; nobody else gets past this.
CREATE FUNCTION audit.acting_auditor() RETURNS access.live_session
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
BEGIN
    SELECT * INTO s
    FROM access.live_session AS l
    WHERE
        l.token_hash = access.token_hash()
        AND l.role = 'auditor'
        AND l.purpose = 'audit'
        AND l.scope = 'full';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'This needs a session of an auditor whose purpose is audit.'
        USING errcode = 'insufficient_privilege';
    END IF;
    RETURN s;
END
$$;

-- Where the own chain ends at this moment.
CREATE FUNCTION audit.my_head()
RETURNS TABLE (organisation_id int, name text, seq bigint, hash bytea, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := audit.acting_auditor();
BEGIN
    RETURN QUERY
    SELECT c.organisation_id, o.name, c.seq, c.hash, access.clock()
    FROM audit.chain AS c
    JOIN access.organisation AS o ON o.id = c.organisation_id
    WHERE c.organisation_id = s.organisation_id;
END
$$;

-- The members of the own organisation, past ones too, who may stand in the chain as actors.
CREATE FUNCTION audit.my_actors() RETURNS TABLE (membership_id uuid, email text, role text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := audit.acting_auditor();
BEGIN
    RETURN QUERY
    SELECT m.id, p.email, m.role
    FROM access.membership AS m
    JOIN access.person AS p ON p.id = m.person_id
    WHERE m.organisation_id = s.organisation_id
    ORDER BY p.email, m.role;
END
$$;

-- Entries of the own chain before entry before_seq, latest first. Of who acted, members of the own
-- organisation are named; of a partner's member only the organisation is.
CREATE FUNCTION audit.find(
    before_seq bigint, at_most int, with_ops text [], by_actor uuid, of_record text, from_day date, to_day date
)
RETURNS TABLE (seq bigint, entry jsonb, email text, role text, partner text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := audit.acting_auditor();
BEGIN
    RETURN QUERY
    SELECT
        e.seq,
        audit.entry_of(e.body) - '{actor,session}'::text [],
        CASE WHEN m.organisation_id = s.organisation_id THEN p.email END,
        CASE WHEN m.organisation_id = s.organisation_id THEN m.role END,
        CASE WHEN m.organisation_id <> s.organisation_id THEN o.name END
    FROM audit.entry AS e
    LEFT JOIN access.membership AS m ON m.id::text = audit.entry_of(e.body) ->> 'actor'
    LEFT JOIN access.person AS p ON p.id = m.person_id
    LEFT JOIN access.organisation AS o ON o.id = m.organisation_id
    WHERE
        e.organisation_id = s.organisation_id
        AND e.seq < before_seq
        AND (with_ops IS NULL OR audit.entry_of(e.body) ->> 'op' = ANY (with_ops))
        AND (by_actor IS NULL OR audit.entry_of(e.body) ->> 'actor' = by_actor::text)
        AND (
            of_record IS NULL
            OR audit.entry_of(e.body) ->> 'record' = of_record
            OR audit.entry_of(e.body) -> 'records' ? of_record
        )
        AND (from_day IS NULL OR audit.entry_of(e.body) ->> 'at' >= to_char(from_day, 'YYYY-MM-DD'))
        AND (to_day IS NULL OR audit.entry_of(e.body) ->> 'at' < to_char(to_day + 1, 'YYYY-MM-DD'))
    ORDER BY e.seq DESC
    LIMIT at_most;
END
$$;

GRANT EXECUTE ON FUNCTION audit.my_head(), audit.my_actors(),
audit.find(bigint, int, text [], uuid, text, date, date) TO waymark_app;
RESET ROLE;
