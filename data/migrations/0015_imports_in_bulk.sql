-- An import that brings more places than there are: the indexes are built once, at its end, instead of
-- row by row, which took most of its time. Still one transaction: all of it, or nothing.

SET ROLE waymark_owner;

-- The indexes of places and their points, taken away until store.build_indexes makes them again in the
-- same transaction. Both functions name every index of the two tables that the schema has.
CREATE FUNCTION store.set_indexes_aside() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    ALTER TABLE store.place DROP CONSTRAINT place_pkey;
    ALTER TABLE store.place_point DROP CONSTRAINT place_point_pkey;
    DROP INDEX store.place_point_tile;
END
$$;

CREATE FUNCTION store.build_indexes() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    ALTER TABLE store.place ADD CONSTRAINT place_pkey PRIMARY KEY (id);
    ALTER TABLE store.place_point ADD CONSTRAINT place_point_pkey PRIMARY KEY (place_id);
    CREATE INDEX place_point_tile ON store.place_point (shelf, key, place_id)
    INCLUDE (lock_id, x, y, kind, attend_rule);
END
$$;
GRANT EXECUTE ON FUNCTION store.set_indexes_aside(), store.build_indexes() TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- Shall this import have the places to itself until it commits? Then readers wait for it. Only when it
-- outnumbers all that is there, and when everything that it will lock is free within two seconds: were it to
-- wait for a reader's audit entry or key ring while that reader waits for places, neither could go on.
CREATE FUNCTION imports.has_places_alone(this imports.import) RETURNS boolean
LANGUAGE plpgsql
AS $$
DECLARE
    fewest constant int := 20000;
    usual_wait constant text := current_setting('lock_timeout');
BEGIN
    IF this.good < fewest
        OR (SELECT count(*) FROM (SELECT FROM store.place LIMIT this.good) AS there) >= this.good THEN
        RETURN false;
    END IF;
    BEGIN
        PERFORM set_config('lock_timeout', '2s', true);
        LOCK TABLE store.place, store.place_point IN ACCESS EXCLUSIVE MODE;
        PERFORM audit.lock_chains(ARRAY[this.organisation_id]);
        PERFORM access.stamp_rings(ARRAY(
            SELECT l.id * 32 + step
            FROM imports.stratum AS s
            JOIN access.label AS l
                ON l.owner_id = this.organisation_id
                AND l.sensitivity = s.sensitivity
                AND l.area_id = s.area_id
                AND l.operation_id IS NOT DISTINCT FROM this.operation_id
                AND l.collected_for = this.collected_for
                AND l.handling_id = 0
            CROSS JOIN generate_series(0, 5) AS step
            WHERE s.import_id = this.id
            GROUP BY l.id, step
        ));
        PERFORM set_config('lock_timeout', usual_wait, true);
        RETURN true;
    EXCEPTION WHEN lock_not_available OR deadlock_detected THEN
        RETURN false;
    END;
END
$$;

-- Make places of the good rows: all or nothing. What came of it, in a word.
CREATE OR REPLACE FUNCTION imports.publish(of_import uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    this imports.import := imports.own(of_import);
    me record;
    staged_rows int;
    in_bulk boolean;
BEGIN
    SELECT * INTO me FROM imports.admin();
    IF this.id IS NULL THEN
        RETURN 'missing';
    ELSIF this.status <> 'staged' THEN
        RETURN this.status;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('waymark imports'), this.organisation_id);
    IF EXISTS (
        SELECT FROM imports.import AS i
        WHERE i.organisation_id = this.organisation_id AND i.fingerprint = this.fingerprint AND i.status = 'committed'
    ) THEN
        RETURN 'committed before';
    END IF;
    EXECUTE format('SELECT count(*) FROM imports.%I', 'rows ' || this.id) INTO staged_rows;
    IF staged_rows <> this.good + this.duplicates OR EXISTS (
        SELECT FROM imports.stratum AS s
        WHERE s.import_id = this.id AND s.area_id NOT IN (SELECT c.area_id FROM imports.cells() AS c)
    ) THEN
        RETURN 'rows lost';
    END IF;
    in_bulk := imports.has_places_alone(this);
    IF in_bulk THEN
        PERFORM store.set_indexes_aside();
    END IF;
    PERFORM imports.place_rows(this, me.membership_id);
    IF in_bulk THEN
        PERFORM store.build_indexes();
    END IF;
    PERFORM imports.drop_staging(this.id);
    DELETE FROM imports.finding WHERE import_id = this.id AND verdict = 'warning';
    UPDATE imports.import SET status = 'committed', committed_at = access.clock() WHERE id = this.id;
    PERFORM audit.append('collection', jsonb_build_object(
        'what', 'import committed', 'import', this.id, 'records', this.good, 'digest', encode(this.digest, 'hex')
    ));
    RETURN 'published';
END
$$;
RESET ROLE;
