-- name: load_areas
-- Areas, cells and outlines from the temporary tables that load_reference fills.
-- Areas and cells stay when a file no longer has them, because labels refer to them.

INSERT INTO reference.area AS a (id, code, name, kind)
SELECT
    id,
    code,
    name,
    kind
FROM new_area
ON CONFLICT (id) DO UPDATE
SET code = excluded.code, name = excluded.name, kind = excluded.kind
WHERE (a.code, a.name, a.kind) IS DISTINCT FROM (excluded.code, excluded.name, excluded.kind);

INSERT INTO reference.cell_area AS c (cell, area_id)
SELECT
    cell,
    area
FROM new_cell
ON CONFLICT (cell) DO UPDATE
SET area_id = excluded.area_id
WHERE c.area_id IS DISTINCT FROM excluded.area_id;

DELETE FROM reference.outline;
INSERT INTO reference.outline (layer, code, name, area_id, shape)
SELECT
    o.layer,
    o.code,
    o.name,
    a.id,
    st_multi(st_setsrid(st_geomfromgeojson(o.shape), 4326)) AS shape
FROM new_outline AS o
INNER JOIN reference.area AS a ON o.borough = a.code;

DROP TABLE new_area, new_cell, new_outline;
