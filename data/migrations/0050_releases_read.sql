-- Reading releases: who may, decided at each request, and put into the audit before anything of one is shown; and each
-- approved release as a layer of squares.

SET ROLE waymark_gate;

-- Is this release open to the session now? Who prepares and approves reads all of the own organisation's.
CREATE FUNCTION access.may_read_release(s access.live_session, r access.release) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN r.organisation_id = s.organisation_id AND s.role IN ('analyst', 'admin')
            THEN r.state = 'approved' OR s.scope = 'full'
        WHEN r.state <> 'approved' THEN false
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

-- The releases that the session may read, the latest quarter first. What was withdrawn before anybody approved it is gone.
CREATE FUNCTION access.my_releases()
RETURNS TABLE (
    id uuid, organisation text, is_ours boolean, is_mine boolean, audience text, recipient text, kind text,
    heading text, epoch date, version int, state text, prepared_at timestamptz, approved_at timestamptz,
    withdrawn_at timestamptz
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
        m.person_id = s.person_id, r.audience, p.name, r.kind, r.heading, r.epoch, r.version, r.state,
        r.prepared_at, r.approved_at, r.withdrawn_at
    FROM access.release AS r
    JOIN access.organisation AS o ON o.id = r.organisation_id
    JOIN access.membership AS m ON m.id = r.prepared_by
    LEFT JOIN access.agreement AS a ON a.id = r.agreement_id
    LEFT JOIN access.organisation AS p ON p.id = a.recipient_id
    WHERE s.id IS NOT NULL AND access.may_read_release(s, r) AND (r.state <> 'withdrawn' OR r.number IS NOT NULL)
    ORDER BY r.epoch DESC, o.name, r.heading, r.audience, p.name, r.version DESC, r.id;
END
$$;

-- Put the reading of a release into the audit, once in five minutes for each session: a consultation in the reader's
-- chain, and a disclosure in the owner's where that is another.
CREATE FUNCTION audit.open_release(s access.live_session, r access.release) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at CONSTANT timestamptz := access.clock();
    looked CONSTANT text := 'release ' || r.id;
    entry CONSTANT jsonb := jsonb_build_object(
        'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose, 'what', 'read a release', 'kind', 'release',
        'release', access.release_mark(r), 'minutes', 5
    );
BEGIN
    IF EXISTS (
        SELECT FROM audit.look AS k WHERE k.session_id = s.id AND k.layer = looked AND k.cell = -1 AND k.until > at
    ) THEN
        RETURN;
    END IF;
    PERFORM audit.lock_chains(ARRAY[r.organisation_id, s.organisation_id]);
    PERFORM audit.append_to(s.organisation_id, 'consultation', entry);
    IF r.organisation_id <> s.organisation_id THEN
        PERFORM audit.append_to(r.organisation_id, 'disclosure', entry || jsonb_build_object(
            'recipient', (SELECT o.uid FROM access.organisation AS o WHERE o.id = s.organisation_id),
            'agreement', r.agreement_id, 'precision', '5 km'
        ));
    END IF;
    INSERT INTO audit.look VALUES (s.id, looked, -1, at + interval '5 minutes')
    ON CONFLICT (session_id, layer, cell) DO UPDATE SET until = excluded.until;
END
$$;

-- The document of a release that the session may read, whose reading stands in the audit; else none.
CREATE FUNCTION access.release_document(which uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
    r access.release;
BEGIN
    SELECT * INTO s FROM access.live_session AS l WHERE l.token_hash = access.token_hash();
    SELECT * INTO r FROM access.release AS o WHERE o.id = which;
    IF s.id IS NULL OR r.id IS NULL OR NOT access.may_read_release(s, r) THEN
        RETURN NULL;
    END IF;
    PERFORM audit.open_release(s, r);
    RETURN r.document;
END
$$;

-- The squares of an approved release's layer: its corner, what was published in words, and as a number (NULL in the
-- band). A name that is no release's, or not this session's, has none.
CREATE FUNCTION layers.release_squares(of_layer text)
RETURNS TABLE (easting int, northing int, places text, number int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    which CONSTANT uuid := substring(of_layer FROM '^release-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$');
BEGIN
    IF NOT EXISTS (SELECT FROM access.release AS r WHERE r.id = which AND r.state = 'approved') THEN
        RETURN;
    END IF;
    RETURN QUERY
    SELECT
        (square ->> 0)::int / 10000 * 5000,
        (square ->> 0)::int % 10000 * 5000,
        coalesce(square ->> 1, 'fewer than 5'),
        (square ->> 1)::int
    FROM jsonb_array_elements(access.release_document(which)::jsonb -> 'squares') AS square;
END
$$;

-- A tile of a release's layer; nothing keeps it, so that a withdrawal counts for the next one.
CREATE FUNCTION layers.release_tile(token text, of_layer text, z int, x int, y int) RETURNS layers.answer
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
                5000 AS size, s.places, s.number,
                layers.holds_middle(drawn.middle_x, drawn.middle_y, frame) AS is_middle,
                layers.in_tile(drawn.shape, frame) AS geom
            FROM layers.release_squares(of_layer) AS s
            CROSS JOIN LATERAL layers.on_map(s.easting, s.northing, 5000) AS drawn
            WHERE drawn.shape && frame
            ORDER BY s.easting, s.northing
        ) AS tile
        WHERE tile.geom IS NOT NULL;
    END IF;
    RETURN answer;
END
$$;

GRANT EXECUTE ON FUNCTION access.my_releases(), access.release_document(uuid), layers.release_squares(text),
layers.release_tile(text, text, int, int, int) TO waymark_app;
RESET ROLE;
