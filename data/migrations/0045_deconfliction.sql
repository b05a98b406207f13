-- Deconfliction: who takes part, what an operation's records may set off, and what is remembered so that
-- looking for clashes tells little. Two organisations that plan near one another are told to call, and nothing else.

SET ROLE waymark_owner;
INSERT INTO access.notice_kind VALUES
('plans_near', 'Another organisation plans something near a visit of ours within a day. Call its duty desk.');

CREATE TABLE access.deconfliction (
    organisation_id int PRIMARY KEY REFERENCES access.organisation,
    since timestamptz NOT NULL,
    decided_by uuid NOT NULL REFERENCES access.membership
);
COMMENT ON TABLE access.deconfliction IS
'The organisations that take part: each agreed, by an admin, that others who take part are told to call when both '
'plan near one another. Whoever is not here is neither told nor told of.';

CREATE TABLE access.operation_deconfliction (
    operation_id int PRIMARY KEY REFERENCES access.operation ON DELETE CASCADE,
    tells text NOT NULL CHECK (tells IN ('none', 'own', 'both'))
);
COMMENT ON TABLE access.operation_deconfliction IS
'Whose desks a visit for an operation sets off: nobody''s, the operation''s own, both. Own where there is no row.';

CREATE TABLE access.clash_counted (
    source uuid NOT NULL,
    square int NOT NULL,
    person_id uuid NOT NULL REFERENCES access.person,
    counted_on date NOT NULL,
    PRIMARY KEY (source, square)
);
COMMENT ON TABLE access.clash_counted IS
'The plans and 5 km squares of each person that count towards notices: so many a day and no more, whether or not they '
'are dropped again. Kept for three days.';
CREATE INDEX clash_counted_person ON access.clash_counted (person_id, counted_on);

CREATE TABLE access.clash_told (
    recipient_id int NOT NULL REFERENCES access.organisation,
    own_place uuid NOT NULL,
    other_place uuid NOT NULL,
    day date NOT NULL,
    other_id int NOT NULL REFERENCES access.organisation,
    is_enforcement boolean NOT NULL,
    own_maker uuid NOT NULL,
    other_maker uuid NOT NULL,
    is_mutual boolean NOT NULL,
    told_at timestamptz NOT NULL,
    batch uuid NOT NULL,
    PRIMARY KEY (recipient_id, own_place, other_place, day, is_enforcement)
);
COMMENT ON TABLE access.clash_told IS
'Which clash a desk was told of, so that each is told of once. Kept for three days; closed to everybody but the gate.';
CREATE INDEX clash_told_pair ON access.clash_told (recipient_id, other_id, told_at);

CREATE INDEX plan_ready ON access.plan (ends_at) WHERE state = 'ready';
CREATE INDEX visit_planned ON store.visit (visited_on) WHERE status = 'planned';
GRANT SELECT, INSERT, UPDATE, DELETE ON access.deconfliction, access.operation_deconfliction,
access.clash_counted, access.clash_told TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- Whether the admin's organisation takes part, since when, and whether it has a desk that could be called.
CREATE FUNCTION access.my_deconfliction() RETURNS TABLE (since timestamptz, has_desk boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_admin();
BEGIN
    RETURN QUERY
    SELECT
        (SELECT d.since FROM access.deconfliction AS d WHERE d.organisation_id = s.organisation_id),
        EXISTS (SELECT FROM access.duty_desk AS k WHERE k.organisation_id = s.organisation_id);
END
$$;

-- Take part, or no longer; an admin decides for their organisation, and leaving holds from the next look on.
CREATE FUNCTION access.set_deconfliction(takes_part boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_admin();
BEGIN
    IF NOT takes_part THEN
        DELETE FROM access.deconfliction WHERE organisation_id = s.organisation_id;
    ELSIF NOT EXISTS (SELECT FROM access.duty_desk AS k WHERE k.organisation_id = s.organisation_id) THEN
        RAISE EXCEPTION 'Set a duty desk first: others must be able to call it.';
    ELSE
        INSERT INTO access.deconfliction VALUES (s.organisation_id, access.clock(), s.membership_id)
        ON CONFLICT DO NOTHING;
    END IF;
    PERFORM audit.append('administration', jsonb_build_object(
        'what', CASE WHEN takes_part THEN 'takes part in deconfliction' ELSE 'no longer takes part in deconfliction' END
    ));
END
$$;

-- Whose desks the visits for an operation set off; for an admin who looks after it.
CREATE FUNCTION access.operation_tells(which uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_admin();
    o CONSTANT access.operation := access.my_operation(s, which);
BEGIN
    RETURN coalesce((SELECT d.tells FROM access.operation_deconfliction AS d WHERE d.operation_id = o.id), 'own');
END
$$;

CREATE FUNCTION access.set_operation_tells(which uuid, whom text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.acting_admin();
    o CONSTANT access.operation := access.my_operation(s, which);
BEGIN
    INSERT INTO access.operation_deconfliction VALUES (o.id, whom)
    ON CONFLICT (operation_id) DO UPDATE SET tells = excluded.tells;
    PERFORM access.audit_operation(s, o.uid, jsonb_build_object(
        'what', 'decided whom an operation tells of visits near one another', 'tells', whom
    ));
END
$$;

GRANT EXECUTE ON FUNCTION access.my_deconfliction(), access.set_deconfliction(boolean),
access.operation_tells(uuid), access.set_operation_tells(uuid, text) TO waymark_app;
RESET ROLE;
