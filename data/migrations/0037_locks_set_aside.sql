-- An import in bulk sets the index of locks aside with the others: it came with migration 0027, and was kept row by
-- row ever since.

SET ROLE waymark_owner;
CREATE OR REPLACE FUNCTION store.set_indexes_aside() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    ALTER TABLE store.place DROP CONSTRAINT place_pkey;
    DROP INDEX store.place_lock;
    ALTER TABLE store.place_point DROP CONSTRAINT place_point_pkey;
    DROP INDEX store.place_point_tile;
END
$$;

CREATE OR REPLACE FUNCTION store.build_indexes() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    ALTER TABLE store.place ADD CONSTRAINT place_pkey PRIMARY KEY (id);
    CREATE INDEX place_lock ON store.place (lock_id);
    ALTER TABLE store.place_point ADD CONSTRAINT place_point_pkey PRIMARY KEY (place_id);
    CREATE INDEX place_point_tile ON store.place_point (shelf, key, place_id)
    INCLUDE (lock_id, x, y, kind, attend_rule);
END
$$;
RESET ROLE;
