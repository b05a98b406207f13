-- How an organisation plans: what each reason for a visit weighs, how fast its people get on, how long a visit takes,
-- and how often each kind of place is to be seen. Without a row of its own the defaults of the service hold.

SET ROLE waymark_owner;
CREATE TABLE reference.rhythm (
    kind text PRIMARY KEY,
    days int NOT NULL CHECK (days BETWEEN 1 AND 730)
);
COMMENT ON TABLE reference.rhythm IS
'After how many days a place of a kind is to be seen again, where nobody says otherwise.';
INSERT INTO reference.rhythm (kind, days) VALUES
('farm', 120), ('building_site', 60), ('shop', 90), ('bar', 60), ('nail_bar', 60), ('car_wash', 45), ('factory', 90),
('home', 60), ('street', 14), ('restaurant', 90), ('hotel', 60), ('massage_premises', 30), ('public_building', 180),
('other', 60);

CREATE TABLE access.planning_settings (
    organisation_id int PRIMARY KEY REFERENCES access.organisation,
    version int NOT NULL,
    risk int NOT NULL CHECK (risk BETWEEN 0 AND 1000),
    severity_shares int [] NOT NULL CHECK (
        cardinality(severity_shares) = 5 AND 0 <= ALL (severity_shares) AND 100 >= ALL (severity_shares)
    ),
    half_life int NOT NULL CHECK (half_life BETWEEN 1 AND 3650),
    risk_most int NOT NULL CHECK (risk_most BETWEEN 0 AND 5000),
    overdue int NOT NULL CHECK (overdue BETWEEN 0 AND 1000),
    overdue_most int NOT NULL CHECK (overdue_most BETWEEN 1 AND 10),
    request int NOT NULL CHECK (request BETWEEN 0 AND 1000),
    follow_up int NOT NULL CHECK (follow_up BETWEEN 0 AND 1000),
    exploration int NOT NULL CHECK (exploration BETWEEN 0 AND 1000),
    exploratory int NOT NULL CHECK (exploratory BETWEEN 0 AND 50),
    minutes int NOT NULL CHECK (minutes BETWEEN 5 AND 120),
    car_speeds int [] NOT NULL CHECK (
        cardinality(car_speeds) = 5 AND 1 <= ALL (car_speeds) AND 120 >= ALL (car_speeds)
    ),
    foot_speed numeric NOT NULL CHECK (foot_speed BETWEEN 1 AND 12),
    parking int NOT NULL CHECK (parking BETWEEN 0 AND 60),
    slack int NOT NULL CHECK (slack BETWEEN 0 AND 200),
    rhythms jsonb NOT NULL CHECK (jsonb_typeof(rhythms) = 'object' AND pg_column_size(rhythms) < 5000),
    changed_by uuid NOT NULL REFERENCES access.membership,
    changed_at timestamptz NOT NULL
);
COMMENT ON TABLE access.planning_settings IS
'Weights in points (a minute of travel costs one), speeds in km/h by time of day, shares in per cent, and in rhythms '
'the days of those kinds of place that have others than reference.rhythm. About no place.';
GRANT SELECT ON reference.rhythm TO waymark_app, waymark_gate;
GRANT SELECT, INSERT, UPDATE, DELETE ON access.planning_settings TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- The settings of the session's own organisation; none where the defaults hold.
CREATE FUNCTION access.my_planning_settings() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.own_session();
BEGIN
    IF s.role NOT IN ('outreach', 'admin') THEN
        RAISE EXCEPTION 'How shifts are planned is for outreach workers and admins.'
        USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN (
        SELECT to_jsonb(p) - '{organisation_id,changed_by,changed_at}'::text []
        FROM access.planning_settings AS p
        WHERE p.organisation_id = s.organisation_id
    );
END
$$;

-- Keep other settings for the admin's organisation, if the version is the one that was read (0: none). Answers the
-- version kept; NULL where somebody was quicker.
CREATE FUNCTION access.keep_planning_settings(content jsonb, of_version int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.acting_admin();
    kept access.planning_settings;
    one record;
BEGIN
    FOR one IN SELECT r.key, r.value FROM jsonb_each(content -> 'rhythms') AS r LOOP
        IF jsonb_typeof(one.value) <> 'number' OR one.value::numeric NOT BETWEEN 1 AND 730 THEN
            RAISE EXCEPTION 'A place is to be seen again after 1 to 730 days.';
        ELSIF NOT EXISTS (SELECT FROM reference.rhythm AS r WHERE r.kind = one.key) THEN
            RAISE EXCEPTION 'There is no such kind of place.';
        END IF;
    END LOOP;
    kept := jsonb_populate_record(NULL::access.planning_settings, content);
    kept.organisation_id := s.organisation_id;
    kept.version := of_version + 1;
    kept.changed_by := s.membership_id;
    kept.changed_at := access.clock();
    IF of_version = 0 THEN
        INSERT INTO access.planning_settings SELECT kept.* ON CONFLICT (organisation_id) DO NOTHING;
    ELSE
        DELETE FROM access.planning_settings AS p
        WHERE p.organisation_id = s.organisation_id AND p.version = of_version;
        IF FOUND THEN
            INSERT INTO access.planning_settings SELECT kept.*;
        END IF;
    END IF;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM audit.append('administration', jsonb_build_object(
        'what', 'changed how shifts are planned', 'version', kept.version
    ));
    RETURN kept.version;
END
$$;

GRANT EXECUTE ON FUNCTION access.my_planning_settings(), access.keep_planning_settings(jsonb, int) TO waymark_app;
RESET ROLE;
