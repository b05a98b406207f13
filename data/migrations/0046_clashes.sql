-- Looking for clashes: visits of two organisations within 500 m and 12 hours of one another, of which at least one side
-- does not know the other's place. It runs on its own, in no request of anybody's, and tells how many notices it wrote.

SET ROLE waymark_gate;

-- What a record may set off: 0 nothing, 1 a notice to its owner alone, 2 to both. What is child, covert, for its owner
-- only or for an operation is its owner's to speak of.
CREATE FUNCTION access.clash_mode(of_label int) RETURNS int
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT CASE
        WHEN d.tells = 'none' THEN 0
        WHEN l.sensitivity = 3 OR h.owner_only THEN 1
        WHEN l.operation_id IS NOT NULL AND coalesce(d.tells, 'own') = 'own' THEN 1
        ELSE 2
    END
    FROM access.label AS l
    JOIN access.handling AS h ON h.id = l.handling_id
    LEFT JOIN access.operation_deconfliction AS d ON d.operation_id = l.operation_id
    WHERE l.id = of_label
$$;

-- What organisations that take part intend from now until a day and a half ahead, at places of their own: the stops of
-- plans that are ready, accepted joint visits, planned visits. It counts from stands_from: the full hour after it was
-- last said so, or at once in the hour before it starts. Somebody's planned visits of one day are one source. A joint
-- visit is its owner's: the partner knows of it.
CREATE FUNCTION access.intents(at timestamptz)
RETURNS TABLE (
    source uuid, membership_id uuid, person_id uuid, organisation_id int, with_organisation int,
    is_enforcement boolean, place_id uuid, label_id int, mode int, is_welfare boolean, easting double precision,
    northing double precision, square int, starts_at timestamptz, ends_at timestamptz, stands_from timestamptz
)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    WITH said AS (
        SELECT
            p.id AS source, p.made_by AS membership_id, NULL::int AS with_organisation, p.is_enforcement,
            s.place_id, NULL::int AS own_label, p.starts_at, p.ends_at,
            least(h.next_hour, greatest(p.changed_at, p.starts_at - interval '1 hour')) AS stands_from
        FROM access.plan AS p
        CROSS JOIN LATERAL (
            SELECT DISTINCT (c.stop #>> '{}')::uuid AS place_id
            FROM jsonb_path_query(p.document, '$.plan.routes[*].calls[*].stop') AS c (stop)
            WHERE c.stop #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        ) AS s
        CROSS JOIN LATERAL (SELECT date_trunc('hour', p.changed_at) + interval '1 hour' AS next_hour) AS h
        WHERE p.state = 'ready' AND at < p.ends_at AND p.starts_at < at + interval '36 hours'
        UNION ALL
        SELECT
            j.id, j.proposed_by, j.partner_id, false, j.place_id, NULL, j.starts_at, j.ends_at,
            least(h.next_hour, greatest(j.accepted_at, j.starts_at - interval '1 hour'))
        FROM store.joint_visit AS j
        CROSS JOIN LATERAL (SELECT date_trunc('hour', j.accepted_at) + interval '1 hour' AS next_hour) AS h
        WHERE
            j.accepted_at IS NOT NULL AND j.cancelled_at IS NULL
            AND at < j.ends_at AND j.starts_at < at + interval '36 hours'
        UNION ALL
        SELECT
            md5(v.changed_by::text || v.visited_on::text)::uuid, v.changed_by, NULL,
            l.collected_for = 'enforcement', v.place_id, l.id, d.day, d.day + interval '24 hours',
            date_trunc('hour', v.changed_at) + interval '1 hour'
        FROM store.visit AS v
        JOIN access.label AS l ON l.id = v.lock_id >> 5
        CROSS JOIN LATERAL (SELECT v.visited_on::timestamp AT TIME ZONE 'Europe/London' AS day) AS d
        WHERE
            v.status = 'planned'
            AND v.visited_on >= (at AT TIME ZONE 'Europe/London')::date
            AND v.visited_on <= (at AT TIME ZONE 'Europe/London')::date + 1
    )
    SELECT
        i.source, m.id, m.person_id, m.organisation_id, i.with_organisation, i.is_enforcement, p.id, l.id,
        least(access.clash_mode(l.id), access.clash_mode(i.own_label)),
        l.collected_for = 'welfare' OR coalesce(o.collected_for = 'welfare', false),
        pp.easting, pp.northing, floor(pp.easting / 5000)::int * 10000 + floor(pp.northing / 5000)::int,
        i.starts_at, i.ends_at, i.stands_from
    FROM said AS i
    JOIN access.membership AS m ON m.id = i.membership_id
    JOIN access.deconfliction AS d ON d.organisation_id = m.organisation_id
    JOIN access.duty_desk AS k ON k.organisation_id = m.organisation_id
    JOIN store.place AS p ON p.id = i.place_id
    JOIN store.place_point AS pp ON pp.place_id = p.id
    JOIN access.label AS l ON l.id = p.lock_id >> 5 AND l.owner_id = m.organisation_id
    LEFT JOIN access.label AS o ON o.id = i.own_label
$$;

-- Count what is new: of each person 6 plans and 12 squares of 5 km a day, in the order in which they were said. What is
-- beyond that sets off nothing, so that making and dropping plans finds little.
CREATE FUNCTION access.count_intents(at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    today CONSTANT date := (at AT TIME ZONE 'Europe/London')::date;
    new record;
BEGIN
    DELETE FROM access.clash_counted AS c WHERE c.counted_on < today - 3;
    FOR new IN
        SELECT i.person_id, i.source, i.square
        FROM access.intents(at) AS i
        WHERE
            i.mode > 0
            AND NOT EXISTS (
                SELECT FROM access.clash_counted AS c WHERE c.source = i.source AND c.square = i.square
            )
        GROUP BY i.person_id, i.source, i.square
        ORDER BY min(i.stands_from), i.source, i.square
    LOOP
        INSERT INTO access.clash_counted
        SELECT new.source, new.square, new.person_id, today
        FROM access.clash_counted AS c
        WHERE c.person_id = new.person_id AND c.counted_on = today
        HAVING
            count(DISTINCT c.source) FILTER (WHERE c.source <> new.source) < 6
            AND count(DISTINCT c.square) FILTER (WHERE c.square <> new.square) < 12
        ON CONFLICT DO NOTHING;
    END LOOP;
END
$$;

-- Each clash that a desk is to be told of now. The two are not the same person's; the side that is told learns of
-- nothing that its owner keeps to itself, and a side that is there for enforcement of nothing that was collected for
-- welfare. One desk hears of one other at most every 6 hours. Squares are met by hashing: how many intents there will
-- be, the planner cannot know, and comparing each with each takes minutes.
CREATE FUNCTION access.clashes(at timestamptz)
RETURNS TABLE (
    recipient_id int, own_place uuid, other_place uuid, day date, other_id int, is_enforcement boolean,
    own_maker uuid, other_maker uuid, is_mutual boolean
)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off
AS $$
    WITH counted AS MATERIALIZED (
        SELECT i.*, floor(i.easting / 500)::int AS col, floor(i.northing / 500)::int AS line
        FROM access.intents(at) AS i
        JOIN access.clash_counted AS c ON c.source = i.source AND c.square = i.square
    ),
    near AS MATERIALIZED (
        SELECT a, b
        FROM counted AS a
        CROSS JOIN generate_series(-1, 1) AS east (step)
        CROSS JOIN generate_series(-1, 1) AS north (step)
        JOIN counted AS b ON b.col = a.col + east.step AND b.line = a.line + north.step
        WHERE
            a.organisation_id <> b.organisation_id
            AND (a.easting - b.easting) ^ 2 + (a.northing - b.northing) ^ 2 <= 500 ^ 2
            AND a.starts_at <= b.ends_at + interval '12 hours'
            AND b.starts_at <= a.ends_at + interval '12 hours'
            AND a.person_id <> b.person_id
            AND a.organisation_id IS DISTINCT FROM b.with_organisation
            AND b.organisation_id IS DISTINCT FROM a.with_organisation
            AND least(a.starts_at, b.starts_at) < at + interval '24 hours'
            AND greatest(a.stands_from, b.stands_from) <= at
    ),
    heard AS MATERIALIZED (
        SELECT DISTINCT t.recipient_id, t.other_id, t.is_enforcement
        FROM access.clash_told AS t
        WHERE t.told_at > at - interval '6 hours'
    ),
    due AS MATERIALIZED (
        SELECT n.a, n.b
        FROM near AS n
        WHERE
            (n.b).mode = 2
            AND NOT ((n.a).is_enforcement AND (n.b).is_welfare)
            AND NOT EXISTS (
                SELECT FROM heard AS h
                WHERE
                    h.recipient_id = (n.a).organisation_id AND h.other_id = (n.b).organisation_id
                    AND h.is_enforcement = (n.a).is_enforcement
            )
    ),
    sight AS MATERIALIZED (
        SELECT k.membership_id, k.is_enforcement, d.label_id
        FROM (
            SELECT (n.a).membership_id, (n.a).is_enforcement FROM due AS n
            UNION
            SELECT (n.b).membership_id, (n.b).is_enforcement FROM due AS n
        ) AS k
        CROSS JOIN LATERAL access.decide(
            k.membership_id, CASE WHEN k.is_enforcement THEN 'enforcement' ELSE 'visit' END, at
        ) AS d
        WHERE d.kind = 0 AND d.step >= 2
    )
    SELECT DISTINCT ON ((n.a).organisation_id, (n.a).place_id, (n.b).place_id, (n.a).is_enforcement)
        (n.a).organisation_id,
        (n.a).place_id,
        (n.b).place_id,
        (greatest((n.a).starts_at, (n.b).starts_at) AT TIME ZONE 'Europe/London')::date,
        (n.b).organisation_id,
        (n.a).is_enforcement,
        (n.a).person_id,
        (n.b).person_id,
        (n.a).mode = 2 AND NOT ((n.b).is_enforcement AND (n.a).is_welfare)
    FROM due AS n
    WHERE
        NOT (
            EXISTS (
                SELECT FROM sight AS s
                WHERE
                    s.membership_id = (n.a).membership_id AND s.is_enforcement = (n.a).is_enforcement
                    AND s.label_id = (n.b).label_id
            )
            AND EXISTS (
                SELECT FROM sight AS s
                WHERE
                    s.membership_id = (n.b).membership_id AND s.is_enforcement = (n.b).is_enforcement
                    AND s.label_id = (n.a).label_id
            )
        )
    ORDER BY
        (n.a).organisation_id, (n.a).place_id, (n.b).place_id, (n.a).is_enforcement, (n.a).starts_at, (n.b).starts_at
$$;

-- Tell a desk: as a desk, or, where somebody who planned one of the two sits at it, each other member of it.
CREATE FUNCTION access.tell_desk(t access.clash_told, makers uuid []) RETURNS int
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    written int;
BEGIN
    WITH member AS MATERIALIZED (
        SELECT m.id, m.person_id = ANY (makers) AS is_maker
        FROM access.duty_desk_member AS d
        JOIN access.membership AS m ON m.id = d.membership_id
        WHERE d.organisation_id = t.recipient_id
    ),
    addressee AS (
        SELECT NULL::uuid AS id WHERE NOT EXISTS (SELECT FROM member AS m WHERE m.is_maker)
        UNION ALL
        SELECT m.id FROM member AS m
        WHERE NOT m.is_maker AND EXISTS (SELECT FROM member AS o WHERE o.is_maker)
    )
    SELECT count(access.notify(
        t.recipient_id, a.id, 'plans_near', t.batch, t.other_id, t.is_enforcement, t.told_at
    )) INTO written
    FROM addressee AS a;
    RETURN written;
END
$$;

-- Look once; the number of notices written. A disclosure stands in the chain of whose visit was told of, where
-- that side is told as well; else in the chain of who was told, for the other must not learn of it from its own.
CREATE FUNCTION access.deconflict() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at CONSTANT timestamptz := access.clock();
    this CONSTANT uuid := gen_random_uuid();
    told record;
    written int := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('waymark deconfliction')) THEN
        RETURN 0;
    END IF;
    DELETE FROM access.clash_told AS t WHERE t.told_at < at - interval '3 days';
    PERFORM access.count_intents(at);
    INSERT INTO access.clash_told
    SELECT c.*, at, this FROM access.clashes(at) AS c
    ON CONFLICT DO NOTHING;
    PERFORM audit.lock_chains(ARRAY(
        SELECT unnest(ARRAY[t.recipient_id, t.other_id]) FROM access.clash_told AS t WHERE t.batch = this
    ));
    FOR told IN
        SELECT
            (array_agg(t))[1] AS one,
            array_agg(t.own_maker) || array_agg(t.other_maker) AS makers,
            bool_or(t.is_mutual) AS is_mutual
        FROM access.clash_told AS t
        WHERE t.batch = this
        GROUP BY t.recipient_id, t.other_id, t.is_enforcement
    LOOP
        written := written + access.tell_desk(told.one, told.makers);
        PERFORM audit.append_to(
            CASE WHEN told.is_mutual THEN (told.one).other_id ELSE (told.one).recipient_id END,
            'disclosure',
            jsonb_build_object(
                'what', 'a duty desk was told that visits are near one another',
                'actor', 'deconfliction',
                'recipient', (SELECT o.uid FROM access.organisation AS o WHERE o.id = (told.one).recipient_id)
            )
        );
    END LOOP;
    RETURN written;
END
$$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'waymark_escalator') THEN
        GRANT EXECUTE ON FUNCTION access.deconflict() TO waymark_escalator;
    END IF;
END
$$;
RESET ROLE;
