-- Squares are found by shelf, step and 5 km cell in one index. The step was looked for in the lock's number, which
-- no index does under row-level security: taking bits is not leakproof, comparing a column is. So each tile read
-- the squares of all steps, and threw most of them away.

SET ROLE waymark_owner;
DO $$
DECLARE
    squares text;
BEGIN
    FOREACH squares IN ARRAY ARRAY['place_cell', 'visit_cell', 'risk_cell'] LOOP
        EXECUTE format('ALTER TABLE store.%I ADD COLUMN step int GENERATED ALWAYS AS (lock_id & 7) STORED', squares);
        EXECUTE format('DROP INDEX store.%I', squares || '_tile');
    END LOOP;
END
$$;
CREATE INDEX place_cell_tile ON store.place_cell (shelf, step, cell)
INCLUDE (lock_id, easting, northing, ok, two_people, contact_owner_first, do_not_attend);
CREATE INDEX visit_cell_tile ON store.visit_cell (shelf, step, cell)
INCLUDE (lock_id, easting, northing, visited_month, visits);
CREATE INDEX risk_cell_tile ON store.risk_cell (shelf, step, cell)
INCLUDE (lock_id, easting, northing, category, severity, notes);
RESET ROLE;

-- Only where the squares are read does anything change in the three functions.
SET ROLE waymark_gate;
DO $$
DECLARE
    part record;
    found text;
BEGIN
    FOR part IN
        SELECT * FROM (VALUES ('layers.place_cells', 'pc'), ('layers.risk_cells', 'rc'), ('layers.visit_cells', 'vc'))
        AS t (function_name, row_name)
    LOOP
        found := replace(
            replace(
                pg_get_functiondef(to_regproc(part.function_name)),
                format('AND (%s.lock_id & 7) = step.step', part.row_name),
                format('AND %s.step = step.step', part.row_name)
            ),
            format('AND (cells IS NULL OR %s.cell = ANY (cells))', part.row_name),
            format(
                'AND %1$s.cell BETWEEN lowest AND highest AND (cells IS NULL OR %1$s.cell = ANY (cells)) OFFSET 0',
                part.row_name
            )
        );
        found := replace(
            found,
            'frame geometry := st_tileenvelope(z, x, y);',
            'frame geometry := st_tileenvelope(z, x, y); '
            'lowest CONSTANT int := coalesce((SELECT min(one) FROM unnest(cells) AS one), 0); '
            'highest CONSTANT int := coalesce((SELECT max(one) FROM unnest(cells) AS one), 2147483647);'
        );
        IF found !~ 'OFFSET 0' OR found !~ 'highest CONSTANT' OR found ~ '& 7' THEN
            RAISE EXCEPTION '% is not as it was expected', part.function_name;
        END IF;
        EXECUTE found;
    END LOOP;
END
$$;
RESET ROLE;
