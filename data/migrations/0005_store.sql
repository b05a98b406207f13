-- What is protected: places, positions, visits, risk notes, joint visits. Every table carries
-- lock_id; the policies follow in the next file.

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
