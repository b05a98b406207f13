-- How an organisation plans its shifts, through functions that ask whose session it is.

-- name: planning_settings
SELECT access.my_planning_settings();

-- name: rhythms
SELECT
    r.kind,
    r.days
FROM reference.rhythm AS r
ORDER BY r.kind;

-- name: keep_planning_settings
SELECT access.keep_planning_settings(%(content)s, %(version)s);
