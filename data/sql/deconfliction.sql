-- Deconfliction: who takes part, whom an operation tells, and the look for clashes, which no session takes.

-- name: my_deconfliction
SELECT
    since,
    has_desk
FROM access.my_deconfliction();

-- name: set_deconfliction
SELECT access.set_deconfliction(%(takes_part)s);

-- name: operations_tell
SELECT
    uid,
    name,
    tells
FROM access.operations_tell();

-- name: set_operation_tells
SELECT access.set_operation_tells(%(operation)s, %(tells)s);

-- name: look_for_clashes
SELECT access.deconflict() AS notices;
