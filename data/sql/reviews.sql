-- Reviews of the session's own records: what is due, what becomes of it; and who changed and saw a place.

-- name: places_due
SELECT
    p.id,
    p.name,
    p.review_on,
    p.version,
    access.sensitivity_of(p.lock_id) AS sensitivity,
    p.review_on < access.today() AS is_overdue
FROM store.place AS p
WHERE
    p.review_on IS NOT NULL
    AND p.status <> 'closed'
    AND p.review_on <= access.today() + %(days)s
    AND access.may_record(p.lock_id)
ORDER BY p.review_on, p.id
LIMIT %(most)s;

-- name: notes_due
SELECT
    n.id,
    n.place_id AS place,
    p.name,
    categories.words[n.category] AS category,
    n.severity,
    n.recorded_on,
    n.review_on,
    n.version,
    n.review_on < access.today() AS is_overdue
FROM store.note AS n
INNER JOIN store.place AS p ON n.place_id = p.id
INNER JOIN reference.slugs AS categories ON categories.list = 'exploitation'
WHERE
    n.review_on <= access.today() + %(days)s
    AND access.may_record(n.lock_id)
ORDER BY n.review_on, n.id
LIMIT %(most)s;

-- name: keep_note
UPDATE store.note SET
    review_on = %(review_on)s,
    version = version + 1,
    changed_by = %(by)s,
    changed_at = access.clock()
WHERE id = %(id)s AND version = %(version)s
RETURNING version;

-- name: is_note
SELECT count(*) > 0 FROM store.note AS n WHERE n.id = %(id)s;

-- name: erase_note
SELECT store.erase_note(%(id)s);

-- name: review_numbers
SELECT
    kind,
    overdue,
    due
FROM store.review_numbers(%(days)s);

-- name: seen_by
SELECT
    role,
    seen_on
FROM audit.seen_by(%(place)s, %(record)s, %(most)s);
