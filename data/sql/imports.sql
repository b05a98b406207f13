-- Imports as an admin meets them. What may be seen and done is decided by the functions and policies of
-- 0010_imports.sql, which judge the session that the transaction carries.

-- name: is_admin
SELECT imports.organisation() IS NOT NULL;

-- name: receive
SELECT imports.receive(
    %(id)s, %(file_name)s, %(digest)s, %(source)s, %(collected_for)s, %(sensitivity)s, %(operation)s
);

-- name: prepare
SELECT imports.prepare(%(id)s);

-- name: cells
SELECT c.cell
FROM imports.cells() AS c
ORDER BY c.cell;

-- name: kinds
SELECT
    t.slug,
    max(t.code)
FROM reference.taxonomy AS t
WHERE t.list = 'site_kind' AND t.valid_until IS NULL
GROUP BY t.slug;

-- name: postcodes
SELECT
    p.postcode,
    p.easting,
    p.northing
FROM reference.postcode AS p
WHERE p.postcode = ANY (%(postcodes)s);

-- name: settle
SELECT imports.settle(
    w.id, %(layout)s, %(mapping)s, %(fingerprint)s, %(rows_read)s, %(sensitivities)s, %(cells)s,
    %(source_suspects)s, %(name_suspects)s
)
FROM imports.begin_work(%(id)s) AS w (id);

-- name: committed_before
SELECT i.id
FROM imports.import AS i
WHERE i.fingerprint = %(fingerprint)s AND i.status = 'committed';

-- name: one
SELECT
    i.id,
    i.file_name,
    i.source,
    i.collected_for,
    i.sensitivity,
    i.status,
    i.rows_read,
    i.good,
    i.warned,
    i.duplicates,
    i.rejected,
    i.kept,
    i.created_at,
    i.committed_at,
    i.undone_at,
    i.layout,
    i.mapping,
    i.refusal,
    i.digest
FROM imports.import AS i
WHERE i.id = %(id)s;

-- name: newest
SELECT
    i.id,
    i.file_name,
    i.source,
    i.collected_for,
    i.sensitivity,
    i.status,
    i.rows_read,
    i.good,
    i.warned,
    i.duplicates,
    i.rejected,
    i.kept,
    i.created_at,
    i.committed_at,
    i.undone_at,
    i.layout,
    i.mapping,
    i.refusal,
    i.digest
FROM imports.import AS i
WHERE (i.created_at, i.id) < (%(before)s, %(before_id)s)
ORDER BY i.created_at DESC, i.id DESC
LIMIT %(at_most)s;

-- name: look
SELECT
    r.line,
    r.verdict,
    r.column_name,
    r.said,
    r.expected,
    r.name,
    r.address,
    r.postcode,
    r.longitude,
    r.latitude
FROM imports.look(%(id)s, %(after)s, %(at_most)s, %(spread)s) AS r;

-- name: rejects
SELECT
    f.line,
    f.verdict,
    f.column_name,
    f.said,
    f.expected
FROM imports.finding AS f
WHERE
    f.import_id = %(id)s
    AND f.verdict <> 'warning'
    AND (f.line, f.verdict) > (%(after_line)s, %(after_verdict)s)
ORDER BY f.line, f.verdict
LIMIT %(at_most)s;

-- name: look_for
SELECT
    r.line,
    r.verdict,
    r.column_name,
    r.said,
    r.expected,
    r.name,
    r.address,
    r.postcode,
    r.longitude,
    r.latitude
FROM imports.look_for(%(id)s, %(verdict)s, %(after)s, %(at_most)s) AS r;

-- name: duplicates
SELECT
    d.line,
    d.by_column,
    d.name,
    d.address,
    d.postcode,
    d.source_id,
    d.first_line,
    d.first_name,
    d.first_address,
    d.first_postcode,
    d.first_source_id,
    d.known_import,
    d.known_line
FROM imports.duplicates(%(id)s, %(after)s, %(at_most)s) AS d;

-- name: kept_lines
SELECT f.line
FROM imports.finding AS f
WHERE f.import_id = %(id)s AND f.verdict = 'kept'
ORDER BY f.line
LIMIT %(at_most)s;

-- name: note_progress
SELECT imports.note_progress(%(id)s, %(so_far)s);

-- name: refuse
SELECT imports.refuse(%(id)s, %(refusal)s);

-- name: is_at_work
SELECT imports.is_at_work(%(id)s);

-- name: note_columns
SELECT audit.append('consultation', jsonb_build_object('what', 'import columns', 'import', %(id)s::uuid));

-- name: note_rejects
SELECT audit.append('consultation', jsonb_build_object('what', 'import rejects', 'import', %(id)s::uuid));

-- name: intern
SELECT imports.intern(%(id)s);

-- name: publish
SELECT imports.publish(w.id)
FROM imports.begin_work(%(id)s) AS w (id);

-- name: undo
SELECT imports.undo(w.id)
FROM imports.begin_work(%(id)s) AS w (id);

-- name: discard
SELECT imports.discard(%(id)s);

-- name: without_time_limit
SET LOCAL statement_timeout = 0;
