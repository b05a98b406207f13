-- Plans of shifts, and what a session may know of the places that it could plan, under its row-level security.

-- name: colleagues
SELECT
    id,
    email,
    is_me,
    languages
FROM access.colleagues();

-- name: set_my_languages
SELECT access.set_my_languages(%(languages)s::text []);

-- name: keep_plan
SELECT access.keep_plan(
    %(id)s, %(version)s, %(starts_at)s, %(ends_at)s, %(state)s, %(document)s, %(members)s::uuid [], %(teams)s::int []
);

-- name: my_plans
-- All of them, or one; with whether a team could set out by it now, as access.start_shift judges it.
SELECT
    p.*,
    CASE
        WHEN access.clock() > p.ends_at THEN 'over'
        WHEN access.clock() < p.starts_at - interval '2 hours' THEN 'later'
        ELSE 'now'
    END AS stage
FROM access.my_plans() AS p
WHERE %(id)s::uuid IS NULL OR p.id = %(id)s
ORDER BY p.starts_at, p.id;

-- name: drop_plan
SELECT access.drop_plan(%(id)s);

-- name: joint_stops
SELECT * FROM access.my_joint_stops();

-- name: candidates
-- What a joint visit opened goes by that visit's own window, and is no candidate of a shift of one's own.
SELECT p.place_id
FROM unnest(access.shelves(0, true)) AS shelf (shelf)
CROSS JOIN unnest(%(firsts)s::bigint [], %(lasts)s::bigint []) AS span (first, last)
CROSS JOIN LATERAL (
    SELECT
        pp.key,
        pp.place_id
    FROM store.place_point AS pp
    WHERE
        pp.shelf = shelf.shelf
        AND pp.key BETWEEN span.first AND span.last
        AND pp.x BETWEEN %(west)s AND %(east)s
        AND pp.y BETWEEN %(north)s AND %(south)s
        AND pp.place_id <> ALL(coalesce((SELECT access.opened())::uuid [], '{}'))
    ORDER BY pp.key, pp.place_id
    LIMIT %(most)s
) AS p
ORDER BY p.key, p.place_id
LIMIT %(most)s;

-- name: candidate_facts
SELECT
    p.id,
    p.name,
    kinds.words[p.kind] AS kind,
    p.status,
    p.hours,
    p.languages,
    rules.words[p.attend_rule + 1] AS attend_rule,
    pp.easting,
    pp.northing,
    access.sensitivity_of(p.lock_id) AS sensitivity,
    array(
        SELECT r.severity FROM store.risk_point AS r
        WHERE r.place_id = p.id
        ORDER BY r.recorded_on DESC, r.note_id
    ) AS severities,
    array(
        SELECT r.recorded_on FROM store.risk_point AS r
        WHERE r.place_id = p.id
        ORDER BY r.recorded_on DESC, r.note_id
    ) AS noted_on,
    last_visit.visited_on AS last_visit,
    last_visit.outcome AS last_outcome,
    coalesce(last_visit.visits, 0) AS visits,
    coalesce(last_needs.needs @> ARRAY[%(another_visit)s::smallint], FALSE) AS is_asked_for,
    coalesce(cardinality(array_remove(last_needs.needs, %(another_visit)s::smallint)) > 0, FALSE) AS is_to_follow_up,
    flags.dangers,
    flags.danger_untils,
    flags.contacts,
    flags.contact_since
FROM store.place AS p
INNER JOIN store.place_point AS pp ON p.id = pp.place_id
INNER JOIN reference.slugs AS rules ON rules.list = 'attend_rule'
INNER JOIN reference.slugs AS kinds ON kinds.list = 'site_kind'
LEFT JOIN LATERAL (
    SELECT v.needs FROM store.visit AS v
    WHERE v.place_id = p.id AND v.visited_on <= %(day)s::date AND v.status <> 'planned'
    ORDER BY v.visited_on DESC, v.id
    LIMIT 1
) AS last_needs ON TRUE
LEFT JOIN LATERAL (
    SELECT
        v.visited_on,
        outcomes.words[v.outcome] AS outcome,
        count(*) OVER () AS visits
    FROM store.visit_point AS v
    INNER JOIN reference.slugs AS outcomes ON outcomes.list = 'outcome'
    WHERE v.place_id = p.id AND v.visited_on <= %(day)s::date
    ORDER BY v.visited_on DESC, v.visit_id
    LIMIT 1
) AS last_visit ON TRUE
LEFT JOIN LATERAL (
    SELECT
        array_agg(coalesce(t.slug, 'unknown') ORDER BY f.code, f.id)
            FILTER (WHERE f.list = 'danger_flag') AS dangers,
        array_agg(f.ended_on ORDER BY f.code, f.id) FILTER (WHERE f.list = 'danger_flag') AS danger_untils,
        array_agg(coalesce(t.slug, 'unknown') ORDER BY f.code, f.id)
            FILTER (WHERE f.list = 'contact_flag' AND f.ended_on IS NULL) AS contacts,
        array_agg(f.since ORDER BY f.code, f.id)
            FILTER (WHERE f.list = 'contact_flag' AND f.ended_on IS NULL) AS contact_since
    FROM store.place_flag AS f
    LEFT JOIN reference.taxonomy AS t ON f.list = t.list AND f.code = t.code
    WHERE f.place_id = p.id
) AS flags ON TRUE
WHERE p.id = ANY(%(ids)s::uuid [])
ORDER BY pp.key, p.id;
