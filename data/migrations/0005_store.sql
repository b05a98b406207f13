-- What is protected: places, positions, visits, risk notes, joint visits. Every table carries
-- lock_id and the same policy line; the owner role itself is subject to it (FORCE).

SET ROLE waymark_owner;

CREATE TABLE store.place (
    id uuid PRIMARY KEY,
    lock_id int NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    kind smallint NOT NULL,
    address text NOT NULL DEFAULT '' CHECK (length(address) <= 500),
    postcode text NOT NULL DEFAULT '',
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'unconfirmed', 'closed')),
    attend_rule smallint NOT NULL DEFAULT 0 CHECK (attend_rule BETWEEN 0 AND 3),
    review_on date,
    source text,
    source_id text,
    import_id uuid,
    version int NOT NULL DEFAULT 1,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL
);
COMMENT ON COLUMN store.place.attend_rule IS
'0 ok, 1 two_people, 2 contact_owner_first, 3 do_not_attend.';

CREATE TABLE store.place_history (
    place_id uuid NOT NULL,
    version int NOT NULL,
    lock_id int NOT NULL,
    was jsonb NOT NULL,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (place_id, version)
);

CREATE TABLE store.place_point (
    place_id uuid PRIMARY KEY,
    lock_id int NOT NULL,
    shelf int NOT NULL,
    key bigint NOT NULL,
    x int NOT NULL,
    y int NOT NULL,
    kind smallint NOT NULL,
    attend_rule smallint NOT NULL,
    longitude double precision NOT NULL,
    latitude double precision NOT NULL,
    easting double precision NOT NULL,
    northing double precision NOT NULL
);
COMMENT ON TABLE store.place_point IS
'The exact point, behind its exact lock. key is the Z-order number at zoom 31, x and y its two halves.';
CREATE INDEX place_point_tile ON store.place_point (shelf, key, place_id)
INCLUDE (lock_id, x, y, kind, attend_rule);

CREATE TABLE store.place_cell (
    lock_id int NOT NULL,
    easting int NOT NULL,
    northing int NOT NULL,
    shelf int NOT NULL,
    cell int NOT NULL,
    ok int NOT NULL,
    two_people int NOT NULL,
    contact_owner_first int NOT NULL,
    do_not_attend int NOT NULL,
    PRIMARY KEY (lock_id, easting, northing)
);
COMMENT ON TABLE store.place_cell IS
'One row per cell and lock for each coarser step: how many places under each attend rule. easting and '
'northing are the south-west corner, cell the 5 km square it lies in; the step is in the lock.';
CREATE INDEX place_cell_tile ON store.place_cell (shelf, (lock_id & 7), cell)
INCLUDE (lock_id, easting, northing, ok, two_people, contact_owner_first, do_not_attend);

CREATE TABLE store.visit (
    id uuid PRIMARY KEY,
    place_id uuid NOT NULL,
    lock_id int NOT NULL,
    status text NOT NULL CHECK (status IN ('planned', 'done', 'abandoned')),
    visited_on date NOT NULL,
    outcome smallint,
    people_met smallint CHECK (people_met BETWEEN 0 AND 500),
    indicators smallint [] NOT NULL DEFAULT '{}',
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX visit_place ON store.visit (place_id, visited_on);

CREATE TABLE store.visit_point (
    visit_id uuid PRIMARY KEY,
    place_id uuid NOT NULL,
    lock_id int NOT NULL,
    shelf int NOT NULL,
    key bigint NOT NULL,
    x int NOT NULL,
    y int NOT NULL,
    outcome smallint NOT NULL,
    visited_on date NOT NULL,
    longitude double precision NOT NULL,
    latitude double precision NOT NULL,
    easting double precision NOT NULL,
    northing double precision NOT NULL
);
CREATE INDEX visit_point_tile ON store.visit_point (shelf, key, visit_id)
INCLUDE (lock_id, x, y, outcome, visited_on);
CREATE INDEX visit_point_place ON store.visit_point (place_id);

CREATE TABLE store.visit_cell (
    lock_id int NOT NULL,
    easting int NOT NULL,
    northing int NOT NULL,
    visited_month date NOT NULL,
    shelf int NOT NULL,
    cell int NOT NULL,
    visits int NOT NULL,
    PRIMARY KEY (lock_id, easting, northing, visited_month)
);
CREATE INDEX visit_cell_tile ON store.visit_cell (shelf, (lock_id & 7), cell)
INCLUDE (lock_id, easting, northing, visited_month, visits);

CREATE TABLE store.note (
    id uuid PRIMARY KEY,
    place_id uuid NOT NULL,
    visit_id uuid,
    lock_id int NOT NULL,
    category smallint NOT NULL,
    severity smallint NOT NULL CHECK (severity BETWEEN 1 AND 5),
    provenance text NOT NULL CHECK (
        provenance IN ('saw myself', 'was told by the person', 'was told by someone else', 'unsure')
    ),
    ciphertext bytea NOT NULL,
    review_on date NOT NULL,
    recorded_on date NOT NULL,
    version int NOT NULL DEFAULT 1,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX note_place ON store.note (place_id, recorded_on);

CREATE TABLE store.note_key (
    note_id uuid PRIMARY KEY,
    lock_id int NOT NULL,
    wrapped bytea NOT NULL
);
COMMENT ON TABLE store.note_key IS
'The key of one note, wrapped by its owner''s key. Deleting the row erases the note for good.';

CREATE TABLE store.note_grade (
    note_id uuid PRIMARY KEY,
    lock_id int NOT NULL,
    source smallint NOT NULL CHECK (source BETWEEN 1 AND 3),
    intelligence text NOT NULL CHECK (intelligence IN ('A', 'B', 'C', 'D', 'E')),
    handling text NOT NULL CHECK (handling IN ('P', 'C')),
    graded_by uuid NOT NULL,
    graded_at timestamptz NOT NULL
);
COMMENT ON TABLE store.note_grade IS
'A police member''s 3x5x2 grade beside a note; the author''s words stay as they are.';

CREATE TABLE store.risk_point (
    note_id uuid PRIMARY KEY,
    place_id uuid NOT NULL,
    lock_id int NOT NULL,
    shelf int NOT NULL,
    key bigint NOT NULL,
    x int NOT NULL,
    y int NOT NULL,
    category smallint NOT NULL,
    severity smallint NOT NULL,
    recorded_on date NOT NULL,
    longitude double precision NOT NULL,
    latitude double precision NOT NULL,
    easting double precision NOT NULL,
    northing double precision NOT NULL
);
COMMENT ON TABLE store.risk_point IS
'The risk flag of a note on the map: category and severity at the exact point of its place.';
CREATE INDEX risk_point_tile ON store.risk_point (shelf, key, note_id)
INCLUDE (lock_id, x, y, place_id, category, severity);
CREATE INDEX risk_point_place ON store.risk_point (place_id);

CREATE TABLE store.risk_cell (
    lock_id int NOT NULL,
    easting int NOT NULL,
    northing int NOT NULL,
    category smallint NOT NULL,
    severity smallint NOT NULL,
    shelf int NOT NULL,
    cell int NOT NULL,
    notes int NOT NULL,
    PRIMARY KEY (lock_id, easting, northing, category, severity)
);
CREATE INDEX risk_cell_tile ON store.risk_cell (shelf, (lock_id & 7), cell)
INCLUDE (lock_id, easting, northing, category, severity, notes);

CREATE TABLE store.joint_visit (
    id uuid PRIMARY KEY,
    place_id uuid NOT NULL,
    owner_id int NOT NULL REFERENCES access.organisation,
    partner_id int NOT NULL REFERENCES access.organisation,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    proposed_by uuid NOT NULL REFERENCES access.membership,
    cancelled_at timestamptz,
    CHECK (owner_id <> partner_id),
    CHECK (starts_at < ends_at AND ends_at <= starts_at + interval '48 hours')
);

CREATE TABLE store.joint_visit_member (
    joint_visit_id uuid NOT NULL REFERENCES store.joint_visit ON DELETE CASCADE,
    membership_id uuid NOT NULL REFERENCES access.membership,
    PRIMARY KEY (joint_visit_id, membership_id)
);
CREATE INDEX joint_visit_member_membership ON store.joint_visit_member (membership_id);

CREATE TABLE access.organisation_key (
    organisation_id int PRIMARY KEY REFERENCES access.organisation,
    wrapped bytea NOT NULL
);
COMMENT ON TABLE access.organisation_key IS
'Each owner''s key for its notes, wrapped by the master key, which is not in the database.';

GRANT SELECT, INSERT ON access.organisation_key TO waymark_gate;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA store TO waymark_gate;
GRANT SELECT ON store.place, store.place_history, store.place_point, store.place_cell,
store.visit, store.visit_point, store.visit_cell, store.note, store.note_key, store.note_grade,
store.risk_point, store.risk_cell TO waymark_app;
GRANT INSERT ON store.place, store.place_history, store.place_point,
store.visit, store.visit_point, store.note, store.note_key, store.note_grade,
store.risk_point TO waymark_app;
GRANT UPDATE (
    lock_id, name, kind, address, postcode, status, attend_rule, review_on, version,
    changed_by, changed_at
) ON store.place TO waymark_app;
GRANT UPDATE (lock_id, shelf, key, x, y, kind, attend_rule, longitude, latitude, easting, northing)
ON store.place_point TO waymark_app;
RESET ROLE;

SET ROLE waymark_gate;

-- Places opened to this session by a joint visit: from 24 hours before until 24 hours after,
-- to the members named, while an agreement between the two lives, unless one is excluded.
CREATE FUNCTION access.opened() RETURNS uuid []
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at timestamptz := access.clock();
BEGIN
    RETURN (
        SELECT array_agg(DISTINCT j.place_id ORDER BY j.place_id)
        FROM access.live_session AS s
        JOIN store.joint_visit_member AS jm ON jm.membership_id = s.membership_id
        JOIN store.joint_visit AS j ON j.id = jm.joint_visit_id
        JOIN store.place AS p ON p.id = j.place_id
        JOIN access.label AS l ON l.id = p.lock_id >> 5 AND l.owner_id = j.owner_id
        JOIN access.handling AS h ON h.id = l.handling_id
        WHERE
            s.token_hash = access.token_hash()
            AND s.role = 'outreach'
            AND s.purpose IN ('visit', 'safeguarding')
            AND s.organisation_id = j.partner_id
            AND j.cancelled_at IS NULL
            AND j.starts_at - interval '24 hours' <= at
            AND at < j.ends_at + interval '24 hours'
            AND s.membership_id <> ALL (h.excluded)
            AND NOT h.owner_only
            AND EXISTS (
                SELECT FROM access.agreement AS a
                WHERE
                    a.provider_id = j.owner_id
                    AND a.recipient_id = j.partner_id
                    AND s.purpose = ANY (a.purposes)
                    AND access.is_live(a, at)
            )
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

GRANT EXECUTE ON FUNCTION access.keyring() TO waymark_app;
GRANT EXECUTE ON FUNCTION access.shelves(int, boolean) TO waymark_app;
GRANT EXECUTE ON FUNCTION access.opened() TO waymark_app;
GRANT EXECUTE ON FUNCTION access.may_record(int) TO waymark_app;
RESET ROLE;

SET ROLE waymark_owner;
DO $$
DECLARE
    protected record;
BEGIN
    FOR protected IN
        SELECT * FROM (
            VALUES
            ('place', 'id', true),
            ('place_history', 'place_id', false),
            ('place_point', 'place_id', true),
            ('place_cell', NULL, false),
            ('visit', 'place_id', false),
            ('visit_point', 'place_id', false),
            ('visit_cell', NULL, false),
            ('note', 'place_id', false),
            ('note_key', NULL, false),
            ('note_grade', NULL, false),
            ('risk_point', 'place_id', true),
            ('risk_cell', NULL, false)
        ) AS t (name, place_column, opens)
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
            CASE WHEN protected.opens THEN format(
                ' OR %I = ANY ((SELECT access.opened())::uuid [])', protected.place_column
            ) ELSE '' END
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
WITH CHECK (access.may_record(lock_id));
CREATE POLICY record ON store.visit FOR INSERT TO waymark_app
WITH CHECK (access.may_record(lock_id) AND place_id IN (SELECT p.id FROM store.place AS p));
CREATE POLICY record ON store.visit_point FOR INSERT TO waymark_app
WITH CHECK (access.may_record(lock_id) AND place_id IN (SELECT p.id FROM store.place AS p));
CREATE POLICY record ON store.note FOR INSERT TO waymark_app
WITH CHECK (access.may_record(lock_id) AND place_id IN (SELECT p.id FROM store.place AS p));
CREATE POLICY record ON store.note_key FOR INSERT TO waymark_app
WITH CHECK (access.may_record(lock_id));
CREATE POLICY record ON store.risk_point FOR INSERT TO waymark_app
WITH CHECK (access.may_record(lock_id) AND place_id IN (SELECT p.id FROM store.place AS p));
CREATE POLICY record ON store.note_grade FOR INSERT TO waymark_app
WITH CHECK (note_id IN (SELECT n.id FROM store.note AS n));
CREATE POLICY record ON store.place_history FOR INSERT TO waymark_app
WITH CHECK (access.may_record(lock_id) AND place_id IN (SELECT p.id FROM store.place AS p));
CREATE POLICY edit ON store.place FOR UPDATE TO waymark_app
USING (get_bit((SELECT access.keyring()), lock_id) = 1 AND access.may_record(lock_id))
WITH CHECK (access.may_record(lock_id));
CREATE POLICY edit ON store.place_point FOR UPDATE TO waymark_app
USING (get_bit((SELECT access.keyring()), lock_id) = 1 AND access.may_record(lock_id))
WITH CHECK (access.may_record(lock_id));
RESET ROLE;
