-- How long shifts, plans and notices are kept, through functions that ask whose session it is; and letting go of them.

-- name: my_retention
SELECT
    r.rule,
    r.days,
    r.longest,
    r.shortest
FROM access.my_retention() AS r;

-- name: set_retention
SELECT access.set_retention(%(days)s::int [], %(were)s::int []) AS is_kept;

-- name: forget
SELECT access.forget() AS records;
