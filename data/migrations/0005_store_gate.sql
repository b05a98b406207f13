-- The policies of the protected tables: the same line for each, to which the owner role itself is
-- subject (FORCE), and what a session may write.

SET ROLE waymark_gate;

-- Places opened to this session by a joint visit: from 24 hours before until 24 hours after, to
-- the members named. That lifts the precision of what an agreement shares with the member, its
-- conditions met; it opens nothing that is not shared.
CREATE FUNCTION access.opened() RETURNS uuid []
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at timestamptz := access.clock();
    s_membership uuid;
    s_purpose text;
    near_visits uuid [];
    near_labels int [];
BEGIN
    -- Most sessions are on no joint visit, and learn it here.
    IF NOT EXISTS (
        SELECT
        FROM access.session AS s
        JOIN store.joint_visit_member AS jm ON jm.membership_id = s.membership_id
        WHERE s.token_hash = access.token_hash()
    ) THEN
        RETURN NULL;
    END IF;
    SELECT s.membership_id, s.purpose, array_agg(j.id), array_agg(p.lock_id >> 5)
    INTO s_membership, s_purpose, near_visits, near_labels
    FROM access.live_session AS s
    JOIN store.joint_visit_member AS jm ON jm.membership_id = s.membership_id
    JOIN store.joint_visit AS j ON j.id = jm.joint_visit_id
    JOIN store.place AS p ON p.id = j.place_id
    JOIN access.membership AS proposer
        ON proposer.id = j.proposed_by AND proposer.organisation_id = j.owner_id
    WHERE
        s.token_hash = access.token_hash()
        AND s.role = 'outreach'
        AND s.purpose IN ('visit', 'safeguarding')
        AND s.organisation_id = j.partner_id
        AND j.cancelled_at IS NULL
        AND j.starts_at - interval '24 hours' <= at
        AND at < j.ends_at + interval '24 hours'
    GROUP BY s.membership_id, s.purpose;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT array_agg(DISTINCT p.id ORDER BY p.id)
        FROM store.joint_visit AS j
        JOIN store.place AS p ON p.id = j.place_id
        JOIN access.shares(s_membership, s_purpose, at, near_labels) AS shared
            ON shared.label_id = p.lock_id >> 5 AND shared.kind = 0 AND shared.owner_id = j.owner_id
        WHERE j.id = ANY (near_visits)
    );
END
$$;

-- May this session put a record behind this lock? Its own organisation, in its areas, by an
-- outreach worker; what enforcement collects is enforcement's, what welfare collects never is.
CREATE FUNCTION access.may_record(on_lock int) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (
        SELECT
        FROM access.live_session AS s
        JOIN access.label AS l ON l.id = on_lock >> 5
        WHERE
            s.token_hash = access.token_hash()
            AND s.role = 'outreach'
            AND s.scope = 'full'
            AND l.owner_id = s.organisation_id
            AND (l.collected_for = 'enforcement') = (s.purpose = 'enforcement')
            AND EXISTS (
                SELECT FROM access.membership_area AS ma
                WHERE ma.membership_id = s.membership_id AND ma.area_id = l.area_id
            )
            AND (
                l.operation_id IS NULL
                OR EXISTS (
                    SELECT FROM access.operation_member AS om
                    WHERE om.membership_id = s.membership_id AND om.operation_id = l.operation_id
                )
            )
    );
END
$$;
-- May this session grade the note behind this lock? A police member recording for the police may.
CREATE FUNCTION access.may_grade(on_lock int) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN access.may_record(on_lock) AND EXISTS (
        SELECT
        FROM access.live_session AS s
        JOIN access.organisation AS o ON o.id = s.organisation_id AND o.kind = 'police'
        WHERE s.token_hash = access.token_hash()
    );
END
$$;

-- Is there such a note behind this lock, for its key to stand beside it? Asked about the session's
-- own new note, which it need not be able to read.
CREATE FUNCTION access.may_seal(this_note uuid, on_lock int) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM store.note AS n WHERE n.id = this_note AND n.lock_id = on_lock);
END
$$;

-- Is a position safe behind one label when its place is behind another? Same owner, area and wall
-- of welfare; at least the place's sensitivity, operation and handling.
CREATE FUNCTION access.is_as_strict(label int, as_label int) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN label = as_label OR EXISTS (
        SELECT
        FROM access.label AS mine
        JOIN access.handling AS my ON my.id = mine.handling_id
        JOIN access.label AS of_place
            ON of_place.owner_id = mine.owner_id
            AND of_place.area_id = mine.area_id
            AND of_place.sensitivity <= mine.sensitivity
            AND coalesce(of_place.operation_id = mine.operation_id, of_place.operation_id IS NULL)
            AND (of_place.collected_for <> 'welfare' OR mine.collected_for = 'welfare')
        JOIN access.handling AS places ON places.id = of_place.handling_id
        WHERE
            mine.id = label
            AND of_place.id = as_label
            AND places.excluded <@ my.excluded
            AND (
                my.owner_only
                OR NOT places.owner_only AND places.conditions IN ('{}', my.conditions)
            )
    );
END
$$;

-- May a position of this place stand behind this lock? A place's own point carries the place's
-- label; a visit or a risk flag there a label at least as strict. Never at another's place: its
-- position would outlive the joint visit that opened it.
CREATE FUNCTION access.may_pin(on_place uuid, on_lock int) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN EXISTS (
        SELECT
        FROM store.place AS p
        WHERE
            p.id = on_place
            AND CASE
                WHEN on_lock & 31 < 8 THEN on_lock >> 5 = p.lock_id >> 5
                ELSE access.is_as_strict(on_lock >> 5, p.lock_id >> 5)
            END
    );
END
$$;

-- At the end of a transaction that gave a place another label: it kept its owner, what was
-- collected for welfare stayed so, and no position of it is left behind a weaker label.
CREATE FUNCTION store.check_label() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT
        FROM access.label AS was
        JOIN access.label AS now ON now.id = NEW.lock_id >> 5
        WHERE
            was.id = OLD.lock_id >> 5
            AND (
                was.owner_id <> now.owner_id
                OR was.collected_for = 'welfare' AND now.collected_for <> 'welfare'
            )
    ) THEN
        RAISE EXCEPTION 'a place keeps its owner, and what was collected for welfare stays so'
        USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT
        FROM store.place AS p
        JOIN (
            SELECT pp.place_id, pp.lock_id FROM store.place_point AS pp
            UNION ALL
            SELECT vp.place_id, vp.lock_id FROM store.visit_point AS vp
            UNION ALL
            SELECT rp.place_id, rp.lock_id FROM store.risk_point AS rp
        ) AS pin ON pin.place_id = p.id
        WHERE
            p.id = NEW.id
            AND CASE
                WHEN pin.lock_id & 31 < 8 THEN pin.lock_id >> 5 <> p.lock_id >> 5
                ELSE NOT access.is_as_strict(pin.lock_id >> 5, p.lock_id >> 5)
            END
    ) THEN
        RAISE EXCEPTION 'the positions of a place follow its label: change them in the same transaction'
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION store.check_label() TO waymark_owner;
GRANT EXECUTE ON FUNCTION access.may_grade(int), access.may_pin(uuid, int), access.may_seal(uuid, int)
TO waymark_app;
RESET ROLE;

SET ROLE waymark_gate;
GRANT EXECUTE ON FUNCTION access.keyring() TO waymark_app;
GRANT EXECUTE ON FUNCTION access.shelves(int, boolean) TO waymark_app;
GRANT EXECUTE ON FUNCTION access.opened() TO waymark_app;
GRANT EXECUTE ON FUNCTION access.may_record(int) TO waymark_app;
RESET ROLE;

-- Each table takes the locks of its own facet and no other, so that what is exact can never be put
-- behind the key of a square. History is read only with the place as it is labelled now.
SET ROLE waymark_owner;
DO $$
DECLARE
    protected record;
BEGIN
    FOR protected IN
        SELECT * FROM (
            VALUES
            ('place', 'id', true, '= 5'),
            ('place_history', 'place_id', false, '= 5'),
            ('place_point', 'place_id', true, '= 4'),
            ('place_cell', NULL, false, 'BETWEEN 0 AND 3'),
            ('visit', 'place_id', false, '= 13'),
            ('visit_point', 'place_id', false, '= 12'),
            ('visit_cell', NULL, false, 'BETWEEN 8 AND 11'),
            ('note', 'place_id', false, '= 21'),
            ('note_key', NULL, false, '= 21'),
            ('note_grade', NULL, false, '= 21'),
            ('risk_point', 'place_id', false, '= 20'),
            ('risk_cell', NULL, false, 'BETWEEN 16 AND 19')
        ) AS t (name, place_column, opens, facet)
    LOOP
        EXECUTE format('ALTER TABLE store.%I ENABLE ROW LEVEL SECURITY', protected.name);
        EXECUTE format('ALTER TABLE store.%I FORCE ROW LEVEL SECURITY', protected.name);
        EXECUTE format(
            'CREATE POLICY gate ON store.%I TO waymark_gate USING (true) WITH CHECK (true)',
            protected.name
        );
        EXECUTE format(
            'CREATE POLICY keys ON store.%I FOR SELECT TO waymark_app '
            'USING (get_bit((SELECT access.keyring()), lock_id) = 1%s)',
            protected.name,
            CASE
                WHEN protected.opens THEN format(
                    ' OR %I = ANY ((SELECT access.opened())::uuid [])', protected.place_column
                )
                WHEN protected.name = 'place_history'
                    THEN ' AND EXISTS (SELECT FROM store.place AS p WHERE p.id = place_id)'
                ELSE ''
            END
        );
        EXECUTE format(
            'ALTER TABLE store.%I ADD CONSTRAINT facet CHECK (lock_id > 0 AND (lock_id & 31) %s)',
            protected.name, protected.facet
        );
    END LOOP;
END
$$;
ALTER TABLE store.joint_visit ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.joint_visit FORCE ROW LEVEL SECURITY;
CREATE POLICY gate ON store.joint_visit TO waymark_gate USING (true) WITH CHECK (true);
ALTER TABLE store.joint_visit_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.joint_visit_member FORCE ROW LEVEL SECURITY;
CREATE POLICY gate ON store.joint_visit_member TO waymark_gate USING (true) WITH CHECK (true);

-- Writing: one's own organisation's records only, and what hangs on a place only where that
-- place is visible to the writer, so that a hidden and a missing place give one error.
CREATE POLICY record ON store.place FOR INSERT TO waymark_app
WITH CHECK (access.may_record(lock_id));
CREATE POLICY record ON store.place_point FOR INSERT TO waymark_app
WITH CHECK (access.may_record(lock_id) AND access.may_pin(place_id, lock_id));
CREATE POLICY record ON store.visit FOR INSERT TO waymark_app
WITH CHECK (access.may_record(lock_id) AND EXISTS (SELECT FROM store.place AS p WHERE p.id = place_id));
CREATE POLICY record ON store.visit_point FOR INSERT TO waymark_app
WITH CHECK (access.may_record(lock_id) AND access.may_pin(place_id, lock_id));
CREATE POLICY record ON store.note FOR INSERT TO waymark_app
WITH CHECK (
    access.may_record(lock_id)
    AND EXISTS (SELECT FROM store.place AS p WHERE p.id = place_id)
    AND (
        visit_id IS NULL
        OR EXISTS (SELECT FROM store.visit AS v WHERE v.id = visit_id AND v.place_id = note.place_id)
    )
);
CREATE POLICY record ON store.note_key FOR INSERT TO waymark_app
WITH CHECK (access.may_record(lock_id) AND access.may_seal(note_id, lock_id));
CREATE POLICY record ON store.risk_point FOR INSERT TO waymark_app
WITH CHECK (access.may_record(lock_id) AND access.may_pin(place_id, lock_id));
CREATE POLICY record ON store.note_grade FOR INSERT TO waymark_app
WITH CHECK (
    access.may_grade(lock_id)
    AND EXISTS (SELECT FROM store.note AS n WHERE n.id = note_id AND n.lock_id = note_grade.lock_id)
);
CREATE POLICY record ON store.place_history FOR INSERT TO waymark_app
WITH CHECK (access.may_record(lock_id) AND EXISTS (SELECT FROM store.place AS p WHERE p.id = place_id));
CREATE POLICY edit ON store.place FOR UPDATE TO waymark_app
USING (get_bit((SELECT access.keyring()), lock_id) = 1 AND access.may_record(lock_id))
WITH CHECK (access.may_record(lock_id));
CREATE POLICY edit ON store.place_point FOR UPDATE TO waymark_app
USING (get_bit((SELECT access.keyring()), lock_id) = 1 AND access.may_record(lock_id))
WITH CHECK (access.may_record(lock_id) AND access.may_pin(place_id, lock_id));
CREATE CONSTRAINT TRIGGER follows_label AFTER UPDATE ON store.place
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
WHEN (old.lock_id <> new.lock_id)
EXECUTE FUNCTION store.check_label();
RESET ROLE;
