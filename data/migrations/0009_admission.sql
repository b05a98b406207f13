-- Admission to a layer: one look-up tells who is asking, whether the answer may leave, and where
-- the session holds keys. Called by every function that answers for a layer.

SET ROLE waymark_owner;
CREATE TYPE layers.answer AS (
    outcome text,
    ring_key text,
    body bytea
);
COMMENT ON TYPE layers.answer IS
'outcome: signed out, not logged (open the looks first, then ask again), known (the caller''s cached '
'body still holds), or made. ring_key is the key under which a body may be kept; NULL: not at all.';
CREATE TYPE layers.admission AS (
    outcome text,
    ring_key text,
    exact_shelves int [],
    cell_shelves int [],
    opened uuid []
);
COMMENT ON TYPE layers.admission IS
'outcome and ring_key as in layers.answer; the shelves on which the session holds an exact key or any, '
'for one kind of record, and the places opened to it.';
RESET ROLE;

SET ROLE waymark_gate;

-- Who is asking, and may the answer leave: the looks must already stand in the audit. With it, in
-- the same look-up, the shelves on which the session holds a key for this kind of record. A session
-- that was not seen for a minute, or whose ring went stale, goes through access.enter first; when
-- that cannot store the ring, everything is computed and nothing may be kept.
CREATE FUNCTION layers.admit(token text, in_layer text, for_kind int, look_cells int [], known text)
RETURNS layers.admission
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    carried CONSTANT text := set_config('waymark.token', token, true);
    pass access.pass;
    has_entered boolean := false;
    found_session uuid;
    found_key text;
    found_exact int [];
    found_cells int [];
    has_joint_visit boolean;
    opened uuid [];
BEGIN
    LOOP
        SELECT
            s.id,
            encode(s.fingerprint, 'hex') || '.' || s.stamp,
            (s.shelves[for_kind + 1]).exact,
            (s.shelves[for_kind + 1]).cells,
            EXISTS (SELECT FROM store.joint_visit_member AS jm WHERE jm.membership_id = s.membership_id)
        INTO found_session, found_key, found_exact, found_cells, has_joint_visit
        FROM access.ready_session AS s
        WHERE
            s.token_hash = access.token_hash()
            AND (s.last_seen_at > access.clock() - interval '1 minute' OR pg_is_in_recovery());
        EXIT WHEN FOUND OR has_entered;
        pass := access.enter(token);
        IF pass.session_id IS NULL THEN
            RETURN ('signed out', NULL, NULL, NULL, NULL)::layers.admission;
        END IF;
        has_entered := true;
    END LOOP;
    IF found_session IS NULL THEN
        found_session := pass.session_id;
        found_exact := access.shelves(for_kind, true);
        found_cells := access.shelves(for_kind, false);
        has_joint_visit := true;
    END IF;
    IF NOT audit.looks_are_open(found_session, in_layer, look_cells) THEN
        RETURN ('not logged', NULL, NULL, NULL, NULL)::layers.admission;
    END IF;
    IF has_joint_visit THEN
        opened := access.opened();
        found_key := CASE WHEN opened IS NULL THEN found_key END;
    END IF;
    RETURN (
        CASE WHEN found_key = known THEN 'known' ELSE 'made' END, found_key, found_exact, found_cells, opened
    )::layers.admission;
END
$$;

-- Is anybody asking? For what is open to all who signed in.
CREATE FUNCTION layers.admit_anybody(token text) RETURNS layers.answer
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    pass CONSTANT layers.admission := layers.admit(token, NULL, NULL, '{}', NULL);
BEGIN
    RETURN (pass.outcome, NULL, NULL)::layers.answer;
END
$$;

GRANT EXECUTE ON FUNCTION layers.admit(text, text, int, int [], text), layers.admit_anybody(text)
TO waymark_app;
RESET ROLE;
