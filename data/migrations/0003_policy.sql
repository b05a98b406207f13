-- Who may know what, as data: organisations, people, areas, operations, agreements,
-- handling, labels, precision. Every change to these tables moves the policy epoch, and a
-- ring computed under an earlier epoch is never used again.

SET ROLE waymark_owner;

CREATE TABLE access.setting (
    name text PRIMARY KEY,
    value text NOT NULL
);

CREATE FUNCTION access.clock() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
AS 'SELECT statement_timestamp()';
COMMENT ON FUNCTION access.clock() IS
'The one clock of the gate. Tests replace this function to move time.';

CREATE TABLE access.organisation (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (
        kind IN ('police', 'charity', 'council', 'nhs', 'commissioner', 'other')
    ),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE access.person (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL UNIQUE CHECK (email = lower(email) AND email LIKE '%_@_%'),
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE access.credential (
    person_id uuid PRIMARY KEY REFERENCES access.person,
    password_hash text NOT NULL,
    totp_secret bytea,
    totp_last_step bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN access.credential.totp_secret IS
'Encrypted under the master key, which is not in the database.';

CREATE TABLE access.membership (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    person_id uuid NOT NULL REFERENCES access.person,
    organisation_id int NOT NULL REFERENCES access.organisation,
    role text NOT NULL CHECK (role IN ('outreach', 'analyst', 'admin', 'auditor')),
    clearance smallint NOT NULL CHECK (clearance BETWEEN 0 AND 3),
    valid_from timestamptz NOT NULL DEFAULT now(),
    valid_until timestamptz NOT NULL,
    suspended_at timestamptz,
    UNIQUE (organisation_id, person_id, role),
    CHECK (valid_from < valid_until)
);

CREATE TABLE access.membership_area (
    membership_id uuid NOT NULL REFERENCES access.membership ON DELETE CASCADE,
    area_id int NOT NULL REFERENCES reference.area,
    PRIMARY KEY (membership_id, area_id)
);

CREATE TABLE access.operation (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uid uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    organisation_id int NOT NULL REFERENCES access.organisation,
    name text NOT NULL,
    UNIQUE (organisation_id, name)
);

CREATE TABLE access.operation_member (
    operation_id int NOT NULL REFERENCES access.operation ON DELETE CASCADE,
    membership_id uuid NOT NULL REFERENCES access.membership ON DELETE CASCADE,
    PRIMARY KEY (operation_id, membership_id)
);

CREATE TABLE access.agreement (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    provider_id int NOT NULL REFERENCES access.organisation,
    recipient_id int NOT NULL REFERENCES access.organisation,
    title text NOT NULL,
    purposes text [] NOT NULL CHECK (
        purposes <@ ARRAY['visit', 'safeguarding', 'analysis', 'enforcement']
        AND cardinality(purposes) > 0
    ),
    kinds smallint [] NOT NULL CHECK (kinds <@ ARRAY[0, 1, 2]::smallint [] AND cardinality(kinds) > 0),
    max_sensitivity smallint NOT NULL CHECK (max_sensitivity BETWEEN 0 AND 3),
    finest_step smallint NOT NULL CHECK (finest_step BETWEEN 0 AND 3),
    valid_from timestamptz NOT NULL,
    valid_until timestamptz NOT NULL,
    drafted_by uuid NOT NULL REFERENCES access.membership,
    provider_signed_by uuid REFERENCES access.membership,
    provider_signed_at timestamptz,
    recipient_signed_by uuid REFERENCES access.membership,
    recipient_signed_at timestamptz,
    suspended_at timestamptz,
    suspended_by uuid REFERENCES access.membership,
    created_at timestamptz NOT NULL DEFAULT now(),
    CHECK (provider_id <> recipient_id),
    CHECK ((provider_signed_by IS NULL) = (provider_signed_at IS NULL)),
    CHECK ((recipient_signed_by IS NULL) = (recipient_signed_at IS NULL)),
    CHECK (valid_from < valid_until AND valid_until <= valid_from + interval '12 months')
);
COMMENT ON TABLE access.agreement IS
'An information sharing agreement: one direction, provider to recipient. kinds: 0 place, 1 visit, 2 note.';

CREATE TABLE access.agreement_area (
    agreement_id uuid NOT NULL REFERENCES access.agreement ON DELETE CASCADE,
    area_id int NOT NULL REFERENCES reference.area,
    PRIMARY KEY (agreement_id, area_id)
);

-- Are these conditions that the gate can read? One it could not would be an error for every
-- session, so a malformed one is refused here; one of an unknown name is kept and never met.
CREATE FUNCTION access.are_conditions(conditions jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$
    SELECT coalesce(
        jsonb_typeof(conditions) = 'object'
        AND (NOT conditions ? 'recipients' OR jsonb_typeof(conditions -> 'recipients') = 'array')
        AND (NOT conditions ? 'purposes' OR jsonb_typeof(conditions -> 'purposes') = 'array')
        AND (NOT conditions ? 'finest_step' OR conditions ->> 'finest_step' IN ('0', '1', '2', '3', '4'))
        AND (NOT conditions ? 'expires' OR CASE
            WHEN
                conditions ->> 'expires'
                ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})$'
                THEN isfinite((conditions ->> 'expires')::timestamptz)
        END),
        false
    )
$$;

CREATE TABLE access.handling (
    id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    owner_only boolean NOT NULL DEFAULT false,
    excluded uuid [] NOT NULL DEFAULT '{}' CHECK (array_position(excluded, NULL) IS NULL),
    conditions jsonb NOT NULL DEFAULT '{}' CHECK (access.are_conditions(conditions)),
    UNIQUE (owner_only, excluded, conditions)
);
COMMENT ON TABLE access.handling IS
'How a record may travel: never beyond its owner, never to the people behind these memberships, or '
'under conditions (recipients, purposes, finest_step, expires). One of any other name is never met.';
INSERT INTO access.handling (id) VALUES (0);
ALTER TABLE access.handling ALTER COLUMN id RESTART WITH 1;

CREATE TABLE access.label (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id int NOT NULL REFERENCES access.organisation,
    sensitivity smallint NOT NULL CHECK (sensitivity BETWEEN 0 AND 3),
    area_id int NOT NULL REFERENCES reference.area,
    operation_id int REFERENCES access.operation,
    collected_for text NOT NULL CHECK (
        collected_for IN ('welfare', 'safeguarding', 'enforcement')
    ),
    handling_id int NOT NULL REFERENCES access.handling,
    UNIQUE NULLS NOT DISTINCT (
        owner_id, sensitivity, area_id, operation_id, collected_for, handling_id
    ),
    CHECK (id < 67108864)
);

-- A lock is a label and a facet, interned by arithmetic: label * 32 + kind * 8 + step.
-- kind: 0 place, 1 visit, 2 note. step: 0 5 km, 1 1 km, 2 500 m, 3 100 m, 4 exact, 5 content.
CREATE FUNCTION access.lock_of(label_id int, kind int, step int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT label_id * 32 + kind * 8 + step';

-- A shelf is where rows of one owner and sensitivity stand together in an index.
CREATE FUNCTION access.shelf_of(owner_id int, sensitivity int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT owner_id * 4 + sensitivity';

CREATE TABLE access.role_purpose (
    role text NOT NULL,
    purpose text NOT NULL,
    organisation_kind text,
    UNIQUE NULLS NOT DISTINCT (role, purpose, organisation_kind)
);
COMMENT ON TABLE access.role_purpose IS
'The purposes a role may choose at sign-in; organisation_kind NULL means any.';
INSERT INTO access.role_purpose VALUES
('outreach', 'visit', NULL),
('outreach', 'safeguarding', NULL),
('outreach', 'enforcement', 'police'),
('analyst', 'analysis', NULL),
('admin', 'administration', NULL),
('auditor', 'audit', NULL);

CREATE TABLE access.precision_rule (
    organisation_id int REFERENCES access.organisation,
    audience text NOT NULL CHECK (audience IN ('own', 'partner')),
    purpose text NOT NULL,
    sensitivity smallint NOT NULL CHECK (sensitivity BETWEEN 0 AND 3),
    step smallint NOT NULL CHECK (step BETWEEN -1 AND 4),
    UNIQUE NULLS NOT DISTINCT (organisation_id, audience, purpose, sensitivity)
);
COMMENT ON TABLE access.precision_rule IS
'The finest step of the ladder for an audience; -1 is nothing. A row without organisation is the '
'default; an owner''s own row only ever makes it stricter, because the coarser of the two is taken.';
INSERT INTO access.precision_rule
SELECT
    NULL,
    audience,
    purpose,
    sensitivity,
    step[sensitivity + 1]
FROM (
    VALUES
    ('own', 'visit', ARRAY[4, 4, 4, 4]),
    ('own', 'safeguarding', ARRAY[4, 4, 4, 4]),
    ('own', 'enforcement', ARRAY[4, 4, 4, 4]),
    ('own', 'analysis', ARRAY[2, 2, 2, 2]),
    ('partner', 'visit', ARRAY[3, 2, 1, -1]),
    ('partner', 'safeguarding', ARRAY[3, 2, 1, -1]),
    ('partner', 'enforcement', ARRAY[0, 0, 0, -1]),
    ('partner', 'analysis', ARRAY[1, 1, 1, -1])
) AS rule (audience, purpose, step)
CROSS JOIN generate_series(0, 3) AS sensitivity;

-- What signatures stand on: two people, one of each side, and terms no wider than those signed.
CREATE FUNCTION access.check_agreement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF
        TG_OP = 'UPDATE'
        AND (OLD.provider_signed_by = NEW.provider_signed_by OR OLD.recipient_signed_by = NEW.recipient_signed_by)
        AND NOT (
            (OLD.provider_id, OLD.recipient_id, OLD.title) = (NEW.provider_id, NEW.recipient_id, NEW.title)
            AND NEW.purposes <@ OLD.purposes
            AND NEW.kinds <@ OLD.kinds
            AND NEW.max_sensitivity <= OLD.max_sensitivity
            AND NEW.finest_step <= OLD.finest_step
            AND NEW.valid_from >= OLD.valid_from
            AND NEW.valid_until <= OLD.valid_until
        )
    THEN
        RAISE EXCEPTION 'a signature stands only for the terms that were signed, or narrower ones'
        USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT
        FROM (
            VALUES (NEW.provider_signed_by, NEW.provider_id), (NEW.recipient_signed_by, NEW.recipient_id)
        ) AS side (signed_by, organisation_id)
        JOIN access.membership AS m ON m.id = side.signed_by
        WHERE m.organisation_id <> side.organisation_id
    ) OR (
        SELECT count(*) - count(DISTINCT m.person_id)
        FROM access.membership AS m
        WHERE m.id IN (NEW.provider_signed_by, NEW.recipient_signed_by)
    ) > 0 THEN
        RAISE EXCEPTION 'an agreement is signed by a different person on each side'
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER checked BEFORE INSERT OR UPDATE ON access.agreement
FOR EACH ROW EXECUTE FUNCTION access.check_agreement();

CREATE FUNCTION access.check_agreement_area() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM access.agreement AS a
        WHERE
            a.id = NEW.agreement_id
            AND (a.provider_signed_by IS NOT NULL OR a.recipient_signed_by IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'an agreement keeps the terms that were signed: suspend it and draft another'
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER checked BEFORE INSERT OR UPDATE ON access.agreement_area
FOR EACH ROW EXECUTE FUNCTION access.check_agreement_area();

-- A label is a value: rows stand behind its number, so what the number means never changes. Nor
-- does whose membership it is, on which signatures and exclusions stand.
CREATE FUNCTION access.refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '% never changes: make another', TG_ARGV[0] USING ERRCODE = 'check_violation';
END
$$;
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON access.label
FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change('a label');
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON access.handling
FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change('a handling');
CREATE TRIGGER never_another BEFORE UPDATE OF person_id, organisation_id ON access.membership
FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change('whose membership it is');

CREATE TABLE access.policy_epoch (
    of text PRIMARY KEY,
    epoch bigint NOT NULL
);
COMMENT ON TABLE access.policy_epoch IS
'The epoch is the sum of these counters, each moved in the transaction that changes policy. New labels '
'and handlings count apart, by owner, so that a long import never holds up a suspension.';
INSERT INTO access.policy_epoch VALUES ('policy', 1), ('handling', 1);

CREATE FUNCTION access.move_epoch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE access.policy_epoch SET epoch = epoch + 1 WHERE of = TG_ARGV[0];
    RETURN NULL;
END
$$;

CREATE FUNCTION access.move_label_epoch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO access.policy_epoch AS e VALUES ('labels of ' || NEW.owner_id, 1)
    ON CONFLICT (of) DO UPDATE SET epoch = e.epoch + 1;
    RETURN NULL;
END
$$;

DO $$
DECLARE
    policy_table text;
BEGIN
    FOREACH policy_table IN ARRAY ARRAY[
        'organisation', 'person', 'membership', 'membership_area', 'operation',
        'operation_member', 'agreement', 'agreement_area', 'handling',
        'role_purpose', 'precision_rule'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER moves_epoch AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE '
            'ON access.%I FOR EACH STATEMENT EXECUTE FUNCTION access.move_epoch(%L)',
            policy_table, CASE policy_table WHEN 'handling' THEN 'handling' ELSE 'policy' END
        );
    END LOOP;
END
$$;
CREATE TRIGGER moves_epoch AFTER INSERT ON access.label
FOR EACH ROW EXECUTE FUNCTION access.move_label_epoch();

GRANT SELECT ON ALL TABLES IN SCHEMA access TO waymark_gate;
GRANT INSERT ON access.label, access.handling TO waymark_gate;
GRANT INSERT, UPDATE, DELETE ON access.organisation, access.person, access.credential,
access.membership, access.membership_area, access.operation, access.operation_member,
access.agreement, access.agreement_area, access.precision_rule TO waymark_gate;
GRANT EXECUTE ON FUNCTION access.clock() TO waymark_app, waymark_gate;
GRANT EXECUTE ON FUNCTION access.are_conditions(jsonb) TO waymark_gate;
GRANT EXECUTE ON FUNCTION access.lock_of(int, int, int) TO waymark_app, waymark_gate;
GRANT EXECUTE ON FUNCTION access.shelf_of(int, int) TO waymark_app, waymark_gate;
RESET ROLE;
