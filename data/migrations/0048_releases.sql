-- Releases: tables of counts that an analyst prepared for others and a second person approved. Only what is
-- published is kept: true counts stand nowhere but in the records.

SET ROLE waymark_owner;
CREATE TABLE access.release (
    id uuid PRIMARY KEY,
    organisation_id int NOT NULL REFERENCES access.organisation,
    audience text NOT NULL CHECK (audience IN ('agreement', 'commissioner', 'public')),
    agreement_id uuid REFERENCES access.agreement,
    kind text NOT NULL CHECK (kind IN ('counts', 'hotspots')),
    heading text NOT NULL,
    epoch date NOT NULL CHECK (extract(DAY FROM epoch) = 1 AND extract(MONTH FROM epoch) IN (1, 4, 7, 10)),
    version int,
    document text NOT NULL CHECK (length(document) < 400000),
    drawn jsonb NOT NULL,
    prepared_after bigint NOT NULL,
    state text NOT NULL DEFAULT 'prepared' CHECK (state IN ('prepared', 'approved', 'withdrawn')),
    prepared_by uuid NOT NULL REFERENCES access.membership,
    prepared_at timestamptz NOT NULL,
    approved_by uuid REFERENCES access.membership,
    approved_at timestamptz,
    withdrawn_by uuid REFERENCES access.membership,
    withdrawn_at timestamptz,
    number bigint,
    hash bytea,
    UNIQUE (organisation_id, number),
    CHECK ((audience = 'agreement') = (agreement_id IS NOT NULL)),
    CHECK (num_nulls(approved_at, approved_by, version, number, hash) IN (0, 5)),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
    CHECK (
        CASE state
            WHEN 'prepared' THEN approved_at IS NULL AND withdrawn_at IS NULL
            WHEN 'approved' THEN approved_at IS NOT NULL AND withdrawn_at IS NULL
            ELSE withdrawn_at IS NOT NULL
        END
    )
);
COMMENT ON TABLE access.release IS
'Releases: document is the published table as canonical JSON, hash chains what an organisation approved by number. '
'drawn says by square from which quarter''s count its value was drawn, and is shown to nobody; prepared_after is the '
'number of the last one that was approved when this one was prepared.';
CREATE TRIGGER never_another BEFORE UPDATE OF
organisation_id, audience, agreement_id, kind, heading, epoch, document, drawn, prepared_after, prepared_by,
prepared_at ON access.release FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change('what was released');
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON access.release
FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change('what was released');
GRANT SELECT, INSERT, UPDATE ON access.release TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- The session of somebody who prepares releases or approves them: an analyst's or an admin's own.
CREATE FUNCTION access.releasing_session(roles text []) RETURNS access.live_session
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.own_session();
BEGIN
    IF s.role <> ALL (roles) THEN
        RAISE EXCEPTION 'Releases are prepared by analysts.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN s;
END
$$;

-- What it is that a release tells of one place.
CREATE FUNCTION access.release_mark(r access.release) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$ SELECT encode(sha256(convert_to(r.document, 'UTF8')), 'hex') $$;
COMMENT ON FUNCTION access.release_mark(access.release) IS
'How the audit names a release: the hash of its document, which anybody who has it can compute.';

-- The agreements under which the session's organisation may release counts, with their recipients.
CREATE FUNCTION access.release_recipients()
RETURNS TABLE (agreement_id uuid, recipient text, title text, valid_until timestamptz, kinds smallint [])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.releasing_session('{analyst}');
BEGIN
    RETURN QUERY
    SELECT a.id, o.name, a.title, a.valid_until, a.kinds
    FROM access.agreement AS a
    JOIN access.organisation AS o ON o.id = a.recipient_id
    WHERE
        a.provider_id = s.organisation_id
        AND access.is_live(a, access.clock())
        AND 'analysis' = ANY (a.purposes)
        AND a.max_sensitivity >= 2
        AND (1 = ANY (a.kinds) OR 2 = ANY (a.kinds))
    ORDER BY o.name, a.valid_until, a.id;
END
$$;

-- The squares of a release, after everything that speaks against making it; each in a sentence. They are those of the
-- boroughs that the analyst and the agreement reach, or of the other areas where they reach no borough; never of where
-- something was counted.
CREATE FUNCTION access.release_ground(to_audience text, under_agreement uuid, of_heading text, of_epoch date)
RETURNS SETOF int
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.releasing_session('{analyst}');
    areas int [] := ARRAY(SELECT m.area_id FROM access.membership_area AS m WHERE m.membership_id = s.membership_id);
    of_kind CONSTANT int := CASE of_heading WHEN 'visited' THEN 1 ELSE 2 END;
BEGIN
    IF of_heading NOT IN ('visited', 'concern') AND NOT EXISTS (
        SELECT FROM reference.taxonomy AS t WHERE t.list = 'exploitation' AND t.slug = of_heading
    ) THEN
        RAISE EXCEPTION 'There is no such heading to count under.';
    ELSIF extract(DAY FROM of_epoch) <> 1 OR extract(MONTH FROM of_epoch) NOT IN (1, 4, 7, 10) THEN
        RAISE EXCEPTION 'Counts are released by calendar quarter, from its first day.';
    ELSIF of_epoch + interval '3 months 21 days' > access.clock() THEN
        RAISE EXCEPTION 'A quarter is released 21 days after its end at the earliest, when its records are in.';
    ELSIF of_epoch < access.clock() - interval '3 years' THEN
        RAISE EXCEPTION 'Quarters of more than three years ago are not released any more.';
    ELSIF (SELECT m.clearance FROM access.membership AS m WHERE m.id = s.membership_id) < 2 THEN
        RAISE EXCEPTION 'Your clearance does not reach all that is counted, so your counts would be too small.';
    ELSIF EXISTS (
        SELECT FROM access.release AS r
        WHERE
            r.organisation_id = s.organisation_id AND r.number IS NOT NULL AND r.epoch = of_epoch
            AND 'visited' NOT IN (r.heading, of_heading)
            AND (r.heading = 'concern') <> (of_heading = 'concern')
    ) THEN
        RAISE EXCEPTION 'This quarter was released %, and a total beside its parts tells of small parts.',
        CASE of_heading WHEN 'concern' THEN 'by category' ELSE 'for all categories together' END;
    END IF;
    IF to_audience = 'agreement' THEN
        areas := ARRAY(
            SELECT aa.area_id
            FROM access.agreement AS a
            JOIN access.agreement_area AS aa ON aa.agreement_id = a.id
            WHERE
                a.id = under_agreement
                AND a.id IN (SELECT r.agreement_id FROM access.release_recipients() AS r)
                AND of_kind = ANY (a.kinds)
                AND aa.area_id = ANY (areas)
        );
        IF cardinality(areas) = 0 THEN
            RAISE EXCEPTION 'No live agreement of your organisation lets that partner have these counts.';
        END IF;
    ELSIF to_audience NOT IN ('commissioner', 'public') OR under_agreement IS NOT NULL THEN
        RAISE EXCEPTION 'Counts are released under an agreement, to commissioners, or to everybody.';
    END IF;
    RETURN QUERY
    WITH ground AS (SELECT a.id, a.kind = 'borough' AS is_borough FROM reference.area AS a WHERE a.id = ANY (areas))
    SELECT c.cell
    FROM reference.cell_area AS c
    JOIN ground AS g ON g.id = c.area_id
    WHERE g.is_borough OR NOT EXISTS (SELECT FROM ground AS o WHERE o.is_borough)
    ORDER BY c.cell;
END
$$;

-- Keep a release that waits for a second person, in place of another of the same that waited. Its audit by intervals was
-- done by whoever calls.
CREATE FUNCTION access.prepare_release(
    new_id uuid, to_audience text, under_agreement uuid, of_heading text, of_epoch date, content text, drawn_from jsonb,
    after_number bigint
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.releasing_session('{analyst}');
    r access.release;
BEGIN
    PERFORM FROM access.release_ground(to_audience, under_agreement, of_heading, of_epoch);
    UPDATE access.release AS o
    SET state = 'withdrawn', withdrawn_by = s.membership_id, withdrawn_at = access.clock()
    WHERE
        o.organisation_id = s.organisation_id AND o.state = 'prepared' AND o.audience = to_audience
        AND o.agreement_id IS NOT DISTINCT FROM under_agreement
        AND o.kind = 'counts' AND o.heading = of_heading AND o.epoch = of_epoch;
    INSERT INTO access.release (
        id, organisation_id, audience, agreement_id, kind, heading, epoch, document, drawn, prepared_after,
        prepared_by, prepared_at
    ) VALUES (
        new_id, s.organisation_id, to_audience, under_agreement, 'counts', of_heading, of_epoch, content, drawn_from,
        after_number, s.membership_id, access.clock()
    )
    RETURNING * INTO r;
    PERFORM audit.append('combination', jsonb_build_object(
        'what', 'prepared a release', 'kind', 'release', 'release', access.release_mark(r)
    ));
END
$$;

-- A release of the session's own organisation, whose releases stand still until the transaction ends.
CREATE FUNCTION access.own_release(s access.live_session, which uuid) RETURNS access.release
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    r access.release;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('waymark releases'), s.organisation_id);
    SELECT * INTO r FROM access.release AS o WHERE o.id = which AND o.organisation_id = s.organisation_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'There is no such release.' USING ERRCODE = 'no_data_found';
    END IF;
    RETURN r;
END
$$;

-- One entry about a release in its owner's chain, and in that of a partner whom it is for.
CREATE FUNCTION audit.tell_of_release(s access.live_session, r access.release, op text, what text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    partner CONSTANT int := (SELECT a.recipient_id FROM access.agreement AS a WHERE a.id = r.agreement_id);
    entry CONSTANT jsonb := jsonb_build_object(
        'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose, 'what', what, 'kind', 'release',
        'release', access.release_mark(r), 'audience', r.audience, 'agreement', r.agreement_id, 'precision', '5 km',
        'recipient', (SELECT o.uid FROM access.organisation AS o WHERE o.id = partner)
    );
BEGIN
    PERFORM audit.lock_chains(array_remove(ARRAY[r.organisation_id, partner], NULL));
    PERFORM audit.append_to(chain_of, op, entry)
    FROM unnest(array_remove(ARRAY[r.organisation_id, partner], NULL)) AS chain (chain_of);
END
$$;

-- The versions of one table for one audience that were approved so far.
CREATE FUNCTION access.release_versions(of_release access.release) RETURNS SETOF access.release
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.*
    FROM access.release AS r
    WHERE
        r.organisation_id = of_release.organisation_id
        AND r.audience = of_release.audience
        AND r.agreement_id IS NOT DISTINCT FROM of_release.agreement_id
        AND (r.kind, r.heading, r.epoch) = (of_release.kind, of_release.heading, of_release.epoch)
        AND r.number IS NOT NULL
$$;

-- Approve, as another person than who prepared it. From here on its audience reads it, in place of the version before.
CREATE FUNCTION access.approve_release(which uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.releasing_session('{analyst, admin}');
    r access.release := access.own_release(s, which);
    last access.release;
BEGIN
    IF r.state <> 'prepared' THEN
        RAISE EXCEPTION 'This release no longer waits for an approval.';
    ELSIF EXISTS (SELECT FROM access.membership AS m WHERE m.id = r.prepared_by AND m.person_id = s.person_id) THEN
        RAISE EXCEPTION 'Another person than who prepared a release approves it.';
    ELSIF r.agreement_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM access.agreement AS a WHERE a.id = r.agreement_id AND access.is_live(a, access.clock())
    ) THEN
        RAISE EXCEPTION 'The agreement that it was prepared under is not live any more.';
    END IF;
    SELECT * INTO last
    FROM access.release AS o
    WHERE o.organisation_id = s.organisation_id AND o.number IS NOT NULL
    ORDER BY o.number DESC
    LIMIT 1;
    UPDATE access.release AS o
    SET state = 'withdrawn', withdrawn_by = s.membership_id, withdrawn_at = access.clock()
    WHERE o.state = 'approved' AND o.id IN (SELECT v.id FROM access.release_versions(r) AS v);
    UPDATE access.release AS o
    SET
        state = 'approved',
        version = (SELECT coalesce(max(v.version), 0) + 1 FROM access.release_versions(r) AS v),
        approved_by = s.membership_id,
        approved_at = access.clock(),
        number = coalesce(last.number, 0) + 1,
        hash = sha256(
            coalesce(last.hash, sha256(convert_to('waymark releases ' || s.organisation_id, 'UTF8')))
            || convert_to(r.document, 'UTF8')
        )
    WHERE o.id = r.id;
    PERFORM audit.tell_of_release(s, r, 'disclosure', 'approved a release');
END
$$;

-- Withdraw: from the next request on nobody reads it. What was read stays in the audit by intervals.
CREATE FUNCTION access.withdraw_release(which uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.releasing_session('{analyst, admin}');
    r CONSTANT access.release := access.own_release(s, which);
BEGIN
    IF r.state = 'withdrawn' THEN
        RAISE EXCEPTION 'This release was withdrawn before.';
    END IF;
    UPDATE access.release AS o
    SET state = 'withdrawn', withdrawn_by = s.membership_id, withdrawn_at = access.clock()
    WHERE o.id = r.id;
    IF r.number IS NULL THEN
        PERFORM audit.append('alteration', jsonb_build_object(
            'what', 'withdrew a release', 'kind', 'release', 'release', access.release_mark(r)
        ));
    ELSE
        PERFORM audit.tell_of_release(s, r, 'alteration', 'withdrew a release');
    END IF;
END
$$;

GRANT EXECUTE ON FUNCTION access.release_recipients(), access.release_ground(text, uuid, text, date),
access.prepare_release(uuid, text, uuid, text, date, text, jsonb, bigint), access.approve_release(uuid),
access.withdraw_release(uuid) TO waymark_app;
RESET ROLE;
