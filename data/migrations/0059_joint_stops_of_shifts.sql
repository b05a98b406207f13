-- A stop of a shift may be the place of a joint visit: a team sets out to it, and when a check-in there is missed it
-- opens to their duty manager as their own places do, while the joint visit itself is open.

SET ROLE waymark_gate;

-- Is a place opened to people of an organisation by a joint visit now, under a live agreement of its owner's?
CREATE FUNCTION access.is_on_joint_visit(place uuid, organisation int) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM store.joint_visit AS j
        WHERE
            j.place_id = place
            AND j.partner_id = organisation
            AND store.joint_visit_state(j) IN ('accepted', 'extended')
            AND j.starts_at - interval '24 hours' <= access.clock()
            AND access.clock() < j.ends_at + interval '24 hours'
            AND EXISTS (
                SELECT FROM access.agreement AS a
                WHERE
                    a.provider_id = j.owner_id
                    AND a.recipient_id = j.partner_id
                    AND access.is_live(a, access.clock())
            )
    )
$$;

DO $$
DECLARE
    part record;
    found text;
BEGIN
    FOR part IN
        SELECT * FROM (
            VALUES
            -- The team of which everybody is named on a joint visit goes there as to a place of their own.
            (
                'access.start_shift', 'WHERE NOT EXISTS (',
                'WHERE one.id NOT IN (
            SELECT j.place_id
            FROM access.my_joint_stops() AS j (id, place_id, partner, starts_at, ends_at, named)
            JOIN store.place AS there ON there.id = j.place_id AND there.attend_rule <> 3
            WHERE members <@ j.named
        )
        AND NOT EXISTS ('
            ),
            (
                'access.open_stop', 'AND l.owner_id = h.organisation_id',
                'AND (l.owner_id = h.organisation_id OR access.is_on_joint_visit(p.id, h.organisation_id))'
            ),
            (
                'access.opened', 'AND l.owner_id = s.organisation_id',
                'AND (l.owner_id = s.organisation_id OR access.is_on_joint_visit(p.id, s.organisation_id))'
            ),
            -- The owner is told that somebody more reads where its place is, before they do.
            (
                'access.open_stop', 'PERFORM audit.append_to(h.organisation_id,',
                'PERFORM audit.append_to(l.owner_id, ''disclosure'', jsonb_build_object(
        ''what'', ''opened a stop to a duty manager'', ''record'', t.record, ''precision'', ''exact''
    ))
    FROM store.place AS p
    JOIN access.label AS l ON l.id = p.lock_id >> 5 AND l.owner_id <> h.organisation_id
    WHERE p.id = t.place_id;
    PERFORM audit.append_to(h.organisation_id,'
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
