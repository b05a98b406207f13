-- Search by name: the rows that a session may see, found by their locks, each compared with the text. Only the
-- look-up by lock goes through an index, because comparing numbers is leakproof and comparing parts of texts is
-- not: a session's search costs what it may see, and never touches a hidden name.

SET ROLE waymark_owner;
ALTER TABLE store.place
ADD COLUMN name_folded text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(name)) STORED;
COMMENT ON COLUMN store.place.name_folded IS
'The name in lower case, so that search compares bytes: twice as fast as to fold a million names each time.';
CREATE INDEX place_lock ON store.place (lock_id);
RESET ROLE;

-- The locks of a facet that the session holds the key of, in order: the facet is a lock's last five bits.
SET ROLE waymark_gate;
CREATE FUNCTION access.held_locks(facet int) RETURNS int []
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    ring CONSTANT bit varying := access.keyring();
BEGIN
    RETURN ARRAY(
        SELECT label * 32 + facet
        FROM generate_series(1, length(ring) / 32 - 1) AS label
        WHERE get_bit(ring, label * 32 + facet) = 1
        ORDER BY label
    );
END
$$;
COMMENT ON FUNCTION access.held_locks(int) IS
'For index look-ups only: what may be read is for row-level security to say, also of what is found by it.';
GRANT EXECUTE ON FUNCTION access.held_locks(int) TO waymark_app;
RESET ROLE;
