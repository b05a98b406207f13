-- Hotspot maps for others: made of counts that are published to their audience, and standing or falling with them.

SET ROLE waymark_owner;
ALTER TABLE access.release ADD COLUMN quarters smallint NOT NULL DEFAULT 1 CHECK (quarters BETWEEN 1 AND 8);
ALTER TABLE access.release ADD CHECK (kind = 'hotspots' OR quarters = 1);
COMMENT ON COLUMN access.release.quarters IS
'How many quarters a hotspot map looks at, of which epoch is the last; counts are of one.';
DROP TRIGGER never_another ON access.release;
CREATE TRIGGER never_another BEFORE UPDATE OF
organisation_id, audience, agreement_id, kind, heading, epoch, quarters, document, drawn, prepared_after, prepared_by,
prepared_at ON access.release FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change('what was released');

CREATE TABLE access.release_source (
    release_id uuid NOT NULL REFERENCES access.release,
    source_id uuid NOT NULL REFERENCES access.release,
    PRIMARY KEY (release_id, source_id),
    CHECK (release_id <> source_id)
);
COMMENT ON TABLE access.release_source IS
'The releases of counts that a hotspot map was made of: once one of them is withdrawn, nobody else reads the map.';
CREATE INDEX release_source_source ON access.release_source (source_id);
CREATE TRIGGER never_another BEFORE UPDATE ON access.release_source
FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change('what was released');
CREATE TRIGGER never_gone BEFORE DELETE OR TRUNCATE ON access.release_source
FOR EACH STATEMENT EXECUTE FUNCTION access.refuse_change('what was released');
GRANT SELECT, INSERT ON access.release_source TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- Does everything that a release was made of stand? Counts are made of records, so theirs always does.
CREATE FUNCTION access.rests_on_approved(r access.release) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT (r.kind = 'counts' OR EXISTS (SELECT FROM access.release_source AS f WHERE f.release_id = r.id))
        AND NOT EXISTS (
            SELECT FROM access.release_source AS f
            JOIN access.release AS o ON o.id = f.source_id
            WHERE f.release_id = r.id AND o.state <> 'approved'
        )
$$;

-- Is this release open to the session now? Who prepares and approves reads all of the own organisation's.
CREATE OR REPLACE FUNCTION access.may_read_release(s access.live_session, r access.release) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN r.organisation_id = s.organisation_id AND s.role IN ('analyst', 'admin')
            THEN r.state = 'approved' OR s.scope = 'full'
        WHEN r.state <> 'approved' THEN false
        WHEN NOT access.rests_on_approved(r) THEN false
        WHEN r.audience = 'public' THEN true
        WHEN r.audience = 'commissioner' THEN
            s.purpose NOT IN ('administration', 'audit')
            AND EXISTS (SELECT FROM access.organisation AS o WHERE o.id = s.organisation_id AND o.kind = 'commissioner')
        ELSE EXISTS (
            SELECT FROM access.agreement AS a
            WHERE
                a.id = r.agreement_id
                AND a.recipient_id = s.organisation_id
                AND s.purpose = ANY (a.purposes)
                AND access.is_live(a, access.clock())
        )
    END
$$;

-- The counts of a heading and quarter that an audience reads now: released to it, or to everybody.
CREATE FUNCTION access.counts_read_by(
    of_organisation int, to_audience text, under_agreement uuid, of_heading text, of_epoch date
) RETURNS SETOF access.release
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT r.*
    FROM access.release AS r
    WHERE
        r.organisation_id = of_organisation
        AND r.kind = 'counts'
        AND r.state = 'approved'
        AND (r.heading, r.epoch) = (of_heading, of_epoch)
        AND (
            r.audience = 'public'
            OR (r.audience = to_audience AND r.agreement_id IS NOT DISTINCT FROM under_agreement)
        )
    ORDER BY r.audience = 'public'
    LIMIT 1
$$;

-- The counts that a hotspot map for an audience is made of, as they are published to it now, after everything that
-- speaks against making it: for each quarter the places visited, then the places noted.
CREATE FUNCTION access.hotspot_sources(
    to_audience text, under_agreement uuid, of_heading text, last_epoch date, of_quarters int
) RETURNS TABLE (id uuid, heading text, epoch date, document text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.releasing_session('{analyst}');
    one_epoch date;
    one_heading text;
    r access.release;
BEGIN
    IF of_heading = 'visited' THEN
        RAISE EXCEPTION 'A hotspot map sets what was noted beside the places visited: choose what was noted.';
    ELSIF of_quarters NOT BETWEEN 1 AND 8 THEN
        RAISE EXCEPTION 'A hotspot map looks at one to eight quarters.';
    ELSIF extract(DAY FROM last_epoch) <> 1 OR extract(MONTH FROM last_epoch) NOT IN (1, 4, 7, 10) THEN
        RAISE EXCEPTION 'A hotspot map looks at calendar quarters, each from its first day.';
    ELSIF to_audience NOT IN ('agreement', 'commissioner', 'public')
        OR (to_audience = 'agreement') <> (under_agreement IS NOT NULL) THEN
        RAISE EXCEPTION 'Hotspots are released under an agreement, to commissioners, or to everybody.';
    ELSIF to_audience = 'agreement' AND under_agreement NOT IN (
        SELECT l.agreement_id FROM access.release_recipients() AS l
    ) THEN
        RAISE EXCEPTION 'No live agreement of your organisation lets that partner have these counts.';
    END IF;
    FOR back IN REVERSE of_quarters - 1 .. 0 LOOP
        one_epoch := last_epoch - back * interval '3 months';
        FOREACH one_heading IN ARRAY ARRAY['visited', of_heading] LOOP
            SELECT * INTO r
            FROM access.counts_read_by(s.organisation_id, to_audience, under_agreement, one_heading, one_epoch);
            IF NOT FOUND THEN
                RAISE EXCEPTION 'Release the counts first: % in % are not open to these readers.',
                CASE one_heading WHEN 'visited' THEN 'places visited' ELSE 'places where this was noted' END,
                to_char(one_epoch, 'FMMonth') || to_char(one_epoch + interval '2 months', '" to "FMMonth YYYY');
            END IF;
            RETURN QUERY SELECT r.id, r.heading, r.epoch, r.document;
        END LOOP;
    END LOOP;
END
$$;

-- Keep a hotspot map, made of these counts, that waits for a second person, in place of another that waited.
CREATE FUNCTION access.prepare_hotspots(
    new_id uuid, to_audience text, under_agreement uuid, of_heading text, last_epoch date, of_quarters int,
    content text, made_of uuid []
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.releasing_session('{analyst}');
    r access.release;
BEGIN
    IF made_of IS DISTINCT FROM ARRAY(
        SELECT c.id
        FROM access.hotspot_sources(to_audience, under_agreement, of_heading, last_epoch, of_quarters) AS c
    ) THEN
        RAISE EXCEPTION 'Others of these counts were published meanwhile: prepare this release again.';
    END IF;
    UPDATE access.release AS o
    SET state = 'withdrawn', withdrawn_by = s.membership_id, withdrawn_at = access.clock()
    WHERE
        o.organisation_id = s.organisation_id AND o.state = 'prepared' AND o.audience = to_audience
        AND o.agreement_id IS NOT DISTINCT FROM under_agreement
        AND o.kind = 'hotspots' AND o.heading = of_heading AND o.epoch = last_epoch;
    INSERT INTO access.release (
        id, organisation_id, audience, agreement_id, kind, heading, epoch, quarters, document, drawn, prepared_after,
        prepared_by, prepared_at
    ) VALUES (
        new_id, s.organisation_id, to_audience, under_agreement, 'hotspots', of_heading, last_epoch, of_quarters,
        content, '{}', 0, s.membership_id, access.clock()
    )
    RETURNING * INTO r;
    INSERT INTO access.release_source SELECT r.id, c FROM unnest(made_of) AS c;
    PERFORM audit.append('combination', jsonb_build_object(
        'what', 'prepared a release', 'kind', 'release', 'release', access.release_mark(r)
    ));
END
$$;

-- What an own hotspot map says, beside each document that it was made of, in order; nothing of counts. The
-- organisation's releases stand still until the transaction ends.
CREATE FUNCTION access.hotspots_with_sources(which uuid)
RETURNS TABLE (document text, source text, is_approved boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.releasing_session('{analyst, admin}');
    r CONSTANT access.release := access.own_release(s, which);
BEGIN
    RETURN QUERY
    SELECT r.document, o.document, o.state = 'approved'
    FROM access.release_source AS f
    JOIN access.release AS o ON o.id = f.source_id
    WHERE f.release_id = r.id
    ORDER BY o.epoch, o.heading <> 'visited';
END
$$;

-- Withdraw approved releases, and with them the hotspot maps that were made of them; the maps' end is in the audit.
CREATE FUNCTION access.withdraw_with_maps(s access.live_session, releases uuid []) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    maps CONSTANT access.release [] := ARRAY(
        SELECT m
        FROM access.release AS m
        WHERE m.state = 'approved' AND m.id IN (
            SELECT f.release_id FROM access.release_source AS f WHERE f.source_id = ANY (releases)
        )
        ORDER BY m.number
    );
    r access.release;
BEGIN
    PERFORM audit.lock_chains(s.organisation_id || ARRAY(
        SELECT a.recipient_id
        FROM access.agreement AS a
        WHERE a.id IN (SELECT o.agreement_id FROM access.release AS o WHERE o.id = ANY (releases))
            OR a.id IN (SELECT m.agreement_id FROM unnest(maps) AS m)
    ));
    UPDATE access.release AS o
    SET state = 'withdrawn', withdrawn_by = s.membership_id, withdrawn_at = access.clock()
    WHERE o.id = ANY (releases) OR o.id IN (SELECT m.id FROM unnest(maps) AS m);
    FOREACH r IN ARRAY maps LOOP
        PERFORM audit.tell_of_release(s, r, 'alteration', 'withdrew a release');
    END LOOP;
END
$$;

-- Approve, as another person than who prepared it. From here on its audience reads it, in place of the version before.
CREATE OR REPLACE FUNCTION access.approve_release(which uuid) RETURNS void
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
    ELSIF NOT access.rests_on_approved(r) THEN
        RAISE EXCEPTION 'Counts that it was made of were withdrawn or replaced since: prepare this release again.';
    END IF;
    SELECT * INTO last
    FROM access.release AS o
    WHERE o.organisation_id = s.organisation_id AND o.number IS NOT NULL
    ORDER BY o.number DESC
    LIMIT 1;
    PERFORM access.withdraw_with_maps(
        s, ARRAY(SELECT v.id FROM access.release_versions(r) AS v WHERE v.state = 'approved')
    );
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

-- Withdraw: from the next request on nobody reads it, nor a hotspot map made of it. What was read is not forgotten.
CREATE OR REPLACE FUNCTION access.withdraw_release(which uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.releasing_session('{analyst, admin}');
    r CONSTANT access.release := access.own_release(s, which);
BEGIN
    IF r.state = 'withdrawn' THEN
        RAISE EXCEPTION 'This release was withdrawn before.';
    END IF;
    PERFORM access.withdraw_with_maps(s, ARRAY[r.id]);
    IF r.number IS NULL THEN
        PERFORM audit.append('alteration', jsonb_build_object(
            'what', 'withdrew a release', 'kind', 'release', 'release', access.release_mark(r)
        ));
    ELSE
        PERFORM audit.tell_of_release(s, r, 'alteration', 'withdrew a release');
    END IF;
END
$$;

-- The counts that the session's organisation approved so far, in order: what others may know. Maps add nothing to them.
CREATE OR REPLACE FUNCTION access.published_releases()
RETURNS TABLE (id uuid, heading text, epoch date, document text, drawn jsonb, number bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.releasing_session('{analyst, admin}');
BEGIN
    RETURN QUERY
    SELECT r.id, r.heading, r.epoch, r.document, r.drawn, r.number
    FROM access.release AS r
    WHERE r.organisation_id = s.organisation_id AND r.number IS NOT NULL AND r.kind = 'counts'
    ORDER BY r.number;
END
$$;

-- The releases that the session may read, the latest quarter first, without what was withdrawn before an approval.
DROP FUNCTION access.my_releases();
CREATE FUNCTION access.my_releases()
RETURNS TABLE (
    id uuid, organisation text, is_ours boolean, is_mine boolean, audience text, recipient text, kind text,
    heading text, epoch date, quarters smallint, version int, state text, prepared_at timestamptz,
    approved_at timestamptz, withdrawn_at timestamptz
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
BEGIN
    SELECT * INTO s FROM access.live_session AS l WHERE l.token_hash = access.token_hash();
    RETURN QUERY
    SELECT
        r.id, o.name, r.organisation_id = s.organisation_id AND s.role IN ('analyst', 'admin'),
        m.person_id = s.person_id, r.audience, p.name, r.kind, r.heading, r.epoch, r.quarters, r.version, r.state,
        r.prepared_at, r.approved_at, r.withdrawn_at
    FROM access.release AS r
    JOIN access.organisation AS o ON o.id = r.organisation_id
    JOIN access.membership AS m ON m.id = r.prepared_by
    LEFT JOIN access.agreement AS a ON a.id = r.agreement_id
    LEFT JOIN access.organisation AS p ON p.id = a.recipient_id
    WHERE s.id IS NOT NULL AND access.may_read_release(s, r) AND (r.state <> 'withdrawn' OR r.number IS NOT NULL)
    ORDER BY r.epoch DESC, o.name, r.kind DESC, r.heading, r.audience, p.name, r.version DESC, r.id;
END
$$;

-- The squares of an approved release of one kind, as its document has them; none of what is not this session's.
CREATE FUNCTION layers.squares_released(of_layer text, of_kind text) RETURNS SETOF jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    which CONSTANT uuid := substring(of_layer FROM '^release-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$');
BEGIN
    IF EXISTS (SELECT FROM access.release AS r WHERE r.id = which AND r.state = 'approved' AND r.kind = of_kind) THEN
        RETURN QUERY SELECT jsonb_array_elements(access.release_document(which)::jsonb -> 'squares');
    END IF;
END
$$;

-- The squares of a layer of counts: its corner, what was published in words, and as a number (NULL in the band).
CREATE OR REPLACE FUNCTION layers.release_squares(of_layer text)
RETURNS TABLE (easting int, northing int, places text, number int)
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        (square ->> 0)::int / 10000 * 5000,
        (square ->> 0)::int % 10000 * 5000,
        coalesce(square ->> 1, 'fewer than 5'),
        (square ->> 1)::int
    FROM layers.squares_released(of_layer, 'counts') AS square
$$;

-- The squares of a layer of hotspots: its corner, what can be said of it, and the numbers published of it, added up.
CREATE FUNCTION layers.hotspot_release_squares(of_layer text)
RETURNS TABLE (easting int, northing int, state text, visited int, noted int)
LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    SELECT
        (square ->> 0)::int / 10000 * 5000,
        (square ->> 0)::int % 10000 * 5000,
        (ARRAY['too few to say', 'no clear excess', 'hot'])[(square ->> 1)::int + 1],
        (square ->> 3)::int,
        (square ->> 4)::int
    FROM layers.squares_released(of_layer, 'hotspots') AS square
$$;

-- A tile of a hotspot map; nothing keeps it, so that a withdrawal counts for the next one.
CREATE FUNCTION layers.hotspot_release_tile(token text, of_layer text, z int, x int, y int) RETURNS layers.answer
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    answer layers.answer := layers.admit_anybody(token);
    frame geometry := st_tileenvelope(z, x, y);
BEGIN
    IF answer.outcome = 'made' THEN
        SELECT st_asmvt(tile, of_layer, 4096, 'geom') INTO answer.body
        FROM (
            SELECT
                5000 AS size, s.state, s.visited, s.noted,
                layers.holds_middle(drawn.middle_x, drawn.middle_y, frame) AS is_middle,
                layers.in_tile(drawn.shape, frame) AS geom
            FROM layers.hotspot_release_squares(of_layer) AS s
            CROSS JOIN LATERAL layers.on_map(s.easting, s.northing, 5000) AS drawn
            WHERE drawn.shape && frame
            ORDER BY s.easting, s.northing
        ) AS tile
        WHERE tile.geom IS NOT NULL;
    END IF;
    RETURN answer;
END
$$;

GRANT EXECUTE ON FUNCTION access.hotspot_sources(text, uuid, text, date, int),
access.prepare_hotspots(uuid, text, uuid, text, date, int, text, uuid []), access.hotspots_with_sources(uuid),
access.my_releases(), layers.squares_released(text, text), layers.hotspot_release_squares(text),
layers.hotspot_release_tile(text, text, int, int, int) TO waymark_app;
RESET ROLE;
