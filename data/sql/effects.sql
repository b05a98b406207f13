-- What a change would let others see, before it is saved; and the outlines on which that is drawn.

-- name: effect_of_terms
SELECT * FROM access.effect_of_terms(
    %(agreement)s,
    %(provider)s,
    %(recipient)s,
    (
        %(title)s, %(purposes)s, %(areas)s, %(kinds)s, %(max_sensitivity)s, %(finest_step)s,
        %(valid_from)s, %(valid_until)s
    )::access.terms
);

-- name: effect_of_suspension
SELECT * FROM access.effect_of_suspension(%(agreement)s);

-- name: effect_of_member
SELECT * FROM access.effect_of_member(%(member)s, %(role)s, %(clearance)s, %(areas)s, %(stays_open)s);

-- name: borough_outlines
SELECT st_assvg(st_simplify(st_transform(shape, 27700), 150), 1, 0) AS path
FROM reference.outline
WHERE layer = 'boroughs'
ORDER BY code;

-- name: areas_of_squares
SELECT
    ca.cell,
    a.name
FROM reference.cell_area AS ca
INNER JOIN reference.area AS a ON ca.area_id = a.id
WHERE ca.cell = any(%(cells)s);
