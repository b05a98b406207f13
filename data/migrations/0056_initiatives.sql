-- The register of initiatives: campaigns, training sessions and events, kept by analysts, read by the own
-- organisation, and by the commissioner's analysts where it is published and an agreement lets them. No person.

SET ROLE waymark_owner;
CREATE TABLE access.initiative (
    id uuid PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES access.organisation,
    kind text NOT NULL CHECK (kind IN ('campaign', 'training', 'event')),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    sector text NOT NULL CHECK (
        sector IN ('job_centre', 'healthcare', 'banking', 'education', 'housing', 'transport', 'other')
    ),
    audience text NOT NULL DEFAULT '' CHECK (length(audience) <= 200),
    starts_on date NOT NULL CHECK (starts_on BETWEEN '2000-01-01' AND '2999-12-31'),
    ends_on date NOT NULL,
    site_id uuid REFERENCES reference.site,
    reach int CHECK (reach BETWEEN 0 AND 10000000),
    is_published boolean NOT NULL DEFAULT false,
    withdrawn_at timestamptz,
    version int NOT NULL DEFAULT 1,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    CHECK (starts_on <= ends_on AND ends_on <= starts_on + 3660)
);
COMMENT ON TABLE access.initiative IS
'What an organisation did so that people know the signs. is_published: the commissioner''s analysts may read it '
'while an agreement for analysis is live. Never a person, never a place of the map.';
CREATE INDEX initiative_organisation ON access.initiative (organisation_id, starts_on);

CREATE TABLE access.initiative_area (
    initiative_id uuid NOT NULL REFERENCES access.initiative ON DELETE CASCADE,
    area_id int NOT NULL REFERENCES reference.area,
    PRIMARY KEY (initiative_id, area_id)
);

CREATE TABLE access.initiative_history (
    initiative_id uuid NOT NULL REFERENCES access.initiative ON DELETE CASCADE,
    version int NOT NULL,
    was jsonb NOT NULL,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (initiative_id, version)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON access.initiative, access.initiative_area, access.initiative_history
TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- The agreement under which a provider reports to a recipient: live, for analysis, and the recipient is the
-- commissioner's office. NULL without one.
CREATE FUNCTION access.reporting_agreement(provider int, recipient int) RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN (
        SELECT a.id
        FROM access.agreement AS a
        JOIN access.organisation AS o ON o.id = a.recipient_id AND o.kind = 'commissioner'
        WHERE
            a.provider_id = provider
            AND a.recipient_id = recipient
            AND access.is_live(a, access.clock())
            AND 'analysis' = ANY (a.purposes)
        ORDER BY a.id
        LIMIT 1
    );
END
$$;

-- The session of somebody who reads initiatives: outreach workers and analysts, never for enforcement.
CREATE FUNCTION access.initiative_session() RETURNS access.live_session
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.own_session();
BEGIN
    IF s.role NOT IN ('outreach', 'analyst') OR s.purpose NOT IN ('visit', 'safeguarding', 'analysis') THEN
        RAISE EXCEPTION 'Initiatives are for outreach workers and analysts.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN s;
END
$$;

-- The session of an analyst, who prepares what others are shown.
CREATE FUNCTION access.analyst_session() RETURNS access.live_session
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.own_session();
BEGIN
    IF s.role <> 'analyst' OR s.purpose <> 'analysis' THEN
        RAISE EXCEPTION 'This is for analysts.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN s;
END
$$;

-- The initiatives that the session may read: of its own organisation; and for the commissioner's analysts what
-- others published, while an agreement lets them. agreement is NULL for one's own.
CREATE FUNCTION access.initiatives()
RETURNS TABLE (
    id uuid, is_own boolean, organisation text, kind text, title text, sector text, audience text,
    starts_on date, ends_on date, areas int [], site_id uuid, site text, reach int, is_published boolean,
    version int, agreement uuid
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.initiative_session();
BEGIN
    RETURN QUERY
    SELECT
        i.id, i.organisation_id = s.organisation_id, o.name, i.kind, i.title, i.sector, i.audience, i.starts_on,
        i.ends_on,
        ARRAY(SELECT ia.area_id FROM access.initiative_area AS ia WHERE ia.initiative_id = i.id ORDER BY 1),
        i.site_id, site.name, i.reach, i.is_published, i.version, reports.agreement
    FROM access.initiative AS i
    JOIN access.organisation AS o ON o.id = i.organisation_id
    LEFT JOIN reference.site AS site ON site.id = i.site_id
    CROSS JOIN LATERAL (
        SELECT CASE
            WHEN i.organisation_id <> s.organisation_id AND i.is_published AND s.role = 'analyst'
                THEN access.reporting_agreement(i.organisation_id, s.organisation_id)
        END AS agreement
    ) AS reports
    WHERE i.withdrawn_at IS NULL AND (i.organisation_id = s.organisation_id OR reports.agreement IS NOT NULL)
    ORDER BY i.starts_on DESC, i.title, i.id;
END
$$;

-- Write into each provider's chain that its published initiatives are shown to this session, before they are.
CREATE FUNCTION access.disclose_initiatives() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.initiative_session();
    recipient uuid := (SELECT o.uid FROM access.organisation AS o WHERE o.id = s.organisation_id);
    owners int [];
    agreements uuid [];
BEGIN
    SELECT array_agg(d.owner ORDER BY d.owner), array_agg(d.agreement ORDER BY d.owner)
    INTO owners, agreements
    FROM (
        SELECT DISTINCT i.organisation_id AS owner, shown.agreement
        FROM access.initiatives() AS shown
        JOIN access.initiative AS i ON i.id = shown.id
        WHERE NOT shown.is_own
    ) AS d;
    IF owners IS NULL THEN
        RETURN;
    END IF;
    PERFORM audit.lock_chains(owners || s.organisation_id);
    PERFORM audit.append_to(d.owner, 'disclosure', jsonb_build_object(
        'what', 'initiatives', 'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose,
        'recipient', recipient, 'agreement', d.agreement
    ))
    FROM unnest(owners, agreements) AS d (owner, agreement);
END
$$;

-- What an initiative is now, as its history keeps it.
CREATE FUNCTION access.initiative_now(which uuid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT to_jsonb(i) - ARRAY['id', 'organisation_id', 'version', 'changed_by', 'changed_at'] || jsonb_build_object(
        'areas', ARRAY(SELECT ia.area_id FROM access.initiative_area AS ia WHERE ia.initiative_id = which ORDER BY 1)
    )
    FROM access.initiative AS i
    WHERE i.id = which
$$;

-- Keep an initiative of the analyst's own organisation: a new one at version 0, or a change of the version that was
-- read, with what it was kept. NULL when there is none of one's own, or somebody kept another meanwhile.
CREATE FUNCTION access.keep_initiative(with_id uuid, of_version int, content jsonb, in_areas int []) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.analyst_session();
    given access.initiative := jsonb_populate_record(NULL::access.initiative, content);
BEGIN
    IF cardinality(in_areas) = 0 THEN
        RAISE EXCEPTION 'An initiative has at least one borough.' USING ERRCODE = 'check_violation';
    END IF;
    IF of_version = 0 THEN
        INSERT INTO access.initiative (
            id, organisation_id, kind, title, sector, audience, starts_on, ends_on, site_id, reach, is_published,
            changed_by, changed_at
        )
        VALUES (
            with_id, s.organisation_id, given.kind, given.title, given.sector, given.audience, given.starts_on,
            given.ends_on, given.site_id, given.reach, given.is_published, s.membership_id, access.clock()
        );
    ELSE
        PERFORM FROM access.initiative AS i
        WHERE
            i.id = with_id AND i.organisation_id = s.organisation_id AND i.version = of_version
            AND i.withdrawn_at IS NULL
        FOR UPDATE;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
        INSERT INTO access.initiative_history
        SELECT i.id, i.version, access.initiative_now(i.id), i.changed_by, i.changed_at
        FROM access.initiative AS i WHERE i.id = with_id;
        UPDATE access.initiative AS i
        SET
            kind = given.kind, title = given.title, sector = given.sector, audience = given.audience,
            starts_on = given.starts_on, ends_on = given.ends_on, site_id = given.site_id, reach = given.reach,
            is_published = given.is_published, withdrawn_at = given.withdrawn_at, version = i.version + 1,
            changed_by = s.membership_id, changed_at = access.clock()
        WHERE i.id = with_id;
        DELETE FROM access.initiative_area AS ia WHERE ia.initiative_id = with_id;
    END IF;
    INSERT INTO access.initiative_area SELECT DISTINCT with_id, unnest(in_areas);
    RETURN of_version + 1;
END
$$;

-- What an initiative of one's own organisation was before each change, latest first.
CREATE FUNCTION access.initiative_past(which uuid) RETURNS TABLE (version int, was jsonb, changed_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.initiative_session();
BEGIN
    RETURN QUERY
    SELECT h.version, h.was, h.changed_at
    FROM access.initiative_history AS h
    JOIN access.initiative AS i ON i.id = h.initiative_id AND i.organisation_id = s.organisation_id
    WHERE h.initiative_id = which
    ORDER BY h.version DESC;
END
$$;

GRANT EXECUTE ON FUNCTION access.initiatives(), access.disclose_initiatives(), access.initiative_past(uuid),
access.keep_initiative(uuid, int, jsonb, int []) TO waymark_app;
RESET ROLE;
