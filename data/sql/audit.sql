-- The audit, read whole by the operator to verify, export and anchor it; written only by the database.

-- name: heads
SELECT
    c.organisation_id,
    c.seq,
    c.hash
FROM audit.chain AS c
ORDER BY c.organisation_id;

-- name: entries
SELECT
    e.organisation_id,
    e.seq,
    e.body,
    e.hash
FROM audit.entry AS e
ORDER BY e.organisation_id, e.seq;

-- name: export_entries
SELECT
    e.seq,
    e.body,
    e.hash
FROM audit.entry AS e
INNER JOIN access.organisation AS o ON e.organisation_id = o.id
WHERE o.name = %(organisation)s
ORDER BY e.seq;

-- name: my_entries
SELECT * FROM audit.my_entries(%(after)s, %(at_most)s);

-- name: my_head
SELECT
    organisation_id,
    name,
    seq,
    hash
FROM audit.my_head();

-- name: my_actors
SELECT
    membership_id,
    email,
    role
FROM audit.my_actors();

-- name: find
SELECT
    seq,
    entry,
    email,
    role,
    partner
FROM audit.find(
    %(before)s, %(at_most)s, %(ops)s, %(actor)s, %(record)s, %(from_day)s, %(to_day)s
);
