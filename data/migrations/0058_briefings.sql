-- The commissioner's briefing: what it is counted from, and briefings as they were made. A briefing holds what was
-- published after disclosure control and nothing else; a second person approves it before anybody else opens it.

SET ROLE waymark_owner;
CREATE TABLE access.briefing (
    id uuid PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES access.organisation,
    quarter date NOT NULL CHECK (quarter = date_trunc('quarter', quarter)::date),
    edition int NOT NULL,
    document jsonb NOT NULL CHECK (pg_column_size(document) < 1000000),
    checksum text NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
    prepared_by uuid NOT NULL REFERENCES access.membership,
    prepared_at timestamptz NOT NULL,
    approved_by uuid REFERENCES access.membership,
    approved_at timestamptz,
    withdrawn_at timestamptz,
    UNIQUE (organisation_id, quarter, edition),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL))
);
COMMENT ON TABLE access.briefing IS
'The frozen data of a briefing: published values, initiatives that were published, estimates, and for each figure how '
'it was made. Never a true count. checksum is the SHA-256 of the document as canonical JSON (RFC 8785).';
GRANT SELECT, INSERT, UPDATE ON access.briefing TO waymark_gate;

-- What was approved is never changed, and by another person than who prepared it.
CREATE FUNCTION access.check_briefing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF
        TG_OP = 'UPDATE'
        AND (OLD.id, OLD.organisation_id, OLD.quarter, OLD.edition, OLD.checksum, OLD.prepared_by, OLD.prepared_at)
        IS DISTINCT FROM
        (NEW.id, NEW.organisation_id, NEW.quarter, NEW.edition, NEW.checksum, NEW.prepared_by, NEW.prepared_at)
        OR TG_OP = 'UPDATE' AND OLD.document <> NEW.document
    THEN
        RAISE EXCEPTION 'a briefing never changes: prepare another edition' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM access.membership AS preparing
        JOIN access.membership AS approving ON approving.person_id = preparing.person_id
        WHERE preparing.id = NEW.prepared_by AND approving.id = NEW.approved_by
    ) THEN
        RAISE EXCEPTION 'a briefing is approved by another person than who prepared it'
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER checked BEFORE INSERT OR UPDATE ON access.briefing
FOR EACH ROW EXECUTE FUNCTION access.check_briefing();
RESET ROLE;

SET ROLE waymark_gate;

-- Distinct places with a risk note by borough and quarter, and the digest of which they are, which picks their noise:
-- of the analyst's own organisation, behind locks that this session holds a key for. What never leaves its owner is
-- not counted: sensitivity 3, operations, welfare, and whatever is handled under any restriction.
CREATE FUNCTION store.places_with_notes(from_day date, to_day date)
RETURNS TABLE (area_id int, quarter date, places int, records bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.analyst_session();
    ring bit varying := access.keyring();
BEGIN
    RETURN QUERY
    WITH counted AS MATERIALIZED (
        SELECT access.lock_of(l.id, 2, 4) AS lock_id, l.area_id
        FROM access.label AS l
        WHERE
            l.owner_id = s.organisation_id
            AND CASE
                WHEN access.lock_of(l.id, 2, 0) < length(ring) THEN get_bit(ring, access.lock_of(l.id, 2, 0)) = 1
                ELSE false
            END
            AND l.sensitivity < 3
            AND l.operation_id IS NULL
            AND l.collected_for <> 'welfare'
            AND l.handling_id = 0
    )
    SELECT
        c.area_id,
        date_trunc('quarter', r.recorded_on)::date,
        count(DISTINCT r.place_id)::int,
        sha256(string_agg(DISTINCT uuid_send(r.place_id), ''::bytea ORDER BY uuid_send(r.place_id)))
    FROM store.risk_point AS r
    JOIN counted AS c ON c.lock_id = r.lock_id
    WHERE r.recorded_on >= from_day AND r.recorded_on < to_day
    GROUP BY 1, 2
    ORDER BY 1, 2;
END
$$;

-- The boroughs that the analyst counts: those of the own membership. One whose clearance does not reach what is counted
-- would count too few.
CREATE FUNCTION access.briefing_areas() RETURNS SETOF int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.analyst_session();
BEGIN
    IF (SELECT m.clearance FROM access.membership AS m WHERE m.id = s.membership_id) < 2 THEN
        RAISE EXCEPTION 'Your clearance does not reach all that is counted, so your counts would be too small.';
    END IF;
    RETURN QUERY
    SELECT a.id
    FROM access.membership_area AS ma
    JOIN reference.area AS a ON a.id = ma.area_id AND a.kind = 'borough'
    WHERE ma.membership_id = s.membership_id
    ORDER BY a.id;
END
$$;

-- What the session may know of briefings: an analyst those of the own organisation, and of others the approved ones
-- while an agreement for analysis lets them report to this one.
CREATE FUNCTION access.briefings()
RETURNS TABLE (
    id uuid, is_own boolean, organisation text, quarter date, edition int, state text, checksum text,
    is_mine boolean, prepared_at timestamptz, approved_at timestamptz, agreement uuid
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.analyst_session();
BEGIN
    RETURN QUERY
    SELECT
        b.id, b.organisation_id = s.organisation_id, o.name, b.quarter, b.edition,
        CASE
            WHEN b.withdrawn_at IS NOT NULL THEN 'withdrawn'
            WHEN b.approved_at IS NOT NULL THEN 'approved'
            ELSE 'prepared'
        END,
        b.checksum, m.person_id = s.person_id, b.prepared_at, b.approved_at, reports.agreement
    FROM access.briefing AS b
    JOIN access.organisation AS o ON o.id = b.organisation_id
    JOIN access.membership AS m ON m.id = b.prepared_by
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN b.organisation_id <> s.organisation_id AND b.approved_at IS NOT NULL AND b.withdrawn_at IS NULL
                THEN access.reporting_agreement(b.organisation_id, s.organisation_id)
        END AS agreement
    ) AS reports
    WHERE b.organisation_id = s.organisation_id OR reports.agreement IS NOT NULL
    ORDER BY b.quarter DESC, o.name, b.edition DESC;
END
$$;

-- The document of one of them, once its opening stands in the audit: in the reader's own chain, and as a disclosure
-- in the chain of another organisation whose it is. NULL for a hidden and a missing one alike.
CREATE FUNCTION access.open_briefing(which uuid, in_form text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.analyst_session();
    found_one record;
    owner int;
    entry jsonb;
BEGIN
    SELECT b.* INTO found_one FROM access.briefings() AS b WHERE b.id = which;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    owner := (SELECT b.organisation_id FROM access.briefing AS b WHERE b.id = which);
    entry := jsonb_build_object(
        'what', 'opened a briefing', 'briefing', which, 'form', in_form, 'checksum', found_one.checksum,
        'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose
    );
    PERFORM audit.lock_chains(ARRAY[owner, s.organisation_id]);
    PERFORM audit.append_to(s.organisation_id, 'consultation', entry);
    IF NOT found_one.is_own THEN
        PERFORM audit.append_to(owner, 'disclosure', entry || jsonb_build_object(
            'recipient', (SELECT o.uid FROM access.organisation AS o WHERE o.id = s.organisation_id),
            'agreement', found_one.agreement
        ));
    END IF;
    RETURN (SELECT b.document FROM access.briefing AS b WHERE b.id = which);
END
$$;

-- What the approved briefings of the own organisation published of each borough and quarter: the earliest, for what
-- was published once is never drawn again. An admin who approves releases holds them against it.
CREATE FUNCTION access.published_before() RETURNS TABLE (area_id int, quarter date, value int)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.releasing_session('{analyst, admin}');
BEGIN
    RETURN QUERY
    SELECT DISTINCT ON (1, 2)
        (c.cell ->> 'area')::int, (c.cell ->> 'quarter')::date, (c.cell ->> 'value')::int
    FROM access.briefing AS b
    CROSS JOIN LATERAL jsonb_array_elements(b.document -> 'counts') AS c (cell)
    WHERE
        b.organisation_id = s.organisation_id AND b.approved_at IS NOT NULL
        AND NOT (c.cell ->> 'is_withheld')::boolean
    ORDER BY 1, 2, b.approved_at, b.id;
END
$$;

-- Keep a briefing of the analyst's own organisation, the next edition of its quarter; which edition.
CREATE FUNCTION access.add_briefing(with_id uuid, of_quarter date, content jsonb, with_checksum text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.analyst_session();
    made int;
BEGIN
    PERFORM FROM access.organisation AS o WHERE o.id = s.organisation_id FOR NO KEY UPDATE;
    SELECT coalesce(max(b.edition), 0) + 1 INTO made
    FROM access.briefing AS b
    WHERE b.organisation_id = s.organisation_id AND b.quarter = of_quarter;
    INSERT INTO access.briefing (
        id, organisation_id, quarter, edition, document, checksum, prepared_by, prepared_at
    ) VALUES (
        with_id, s.organisation_id, of_quarter, made, content, with_checksum, s.membership_id, access.clock()
    );
    PERFORM audit.append('combination', jsonb_build_object(
        'what', 'prepared a briefing', 'briefing', with_id, 'checksum', with_checksum
    ));
    RETURN made;
END
$$;

-- Approve a briefing that another person of the own organisation prepared, as it was read, or withdraw one; whether
-- it could be.
CREATE FUNCTION access.approve_briefing(which uuid, with_checksum text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.analyst_session();
BEGIN
    UPDATE access.briefing AS b
    SET approved_by = s.membership_id, approved_at = access.clock()
    WHERE
        b.id = which AND b.organisation_id = s.organisation_id AND b.checksum = with_checksum
        AND b.approved_at IS NULL AND b.withdrawn_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM audit.append('disclosure', jsonb_build_object(
        'what', 'approved a briefing', 'briefing', which, 'checksum', with_checksum
    ));
    RETURN true;
END
$$;

CREATE FUNCTION access.withdraw_briefing(which uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.analyst_session();
BEGIN
    UPDATE access.briefing AS b
    SET withdrawn_at = access.clock()
    WHERE b.id = which AND b.organisation_id = s.organisation_id AND b.withdrawn_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM audit.append('alteration', jsonb_build_object('what', 'withdrew a briefing', 'briefing', which));
    RETURN true;
END
$$;

GRANT EXECUTE ON FUNCTION store.places_with_notes(date, date), access.briefing_areas(), access.briefings(),
access.open_briefing(uuid, text), access.published_before(), access.add_briefing(uuid, date, jsonb, text),
access.approve_briefing(uuid, text), access.withdraw_briefing(uuid) TO waymark_app;
RESET ROLE;
