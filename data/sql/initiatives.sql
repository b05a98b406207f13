-- Initiatives as the session may read and keep them, through functions that ask whose session it is.

-- name: initiatives
SELECT * FROM access.initiatives();

-- name: disclose_initiatives
SELECT access.disclose_initiatives();

-- name: initiative_past
SELECT
    version,
    was,
    changed_at
FROM access.initiative_past(%(id)s);

-- name: keep_initiative
SELECT access.keep_initiative(%(id)s, %(version)s, %(content)s, %(areas)s::int []);

-- name: boroughs
SELECT
    id,
    code,
    name
FROM reference.area
WHERE kind = 'borough'
ORDER BY id;

-- name: sites
SELECT
    id,
    name,
    sector
FROM reference.site
ORDER BY sector, name, id
LIMIT %(most)s;
