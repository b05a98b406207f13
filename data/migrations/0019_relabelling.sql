-- Relabelling and moving a place after it was recorded: everything that hangs on it follows in one
-- transaction, and the notes that move are sealed again.

SET ROLE waymark_owner;
CREATE TYPE store.pin AS (
    key bigint,
    x int,
    y int,
    longitude double precision,
    latitude double precision,
    easting double precision,
    northing double precision
);
COMMENT ON TYPE store.pin IS 'A point in the columns that place_point and its like keep of it.';
RESET ROLE;

SET ROLE waymark_gate;

-- Is this an operation that the session belongs to? A hidden one and one that is none are told alike.
CREATE FUNCTION access.is_my_operation(this_operation uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (
        SELECT
        FROM access.live_session AS s
        JOIN access.operation_member AS om ON om.membership_id = s.membership_id
        JOIN access.operation AS o ON o.id = om.operation_id
        WHERE s.token_hash = access.token_hash() AND s.scope = 'full' AND o.uid = this_operation
    );
END
$$;

-- The operation of the row that a lock is on; NULL for none and for a lock whose label the session
-- does not know.
CREATE FUNCTION access.operation_of(on_lock int) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT o.uid
        FROM access.label AS l
        JOIN access.operation AS o ON o.id = l.operation_id
        WHERE l.id = on_lock >> 5 AND access.knows_label_of(on_lock)
    );
END
$$;

-- Do the session's keys open this lock? A lock beyond the ring's end is closed.
CREATE FUNCTION access.opens(on_lock int) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    ring CONSTANT bit varying := access.keyring();
BEGIN
    RETURN coalesce(CASE WHEN on_lock < length(ring) THEN get_bit(ring, on_lock) = 1 END, false);
END
$$;

-- The label of a record that hangs on a place, after the place's changed from one to another: the
-- place's area; each of sensitivity and operation follows where it was the place's; why it was collected
-- and its handling are its own. Never less than the place's now, as label_under has it for a new record.
CREATE FUNCTION access.label_following(own_label int, place_was int, place_now int) RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE
    own access.label;
    was access.label;
    now_is access.label;
    my access.handling;
    places access.handling;
BEGIN
    SELECT l.* INTO own FROM access.label AS l WHERE l.id = own_label;
    SELECT l.* INTO was FROM access.label AS l WHERE l.id = place_was;
    SELECT l.* INTO now_is FROM access.label AS l WHERE l.id = place_now;
    SELECT h.* INTO my FROM access.handling AS h WHERE h.id = own.handling_id;
    SELECT h.* INTO places FROM access.handling AS h WHERE h.id = now_is.handling_id;
    IF NOT (
        places.excluded <@ my.excluded
        AND (my.owner_only OR NOT places.owner_only AND places.conditions IN ('{}', my.conditions))
    ) THEN
        own.handling_id := access.intern_handling(
            my.owner_only OR places.owner_only
            OR '{}' NOT IN (my.conditions, places.conditions) AND my.conditions <> places.conditions,
            ARRAY(SELECT DISTINCT e.membership FROM unnest(my.excluded || places.excluded) AS e (membership) ORDER BY 1),
            CASE WHEN my.conditions = '{}' THEN places.conditions ELSE my.conditions END
        );
    END IF;
    RETURN access.intern_label(
        own.owner_id,
        CASE
            WHEN own.sensitivity = was.sensitivity THEN now_is.sensitivity
            ELSE greatest(own.sensitivity, now_is.sensitivity)
        END,
        now_is.area_id,
        CASE
            WHEN own.operation_id IS NOT DISTINCT FROM was.operation_id THEN now_is.operation_id
            ELSE coalesce(own.operation_id, now_is.operation_id)
        END,
        CASE WHEN now_is.collected_for = 'welfare' THEN 'welfare' ELSE own.collected_for END,
        own.handling_id
    );
END
$$;

-- Relabel a place of the session's own organisation, and move it where a position is given. Sensitivity
-- NULL leaves it; the operation is changed where sets_operation says so. What hangs on the place follows,
-- whether or not the session sees it. Gives the notes whose lock changed, emptied, for the service to
-- seal again; raises insufficient_privilege where the session may not.
CREATE FUNCTION store.relabel(
    this_place uuid, to_sensitivity int, sets_operation boolean, to_operation uuid, to_position store.pin
) RETURNS TABLE (
    note_id uuid, old_lock int, new_lock int, ciphertext bytea, wrapped bytea,
    owner_uid uuid, organisation_key bytea
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    was access.label;
    label_now int;
    area_now int;
    operation_now int;
    shelf_now int;
BEGIN
    PERFORM FROM store.place AS p WHERE p.id = this_place FOR UPDATE;
    SELECT l.* INTO was
    FROM store.place AS p
    JOIN access.label AS l ON l.id = p.lock_id >> 5
    WHERE p.id = this_place AND access.opens(p.lock_id) AND access.may_record(p.lock_id);
    IF NOT FOUND OR sets_operation AND to_operation IS NOT NULL AND NOT access.is_my_operation(to_operation) THEN
        RAISE EXCEPTION 'this session may not relabel that place so' USING ERRCODE = 'insufficient_privilege';
    END IF;
    area_now := CASE WHEN to_position IS NULL THEN was.area_id ELSE coalesce((
        SELECT c.area_id FROM reference.cell_area AS c
        WHERE c.cell = floor(to_position.easting / 5000)::int * 10000 + floor(to_position.northing / 5000)::int
    ), 0) END;
    operation_now := CASE
        WHEN sets_operation THEN (SELECT o.id FROM access.operation AS o WHERE o.uid = to_operation)
        ELSE was.operation_id
    END;
    label_now := access.intern_label(
        was.owner_id, coalesce(to_sensitivity, was.sensitivity), area_now, operation_now,
        was.collected_for, was.handling_id
    );
    IF NOT (
        access.may_record(access.lock_of(label_now, 0, 5))
        AND access.opens(access.lock_of(label_now, 0, 5))
    ) THEN
        RAISE EXCEPTION 'this session may not relabel that place so' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF label_now = was.id AND to_position IS NULL THEN
        RETURN;
    END IF;
    shelf_now := access.shelf_of(was.owner_id, coalesce(to_sensitivity, was.sensitivity));
    UPDATE store.place AS p SET lock_id = access.lock_of(label_now, 0, 5) WHERE p.id = this_place;
    UPDATE store.place_point AS p SET
        lock_id = access.lock_of(label_now, 0, 4),
        shelf = shelf_now,
        key = coalesce(to_position.key, p.key),
        x = coalesce(to_position.x, p.x),
        y = coalesce(to_position.y, p.y),
        longitude = coalesce(to_position.longitude, p.longitude),
        latitude = coalesce(to_position.latitude, p.latitude),
        easting = coalesce(to_position.easting, p.easting),
        northing = coalesce(to_position.northing, p.northing)
    WHERE p.place_id = this_place;
    RETURN QUERY SELECT * FROM store.relabel_records(this_place, was.id, label_now);
END
$$;

-- Have the visits and notes of a place's owner follow the place, which was given another label or point.
CREATE FUNCTION store.relabel_records(this_place uuid, place_was int, place_now int)
RETURNS TABLE (
    note_id uuid, old_lock int, new_lock int, ciphertext bytea, wrapped bytea,
    owner_uid uuid, organisation_key bytea
)
LANGUAGE plpgsql
AS $$
#variable_conflict use_column
DECLARE
    owner CONSTANT int := (SELECT l.owner_id FROM access.label AS l WHERE l.id = place_was);
    labels jsonb;
BEGIN
    SELECT jsonb_object_agg(l.id, access.label_following(l.id, place_was, place_now)) INTO labels
    FROM access.label AS l
    WHERE l.owner_id = owner AND l.id IN (
        SELECT v.lock_id >> 5 FROM store.visit AS v WHERE v.place_id = this_place
        UNION
        SELECT n.lock_id >> 5 FROM store.note AS n WHERE n.place_id = this_place
        UNION
        SELECT r.lock_id >> 5 FROM store.risk_point AS r WHERE r.place_id = this_place
        UNION
        SELECT v.lock_id >> 5 FROM store.visit_point AS v WHERE v.place_id = this_place
    );
    IF labels IS NULL THEN
        RETURN;
    END IF;
    UPDATE store.visit AS v SET lock_id = access.lock_of((labels ->> (v.lock_id >> 5)::text)::int, 1, 5)
    WHERE v.place_id = this_place AND labels ? (v.lock_id >> 5)::text;
    UPDATE store.visit_point AS v SET
        lock_id = access.lock_of(l.id, 1, 4), shelf = access.shelf_of(owner, l.sensitivity), key = pp.key,
        x = pp.x, y = pp.y, longitude = pp.longitude, latitude = pp.latitude, easting = pp.easting,
        northing = pp.northing
    FROM store.place_point AS pp, access.label AS l
    WHERE
        v.place_id = this_place AND pp.place_id = this_place
        AND l.id = (labels ->> (v.lock_id >> 5)::text)::int;
    UPDATE store.risk_point AS r SET
        lock_id = access.lock_of(l.id, 2, 4), shelf = access.shelf_of(owner, l.sensitivity), key = pp.key,
        x = pp.x, y = pp.y, longitude = pp.longitude, latitude = pp.latitude, easting = pp.easting,
        northing = pp.northing
    FROM store.place_point AS pp, access.label AS l
    WHERE
        r.place_id = this_place AND pp.place_id = this_place
        AND l.id = (labels ->> (r.lock_id >> 5)::text)::int;
    RETURN QUERY
    SELECT
        n.id, n.lock_id, access.lock_of((labels ->> (n.lock_id >> 5)::text)::int, 2, 5), n.ciphertext, k.wrapped,
        o.uid, ok.wrapped
    FROM store.note AS n
    JOIN store.note_key AS k ON k.note_id = n.id
    JOIN access.organisation AS o ON o.id = owner
    JOIN access.organisation_key AS ok ON ok.organisation_id = owner
    WHERE n.place_id = this_place AND (labels ->> (n.lock_id >> 5)::text)::int <> n.lock_id >> 5
    ORDER BY n.id;
    UPDATE store.note_grade AS g SET lock_id = access.lock_of((labels ->> (g.lock_id >> 5)::text)::int, 2, 5)
    FROM store.note AS n
    WHERE n.id = g.note_id AND n.place_id = this_place AND labels ? (g.lock_id >> 5)::text;
    WITH moved AS (
        UPDATE store.note AS n SET
            lock_id = access.lock_of((labels ->> (n.lock_id >> 5)::text)::int, 2, 5),
            ciphertext = CASE
                WHEN EXISTS (SELECT FROM store.note_key AS k WHERE k.note_id = n.id) THEN ''
                ELSE n.ciphertext
            END
        WHERE n.place_id = this_place AND (labels ->> (n.lock_id >> 5)::text)::int <> n.lock_id >> 5
        RETURNING n.id
    )
    DELETE FROM store.note_key AS k USING moved WHERE k.note_id = moved.id;
END
$$;

-- Seal a note again that relabelling emptied; no other note can be written so.
CREATE FUNCTION store.seal_again(this_note uuid, new_ciphertext bytea, new_wrapped bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    behind int;
BEGIN
    UPDATE store.note AS n SET ciphertext = new_ciphertext
    WHERE
        n.id = this_note
        AND n.ciphertext = ''
        AND NOT EXISTS (SELECT FROM store.note_key AS k WHERE k.note_id = this_note)
    RETURNING n.lock_id INTO behind;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only a note that was relabelled just now is sealed again'
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO store.note_key VALUES (this_note, behind, new_wrapped);
END
$$;

-- At the end of a transaction that gave a note another lock: it has a text, and no key behind another
-- lock. (A note that was erased has no key, and keeps none.)
CREATE FUNCTION store.check_seal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT
        FROM store.note AS n
        WHERE
            n.id = NEW.id
            AND (
                n.ciphertext = ''
                OR EXISTS (SELECT FROM store.note_key AS k WHERE k.note_id = n.id AND k.lock_id <> n.lock_id)
            )
    ) THEN
        RAISE EXCEPTION 'a note that was given another lock is sealed again in the same transaction'
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION store.check_seal() TO waymark_owner;
GRANT EXECUTE ON FUNCTION access.is_my_operation(uuid), access.operation_of(int), store.seal_again(uuid, bytea, bytea),
store.relabel(uuid, int, boolean, uuid, store.pin) TO waymark_app;

-- The label for a visit or note on a place that the session can see; NULL for a hidden and a missing
-- place alike. Never less protected than the place: the higher sensitivity, its area and operation,
-- its handling, and welfare where the place was collected for welfare. The place keeps its label from
-- here to the end of the transaction, so that whoever relabels it finds the new record.
CREATE OR REPLACE FUNCTION access.label_under(
    on_place uuid, with_sensitivity int, was_collected_for text, for_owner_only boolean
) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
    ring bit varying;
    place_label access.label;
    under_handling int;
BEGIN
    SELECT * INTO s FROM access.live_session AS l WHERE l.token_hash = access.token_hash();
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM FROM store.place AS p WHERE p.id = on_place FOR SHARE;
    ring := access.keyring();
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
RESET ROLE;

SET ROLE waymark_owner;
CREATE CONSTRAINT TRIGGER is_sealed AFTER UPDATE ON store.note
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (old.lock_id <> new.lock_id)
EXECUTE FUNCTION store.check_seal();
RESET ROLE;
