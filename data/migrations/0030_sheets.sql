-- Printed sheets: which places a person chose, under which copy number, and until when. What a sheet
-- shows is read each time it is opened, by the rights of that moment.

SET ROLE waymark_owner;
CREATE TABLE access.sheet (
    id uuid PRIMARY KEY,
    membership_id uuid NOT NULL REFERENCES access.membership ON DELETE CASCADE,
    copy text NOT NULL,
    places uuid [] NOT NULL CHECK (cardinality(places) BETWEEN 1 AND 60),
    made_at timestamptz NOT NULL,
    until timestamptz NOT NULL
);
COMMENT ON TABLE access.sheet IS 'Sheets to be printed; only the membership that made one opens it, until it expires.';
CREATE INDEX sheet_membership ON access.sheet (membership_id);
GRANT SELECT, INSERT, DELETE ON access.sheet TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;
CREATE FUNCTION access.add_sheet(with_id uuid, with_copy text, of_places uuid []) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.own_session();
BEGIN
    DELETE FROM access.sheet WHERE until < access.clock();
    INSERT INTO access.sheet (id, membership_id, copy, places, made_at, until)
    VALUES (with_id, s.membership_id, with_copy, of_places, access.clock(), access.clock() + interval '24 hours');
END
$$;

-- A sheet of the session's own membership that has not expired; nothing for any other.
CREATE FUNCTION access.my_sheet(which uuid)
RETURNS TABLE (copy text, places uuid [], made_at timestamptz, until timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.own_session();
BEGIN
    RETURN QUERY
    SELECT sh.copy, sh.places, sh.made_at, sh.until
    FROM access.sheet AS sh
    WHERE sh.id = which AND sh.membership_id = s.membership_id AND access.clock() < sh.until;
END
$$;

GRANT EXECUTE ON FUNCTION access.add_sheet(uuid, text, uuid []), access.my_sheet(uuid) TO waymark_app;
RESET ROLE;
