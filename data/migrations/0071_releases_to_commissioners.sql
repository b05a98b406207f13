-- What is released to commissioners crosses to another organisation, so it needs a live agreement as everything does
-- that crosses: each office reads it under its own, as far as that one reaches.

SET ROLE waymark_gate;

-- The agreement under which a session of a commissioner's office reads what was released to commissioners: live, for
-- analysis and for this session's purpose, of all kinds that were counted, up to the sensitivity that is counted, and
-- for the area of every square. NULL without one.
CREATE FUNCTION access.commissioner_agreement(s access.live_session, r access.release) RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    counted CONSTANT smallint [] := CASE
        WHEN r.kind = 'hotspots' THEN '{1, 2}'
        WHEN r.heading = 'visited' THEN '{1}'
        ELSE '{2}'
    END;
BEGIN
    IF r.audience <> 'commissioner' OR NOT EXISTS (
        SELECT FROM access.organisation AS o WHERE o.id = s.organisation_id AND o.kind = 'commissioner'
    ) THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT a.id
        FROM access.agreement AS a
        WHERE
            a.provider_id = r.organisation_id
            AND a.recipient_id = s.organisation_id
            AND access.is_live(a, access.clock())
            AND ARRAY['analysis', s.purpose] <@ a.purposes
            AND counted <@ a.kinds
            AND a.max_sensitivity >= 2
            AND NOT EXISTS (
                SELECT
                FROM jsonb_array_elements(r.document::jsonb -> 'squares') AS square
                LEFT JOIN reference.cell_area AS c ON c.cell = (square ->> 0)::int
                LEFT JOIN access.agreement_area AS aa ON aa.agreement_id = a.id AND aa.area_id = c.area_id
                WHERE aa.area_id IS NULL
            )
        ORDER BY a.id
        LIMIT 1
    );
END
$$;

DO $$
DECLARE
    part record;
    found text;
BEGIN
    FOR part IN
        SELECT * FROM (
            VALUES
            (
                'access.may_read_release',
                's.purpose NOT IN (''administration'', ''audit'')
            AND EXISTS (SELECT FROM access.organisation AS o WHERE o.id = s.organisation_id AND o.kind = ''commissioner'')',
                'access.commissioner_agreement(s, r) IS NOT NULL'
            ),
            (
                'audit.open_release', '''agreement'', r.agreement_id',
                '''agreement'', coalesce(r.agreement_id, access.commissioner_agreement(s, r))'
            )
        ) AS t (function_name, was, becomes)
    LOOP
        found := pg_get_functiondef(to_regproc(part.function_name));
        IF length(found) - length(replace(found, part.was, '')) <> length(part.was) THEN
            RAISE EXCEPTION '% is not as it was expected', part.function_name;
        END IF;
        EXECUTE replace(found, part.was, part.becomes);
    END LOOP;
END
$$;
RESET ROLE;
