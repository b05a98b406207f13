-- Recording: the labels of what hangs on a place, and erasing a note for good.

SET ROLE waymark_gate;

-- The label for a visit or note on a place that the session can see; NULL for a hidden and a missing
-- place alike. Never less protected than the place: the higher sensitivity, its area and operation,
-- its handling, and welfare where the place was collected for welfare.
CREATE FUNCTION access.label_under(
    on_place uuid, with_sensitivity int, was_collected_for text, for_owner_only boolean
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
    ring bit varying := access.keyring();
    place_label access.label;
    under_handling int;
BEGIN
    SELECT * INTO s FROM access.live_session AS l WHERE l.token_hash = access.token_hash();
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT l.* INTO place_label
    FROM store.place AS p
    JOIN access.label AS l ON l.id = p.lock_id >> 5
    WHERE
        p.id = on_place
        AND (get_bit(ring, p.lock_id) = 1 OR p.id = ANY (access.opened()));
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    under_handling := place_label.handling_id;
    IF for_owner_only THEN
        under_handling := access.intern_handling(
            true,
            (SELECT h.excluded FROM access.handling AS h WHERE h.id = place_label.handling_id),
            (SELECT h.conditions FROM access.handling AS h WHERE h.id = place_label.handling_id)
        );
    END IF;
    RETURN access.intern_label(
        s.organisation_id, greatest(place_label.sensitivity, with_sensitivity),
        place_label.area_id, place_label.operation_id,
        CASE WHEN place_label.collected_for = 'welfare' THEN 'welfare' ELSE was_collected_for END,
        under_handling
    );
END
$$;

CREATE FUNCTION access.intern_handling(for_owner_only boolean, excluding uuid [], under jsonb) RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
    found_handling int;
BEGIN
    LOOP
        SELECT h.id INTO found_handling
        FROM access.handling AS h
        WHERE h.owner_only = for_owner_only AND h.excluded = excluding AND h.conditions = under;
        IF FOUND THEN
            RETURN found_handling;
        END IF;
        INSERT INTO access.handling (owner_only, excluded, conditions)
        VALUES (for_owner_only, excluding, under)
        ON CONFLICT DO NOTHING;
    END LOOP;
END
$$;

-- The wrapped key of the session's own organisation, or of the owner behind a lock it can open.
CREATE FUNCTION access.organisation_key_for(on_lock int)
RETURNS TABLE (owner_uid uuid, wrapped bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ring bit varying := access.keyring();
BEGIN
    RETURN QUERY
    SELECT o.uid, k.wrapped
    FROM access.label AS l
    JOIN access.organisation AS o ON o.id = l.owner_id
    JOIN access.organisation_key AS k ON k.organisation_id = o.id
    WHERE l.id = on_lock >> 5 AND (get_bit(ring, on_lock) = 1 OR access.may_record(on_lock));
END
$$;

-- The receipt of an export: one entry in the exporter's chain, one in each provider's whose records it
-- holds. Returns the agreements it rests on. NULL purpose or a layer token: no export, an error.
CREATE FUNCTION audit.receipt(in_layer text, for_kind int, details jsonb, records jsonb)
RETURNS TABLE (agreement_id uuid, valid_until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
    shown record;
BEGIN
    SELECT * INTO s FROM access.live_session AS l WHERE l.token_hash = access.token_hash();
    IF NOT FOUND OR s.scope <> 'full' THEN
        RAISE EXCEPTION 'an export needs a session' USING errcode = 'insufficient_privilege';
    END IF;
    PERFORM audit.lock_chains(
        ARRAY(SELECT d.owner_id FROM audit.disclosed(for_kind, ARRAY[-1]) AS d) || s.organisation_id
    );
    PERFORM audit.append('disclosure', details || jsonb_build_object(
        'what', 'export', 'layer', in_layer, 'records', records
    ));
    FOR shown IN
        SELECT d.owner_id, d.step, d.agreement_id
        FROM audit.disclosed(for_kind, ARRAY[-1]) AS d
        ORDER BY d.owner_id
    LOOP
        PERFORM audit.append_to(shown.owner_id, 'disclosure', details || jsonb_build_object(
            'what', 'export', 'layer', in_layer, 'actor', s.membership_id, 'session', s.id,
            'purpose', s.purpose,
            'recipient', (SELECT o.uid FROM access.organisation AS o WHERE o.id = s.organisation_id),
            'agreement', shown.agreement_id,
            'precision', (ARRAY['5 km', '1 km', '500 m', '100 m', 'exact'])[shown.step + 1]
        ));
        RETURN QUERY
        SELECT a.id, a.valid_until FROM access.agreement AS a WHERE a.id = shown.agreement_id;
    END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION audit.receipt(text, int, jsonb, jsonb) TO waymark_app;

-- Does the session hold any key of this lock's label, may it record behind it, or is a place
-- behind it opened to it?
CREATE FUNCTION access.knows_label_of(on_lock int) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN substring(access.keyring(), (on_lock >> 5) * 32 + 1, 32) > repeat('0', 32)::bit varying
    OR access.may_record(on_lock)
    OR EXISTS (
        SELECT FROM store.place AS p
        WHERE p.id = ANY (access.opened()) AND p.lock_id >> 5 = on_lock >> 5
    );
END
$$;

-- What a lock says of the row it is on: whose record, and how sensitive. NULL for a lock whose label
-- the session does not know.
CREATE FUNCTION access.owner_of(on_lock int) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT o.name
        FROM access.label AS l
        JOIN access.organisation AS o ON o.id = l.owner_id
        WHERE l.id = on_lock >> 5 AND access.knows_label_of(on_lock)
    );
END
$$;

CREATE FUNCTION access.sensitivity_of(on_lock int) RETURNS int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (SELECT l.sensitivity FROM access.label AS l WHERE l.id = on_lock >> 5 AND access.knows_label_of(on_lock));
END
$$;

GRANT EXECUTE ON FUNCTION access.owner_of(int), access.sensitivity_of(int),
access.label_under(uuid, int, text, boolean),
access.organisation_key_for(int) TO waymark_app;
RESET ROLE;
