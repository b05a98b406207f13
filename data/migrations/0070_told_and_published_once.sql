-- Deconfliction tells nobody of what is handled under conditions, nor who planned it by joining the desk later. And a
-- briefing that was overtaken by what others published is not approved.

SET ROLE waymark_gate;

DO $$
DECLARE
    part record;
    found text;
BEGIN
    FOR part IN
        SELECT * FROM (
            VALUES
            -- What its owner shares under conditions alone, or keeps from somebody who is at another organisation as
            -- well, is its owner's to speak of.
            (
                'access.clash_mode', 'WHEN l.sensitivity = 3 OR h.owner_only THEN 1',
                'WHEN l.sensitivity = 3 OR h.owner_only OR h.conditions <> ''{}'' THEN 1
        WHEN EXISTS (
            SELECT
            FROM access.membership AS m
            JOIN access.membership AS elsewhere ON elsewhere.person_id = m.person_id
            WHERE m.id = ANY (h.excluded) AND elsewhere.organisation_id <> l.owner_id
        ) THEN 1'
            ),
            -- A desk is told while the visits are near; and each time it is asked, whoever planned one is not.
            (
                'access.is_for', 'SELECT n.about WHERE n.kind = ''wrong_words''
                    )
            )',
                'SELECT n.about WHERE n.kind = ''wrong_words''
                    )
            ) AND NOT EXISTS (
                SELECT FROM access.clash_told AS t
                WHERE t.batch = n.about AND s.person_id IN (t.own_maker, t.other_maker)
            )'
            ),
            (
                'access.deconflict', 'DELETE FROM access.clash_told AS t WHERE t.told_at < at - interval ''3 days'';',
                'DELETE FROM access.notice AS n WHERE n.kind = ''plans_near'' AND n.created_at < at - interval ''3 days'';
    DELETE FROM access.clash_told AS t WHERE t.told_at < at - interval ''3 days'';'
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

-- A briefing of one's own organisation that waits for approval, while nothing of the organisation is approved beside
-- it, be it a briefing or a release; NULL for any other.
CREATE FUNCTION access.waiting_briefing(which uuid, with_checksum text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.analyst_session();
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('waymark releases'), s.organisation_id);
    RETURN (
        SELECT b.document FROM access.briefing AS b
        WHERE
            b.id = which AND b.organisation_id = s.organisation_id AND b.checksum = with_checksum
            AND b.approved_at IS NULL AND b.withdrawn_at IS NULL
    );
END
$$;

-- As before, but that what was published once is not published again with another value.
CREATE OR REPLACE FUNCTION access.approve_briefing(which uuid, with_checksum text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.analyst_session();
    waiting CONSTANT jsonb := access.waiting_briefing(which, with_checksum);
BEGIN
    IF EXISTS (
        SELECT FROM access.briefing AS b
        JOIN access.membership AS m ON m.id = b.prepared_by AND m.person_id = s.person_id
        WHERE b.id = which AND waiting IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'You prepared this briefing: another analyst of your organisation approves it.';
    ELSIF EXISTS (
        SELECT
        FROM jsonb_array_elements(waiting -> 'counts') AS c (cell)
        JOIN access.published_before() AS p
            ON p.area_id = (c.cell ->> 'area')::int AND p.quarter = (c.cell ->> 'quarter')::date
        WHERE NOT (c.cell ->> 'is_withheld')::boolean AND p.value IS DISTINCT FROM (c.cell ->> 'value')::int
    ) THEN
        RAISE EXCEPTION 'Others of these counts were published meanwhile: prepare this briefing again.';
    END IF;
    UPDATE access.briefing AS b
    SET approved_by = s.membership_id, approved_at = access.clock()
    WHERE b.id = which AND waiting IS NOT NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM audit.append('disclosure', jsonb_build_object(
        'what', 'approved a briefing', 'briefing', which, 'checksum', with_checksum
    ));
    RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION access.waiting_briefing(uuid, text) TO waymark_app;
RESET ROLE;
