-- Reviews: what is due, numbers for admins, erasing a note for good; and for the owner's own workers who
-- changed a place and who in their organisation saw it, as roles.

SET ROLE waymark_owner;
CREATE INDEX place_review ON store.place (review_on) WHERE review_on IS NOT NULL AND status <> 'closed';
CREATE INDEX note_review ON store.note (review_on);
RESET ROLE;

SET ROLE waymark_gate;

-- What an entry of the audit says; empty for one that was altered until it says nothing, so that reading
-- the others, and verifying all, goes on.
CREATE FUNCTION audit.entry_of(body text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE WHEN jsonb_typeof(body::jsonb) = 'object' THEN body::jsonb ELSE '{}' END;
EXCEPTION
    WHEN data_exception THEN
        RETURN '{}';
END
$$;
GRANT EXECUTE ON FUNCTION audit.entry_of(text) TO waymark_owner;

-- The role behind a membership of the session's own organisation; of others only that it is one.
CREATE FUNCTION access.role_of(this_membership uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT CASE WHEN s.membership_id = m.id THEN 'you' ELSE m.role END
        FROM access.live_session AS s
        JOIN access.membership AS m ON m.organisation_id = s.organisation_id AND m.id = this_membership
        WHERE s.token_hash = access.token_hash()
    );
END
$$;

-- Who of the session's own organisation consulted a record, by role and day, latest first; nothing for
-- anybody but its owner's workers, who hand in the place and its keyed hash.
CREATE FUNCTION audit.seen_by(on_place uuid, record text, at_most int)
RETURNS TABLE (role text, seen_on date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
BEGIN
    SELECT * INTO s FROM access.live_session AS l WHERE l.token_hash = access.token_hash();
    IF NOT FOUND OR NOT EXISTS (
        SELECT FROM store.place AS p
        WHERE
            p.id = on_place
            AND get_bit(access.keyring(), p.lock_id) = 1
            AND access.may_record(p.lock_id)
    ) THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT access.role_of((seen.entry ->> 'actor')::uuid), (seen.entry ->> 'at')::timestamptz::date
    FROM (
        SELECT audit.entry_of(e.body) AS entry
        FROM audit.entry AS e
        WHERE
            e.organisation_id = s.organisation_id
            AND (audit.entry_of(e.body) ->> 'record') = record
            AND e.body LIKE '%"op":"consultation"%'
            AND e.body LIKE '%"kind":"place",%'
        ORDER BY e.seq DESC
        LIMIT 200
    ) AS seen
    GROUP BY 1, 2
    ORDER BY 2 DESC, 1
    LIMIT at_most;
END
$$;

-- A note, its key, grade and flag on the map, gone for good: by a worker of its owner who can read it.
-- False for a hidden and a missing note alike.
CREATE FUNCTION store.erase_note(this_note uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ring bit varying := access.keyring();
BEGIN
    PERFORM FROM store.note AS n
    WHERE n.id = this_note AND get_bit(ring, n.lock_id) = 1 AND access.may_record(n.lock_id)
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM store.note_key AS k WHERE k.note_id = this_note;
    DELETE FROM store.note_grade AS g WHERE g.note_id = this_note;
    DELETE FROM store.risk_point AS r WHERE r.note_id = this_note;
    DELETE FROM store.note AS n WHERE n.id = this_note;
    RETURN true;
END
$$;

-- How many records of an admin's own organisation are due and overdue, in steps of five, "0" for fewer
-- than five: numbers to plan by, from which no single record can be told. Operations the admin is not in
-- are left out.
CREATE FUNCTION store.review_numbers(days int)
RETURNS TABLE (kind text, overdue int, due int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
    today date := access.clock()::date;
BEGIN
    SELECT * INTO s FROM access.live_session AS l WHERE l.token_hash = access.token_hash();
    IF NOT FOUND OR s.role <> 'admin' OR s.scope <> 'full' THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH own AS MATERIALIZED (
        SELECT l.id FROM access.label AS l
        WHERE
            l.owner_id = s.organisation_id
            AND (
                l.operation_id IS NULL
                OR EXISTS (
                    SELECT FROM access.operation_member AS om
                    WHERE om.membership_id = s.membership_id AND om.operation_id = l.operation_id
                )
            )
    ),
    dated AS (
        SELECT 'places' AS kind, p.review_on FROM store.place AS p
        WHERE
            p.review_on <= today + days AND p.status <> 'closed'
            AND p.lock_id >> 5 IN (SELECT o.id FROM own AS o)
        UNION ALL
        SELECT 'notes', n.review_on FROM store.note AS n
        WHERE n.review_on <= today + days AND n.lock_id >> 5 IN (SELECT o.id FROM own AS o)
    )
    SELECT
        k.kind,
        (count(*) FILTER (WHERE d.review_on < today))::int / 5 * 5,
        (count(*) FILTER (WHERE d.review_on >= today))::int / 5 * 5
    FROM (VALUES ('places'), ('notes')) AS k (kind)
    LEFT JOIN dated AS d ON d.kind = k.kind
    GROUP BY k.kind
    ORDER BY k.kind DESC;
END
$$;

GRANT EXECUTE ON FUNCTION access.role_of(uuid), audit.seen_by(uuid, text, int), store.erase_note(uuid),
store.review_numbers(int) TO waymark_app;
RESET ROLE;

SET ROLE waymark_owner;
GRANT UPDATE (review_on, version, changed_by, changed_at) ON store.note TO waymark_app;
CREATE POLICY edit ON store.note FOR UPDATE TO waymark_app
USING (get_bit((SELECT access.keyring()), lock_id) = 1 AND access.may_record(lock_id))
WITH CHECK (access.may_record(lock_id));
RESET ROLE;
