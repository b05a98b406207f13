-- Places, visits and risk notes: reading and recording, under the caller's row-level security.

-- name: label_for
SELECT access.label_for(%(sensitivity)s, %(cell)s, %(operation)s, %(collected_for)s, %(handling)s);

-- name: label_under
SELECT access.label_under(%(place)s, %(sensitivity)s, %(collected_for)s, %(owner_only)s);

-- name: code_of
SELECT array_position(words, %(slug)s) FROM reference.slugs WHERE list = %(list)s;

-- name: coded_list
SELECT
    t.slug,
    t.title
FROM reference.taxonomy AS t
WHERE
    t.list = %(list)s
    AND t.valid_from <= access.today()
    AND (t.valid_until IS NULL OR access.today() < t.valid_until)
ORDER BY t.code, t.version;

-- name: languages
SELECT
    l.slug,
    l.title
FROM reference.language AS l
ORDER BY l.title;

-- name: own_words
SELECT
    p.name,
    concat_ws(', ', p.address, p.postcode) AS address
FROM store.place AS p
WHERE p.id = %(place)s;

-- name: add_place
INSERT INTO store.place (
    id, lock_id, name, kind, address, postcode, status, attend_rule, review_on, changed_by, changed_at
) VALUES (
    %(id)s, %(lock)s, %(name)s, %(kind)s, %(address)s, %(postcode)s, %(status)s, %(attend_rule)s,
    %(review_on)s, %(by)s, access.clock()
);

-- name: add_place_point
INSERT INTO store.place_point (
    place_id, lock_id, shelf, key, x, y, kind, attend_rule, longitude, latitude, easting, northing
) VALUES (
    %(id)s, %(exact_lock)s, %(shelf)s, %(key)s, %(x)s, %(y)s, %(kind)s, %(attend_rule)s,
    %(longitude)s, %(latitude)s, %(easting)s, %(northing)s
);

-- name: place
SELECT
    p.id,
    p.name,
    kinds.words[p.kind] AS kind,
    p.address,
    p.postcode,
    p.status,
    rules.words[p.attend_rule + 1] AS attend_rule,
    p.review_on,
    p.hours,
    p.languages,
    p.version,
    p.changed_at,
    access.role_of(p.changed_by) AS changed_by,
    pp.longitude,
    pp.latitude,
    pp.easting,
    pp.northing,
    access.owner_of(p.lock_id) AS owner,
    access.sensitivity_of(p.lock_id) AS sensitivity,
    access.operation_of(p.lock_id) AS operation
FROM store.place AS p
INNER JOIN store.place_point AS pp ON p.id = pp.place_id
INNER JOIN reference.slugs AS kinds ON kinds.list = 'site_kind'
INNER JOIN reference.slugs AS rules ON rules.list = 'attend_rule'
WHERE p.id = %(id)s;

-- name: risks_of_place
SELECT
    r.note_id AS id,
    categories.words[r.category] AS category,
    r.severity,
    r.recorded_on
FROM store.risk_point AS r
INNER JOIN reference.slugs AS categories ON categories.list = 'exploitation'
WHERE r.place_id = %(id)s
ORDER BY r.severity DESC, r.recorded_on DESC, r.note_id;

-- name: disclose_place
SELECT audit.disclose_place(%(id)s, %(details)s);

-- name: flags
SELECT
    f.list,
    coalesce(t.slug, 'unknown') AS flag,
    f.since,
    f.review_on,
    access.today() - f.since AS days
FROM store.place_flag AS f
LEFT JOIN reference.taxonomy AS t
    ON
        f.list = t.list
        AND f.code = t.code
        AND t.valid_from <= access.today()
        AND (t.valid_until IS NULL OR access.today() < t.valid_until)
WHERE f.place_id = %(place)s AND f.ended_on IS NULL
ORDER BY f.list DESC, f.code, f.since, f.id;

-- name: may_record_at
SELECT coalesce(bool_or(access.may_record(p.lock_id)), false) FROM store.place AS p WHERE p.id = %(place)s;

-- name: add_flag
INSERT INTO store.place_flag (id, place_id, lock_id, list, code, since, review_on, changed_by, changed_at)
SELECT
    %(id)s,
    %(place)s,
    p.lock_id,
    %(list)s,
    %(code)s,
    access.today(),
    coalesce(%(review_on)s, access.today() + %(longest)s),
    %(by)s,
    access.clock()
FROM store.place AS p
WHERE p.id = %(place)s;

-- name: end_flag
UPDATE store.place_flag SET
    ended_on = access.today(),
    changed_by = %(by)s,
    changed_at = access.clock()
WHERE place_id = %(place)s AND list = %(list)s AND code = %(code)s AND ended_on IS NULL;

-- name: keep_history
INSERT INTO store.place_history (place_id, version, lock_id, was, changed_by, changed_at)
SELECT
    p.id,
    p.version,
    p.lock_id,
    jsonb_build_object(
        'name', p.name, 'kind', p.kind, 'address', p.address, 'postcode', p.postcode, 'status', p.status,
        'attend_rule', p.attend_rule, 'review_on', p.review_on, 'longitude', pp.longitude,
        'hours', p.hours, 'languages', p.languages,
        'latitude', pp.latitude, 'sensitivity', access.sensitivity_of(p.lock_id),
        'operation', access.operation_of(p.lock_id)
    ),
    p.changed_by,
    p.changed_at
FROM store.place AS p
INNER JOIN store.place_point AS pp ON p.id = pp.place_id
WHERE p.id = %(id)s;

-- name: edit_place
UPDATE store.place SET
    name = coalesce(%(name)s, name),
    kind = coalesce(%(kind)s, kind),
    address = coalesce(%(address)s, address),
    postcode = coalesce(%(postcode)s, postcode),
    status = coalesce(%(status)s, status),
    attend_rule = coalesce(%(attend_rule)s, attend_rule),
    review_on = coalesce(%(review_on)s, review_on),
    hours = hours || %(hours)s::jsonb,
    languages = coalesce(%(languages)s, languages),
    version = version + 1,
    changed_by = %(by)s,
    changed_at = access.clock()
WHERE id = %(id)s AND version = %(version)s
RETURNING version;

-- name: edit_place_point
UPDATE store.place_point SET
    kind = coalesce(%(kind)s, kind),
    attend_rule = coalesce(%(attend_rule)s, attend_rule)
WHERE place_id = %(id)s;

-- name: is_my_operation
SELECT access.is_my_operation(%(operation)s);

-- name: relabel
SELECT
    note_id,
    old_lock,
    new_lock,
    ciphertext,
    wrapped,
    owner_uid,
    organisation_key
FROM store.relabel(
    %(id)s, %(sensitivity)s, %(sets_operation)s, %(operation)s,
    (
        %(key)s, %(x)s, %(y)s, %(longitude)s, %(latitude)s, %(easting)s, %(northing)s
    )::store.pin
);

-- name: seal_again
SELECT store.seal_again(%(id)s, %(ciphertext)s, %(wrapped)s);

-- name: place_history
SELECT
    version,
    was,
    changed_at,
    access.role_of(changed_by) AS changed_by
FROM store.place_history
WHERE place_id = %(id)s
ORDER BY version DESC;

-- name: visits
SELECT
    v.id,
    v.status,
    v.visited_on,
    outcomes.words[v.outcome] AS outcome,
    v.people_met,
    v.children_met,
    (
        SELECT coalesce(array_agg(indicators.words[code] ORDER BY code), '{}')
        FROM unnest(v.indicators) AS code
    ) AS indicators,
    (
        SELECT coalesce(array_agg(needs.words[code] ORDER BY code), '{}')
        FROM unnest(v.needs) AS code
    ) AS needs,
    v.unexpected,
    v.exit_clear,
    v.aggression,
    v.children,
    v.control,
    v.decision,
    t.team
FROM store.visit AS v
LEFT JOIN store.teams_at(%(place)s) AS t ON v.id = t.record
INNER JOIN reference.slugs AS outcomes ON outcomes.list = 'outcome'
INNER JOIN reference.slugs AS indicators ON indicators.list = 'indicator'
INNER JOIN reference.slugs AS needs ON needs.list = 'need'
WHERE v.place_id = %(place)s
ORDER BY v.visited_on DESC, v.id;

-- name: is_visit_to
SELECT count(*) > 0 FROM store.visit AS v WHERE v.id = %(visit)s AND v.place_id = %(place)s;

-- name: add_visit
INSERT INTO store.visit (
    id, place_id, lock_id, status, visited_on, outcome, people_met, children_met, indicators, needs,
    unexpected, exit_clear, aggression, children, control, decision, team, changed_by, changed_at
) VALUES (
    %(id)s, %(place)s, %(lock)s, %(status)s, %(visited_on)s, %(outcome)s, %(people_met)s, %(children_met)s,
    %(indicators)s, %(needs)s, %(unexpected)s, %(exit_clear)s, %(aggression)s, %(children)s, %(control)s,
    %(decision)s, %(team)s, %(by)s, access.clock()
);

-- name: add_visit_point
INSERT INTO store.visit_point (
    visit_id, place_id, lock_id, shelf, key, x, y, outcome, visited_on, longitude, latitude,
    easting, northing, team
)
SELECT
    %(id)s,
    pp.place_id,
    %(exact_lock)s,
    access.shelf_of(%(organisation)s, access.sensitivity_of(%(lock)s)),
    pp.key,
    pp.x,
    pp.y,
    %(outcome)s,
    %(visited_on)s,
    pp.longitude,
    pp.latitude,
    pp.easting,
    pp.northing,
    coalesce(%(team)s::int, 0)
FROM store.place_point AS pp
WHERE
    pp.place_id = %(place)s
    AND pp.shelf BETWEEN access.shelf_of(%(organisation)s, 0) AND access.shelf_of(%(organisation)s, 3);

-- name: organisation_key
SELECT
    owner_uid,
    wrapped
FROM access.organisation_key_for(%(lock)s);

-- name: notes
SELECT
    n.id,
    n.lock_id,
    n.visit_id AS visit,
    categories.words[n.category] AS category,
    n.severity,
    n.provenance,
    n.review_on,
    n.recorded_on,
    n.ciphertext,
    k.wrapped,
    g.source AS grade_source,
    g.intelligence AS grade_intelligence,
    g.handling AS grade_handling,
    t.team
FROM store.note AS n
INNER JOIN store.note_key AS k ON n.id = k.note_id
LEFT JOIN store.teams_at(%(place)s) AS t ON n.id = t.record
INNER JOIN reference.slugs AS categories ON categories.list = 'exploitation'
LEFT JOIN store.note_grade AS g ON n.id = g.note_id
WHERE n.place_id = %(place)s
ORDER BY n.recorded_on DESC, n.id;

-- name: add_note
INSERT INTO store.note (
    id, place_id, visit_id, lock_id, category, severity, provenance, ciphertext, review_on, recorded_on,
    team, changed_by, changed_at
) VALUES (
    %(id)s, %(place)s, %(visit)s, %(lock)s, %(category)s, %(severity)s, %(provenance)s, %(ciphertext)s,
    %(review_on)s, %(recorded_on)s, %(team)s, %(by)s, access.clock()
);

-- name: add_note_key
INSERT INTO store.note_key (note_id, lock_id, wrapped) VALUES (%(id)s, %(lock)s, %(wrapped)s);

-- name: add_risk_point
INSERT INTO store.risk_point (
    note_id, place_id, lock_id, shelf, key, x, y, category, severity, recorded_on, longitude, latitude,
    easting, northing, provenance, team
)
SELECT
    %(id)s,
    pp.place_id,
    %(exact_lock)s,
    access.shelf_of(%(organisation)s, access.sensitivity_of(%(lock)s)),
    pp.key,
    pp.x,
    pp.y,
    %(category)s,
    %(severity)s,
    %(recorded_on)s,
    pp.longitude,
    pp.latitude,
    pp.easting,
    pp.northing,
    %(provenance_code)s,
    coalesce(%(team)s::int, 0)
FROM store.place_point AS pp
WHERE
    pp.place_id = %(place)s
    AND pp.shelf BETWEEN access.shelf_of(%(organisation)s, 0) AND access.shelf_of(%(organisation)s, 3);

-- name: add_grade
INSERT INTO store.note_grade (note_id, lock_id, source, intelligence, handling, graded_by, graded_at)
VALUES (%(id)s, %(lock)s, %(source)s, %(intelligence)s, %(handling)s, %(by)s, access.clock());

-- name: audit
SELECT audit.append(%(op)s, %(details)s);
