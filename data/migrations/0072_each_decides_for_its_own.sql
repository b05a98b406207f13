-- Deconfliction once more: of an operation's records each organisation decides for its own whom they tell, and who
-- plans visits reads no audit, where it says which desks were told.

SET ROLE waymark_owner;
ALTER TABLE access.operation_deconfliction ADD COLUMN organisation_id int REFERENCES access.organisation;
UPDATE access.operation_deconfliction AS d
SET organisation_id = o.organisation_id
FROM access.operation AS o
WHERE o.id = d.operation_id;
ALTER TABLE access.operation_deconfliction
ALTER COLUMN organisation_id SET NOT NULL,
DROP CONSTRAINT operation_deconfliction_pkey,
ADD PRIMARY KEY (operation_id, organisation_id);
COMMENT ON TABLE access.operation_deconfliction IS
'Whose desks an organisation''s own visits for an operation set off: nobody''s, its own, both. Own where there is no '
'row: nobody decides for another''s records.';
RESET ROLE;

SET ROLE waymark_gate;

-- What is decided of a record is what its owner decided.
DO $$
DECLARE
    was CONSTANT text := 'ON d.operation_id = l.operation_id';
    found text := pg_get_functiondef(to_regproc('access.clash_mode'));
BEGIN
    IF length(found) - length(replace(found, was, '')) <> length(was) THEN
        RAISE EXCEPTION 'access.clash_mode is not as it was expected';
    END IF;
    EXECUTE replace(found, was, was || ' AND d.organisation_id = l.owner_id');
END
$$;

-- The operations that the admin is a member of, their own organisation's and partners', and whose desks their own
-- organisation's visits for each set off.
DROP FUNCTION access.operation_tells(uuid);
CREATE FUNCTION access.operations_tell() RETURNS TABLE (uid uuid, name text, tells text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_admin();
BEGIN
    RETURN QUERY
    SELECT o.uid, o.name, coalesce(d.tells, 'own')
    FROM access.operation_member AS om
    JOIN access.operation AS o ON o.id = om.operation_id
    LEFT JOIN access.operation_deconfliction AS d
        ON d.operation_id = o.id AND d.organisation_id = s.organisation_id
    WHERE om.membership_id = s.membership_id
    ORDER BY o.name, o.uid;
END
$$;

-- Decide it, as an admin whom the operation has among its members, for one's own organisation's visits. As all that is
-- about an operation it stands in its owner's chain: a partner's auditor does not learn that there is one.
CREATE OR REPLACE FUNCTION access.set_operation_tells(which uuid, whom text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_admin();
    o access.operation;
BEGIN
    SELECT k.* INTO o
    FROM access.operation AS k
    JOIN access.operation_member AS om ON om.operation_id = k.id AND om.membership_id = s.membership_id
    WHERE k.uid = which
    FOR UPDATE OF k;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'You are in no such operation.' USING errcode = 'no_data_found';
    END IF;
    INSERT INTO access.operation_deconfliction (operation_id, organisation_id, tells)
    VALUES (o.id, s.organisation_id, whom)
    ON CONFLICT (operation_id, organisation_id) DO UPDATE SET tells = excluded.tells;
    PERFORM audit.append_to(o.organisation_id, 'administration', jsonb_build_object(
        'what', 'decided whom an operation tells of visits near one another', 'tells', whom,
        'of', (SELECT g.uid FROM access.organisation AS g WHERE g.id = s.organisation_id),
        'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose,
        'operation', left(encode(sha256(convert_to(o.uid::text, 'UTF8')), 'hex'), 32)
    ));
END
$$;

-- Does a person plan visits, anywhere, or did until three days ago? So long is remembered what desks were told.
CREATE FUNCTION access.plans_visits(person uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM access.membership AS m
        WHERE
            m.person_id = person
            AND m.role = 'outreach'
            AND access.clock() < least(m.valid_until, m.suspended_at) + interval '3 days'
    )
$$;

-- The auditor who reads, under the purpose of audit; nobody else gets past this. An auditor who plans visits would read
-- which of them made a desk call another: a colleague audits instead.
CREATE OR REPLACE FUNCTION audit.acting_auditor() RETURNS access.live_session
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
    ELSIF access.plans_visits(s.person_id) THEN
        RAISE EXCEPTION 'Whoever plans visits reads no audit, here or at another organisation, until three days after: '
        'it says which visits made a duty desk call another. Let another auditor read it.'
        USING errcode = 'insufficient_privilege';
    END IF;
    RETURN s;
END
$$;

-- The chain of the auditor's own organisation, in order; nothing for anybody else.
CREATE OR REPLACE FUNCTION audit.my_entries(after_seq bigint, at_most int)
RETURNS TABLE (seq bigint, body text, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT e.seq, e.body, e.hash
    FROM access.live_session AS s
    JOIN audit.entry AS e ON e.organisation_id = s.organisation_id
    WHERE
        s.token_hash = access.token_hash()
        AND s.role = 'auditor'
        AND s.purpose = 'audit'
        AND s.scope = 'full'
        AND NOT access.plans_visits(s.person_id)
        AND e.seq > after_seq
    ORDER BY e.seq
    LIMIT at_most
$$;

GRANT EXECUTE ON FUNCTION access.operations_tell() TO waymark_app;
RESET ROLE;
