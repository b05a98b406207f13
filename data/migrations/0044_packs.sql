-- A pack is a sheet of the stops of a plan, in order: it has the sheet's copy number and expiry, and knows its plan.

SET ROLE waymark_owner;
ALTER TABLE access.sheet ADD COLUMN plan_id uuid REFERENCES access.plan ON DELETE CASCADE;
COMMENT ON COLUMN access.sheet.plan_id IS 'The plan of which it is a pack; empty for a sheet of chosen places.';
CREATE INDEX sheet_plan ON access.sheet (plan_id) WHERE plan_id IS NOT NULL;
RESET ROLE;

SET ROLE waymark_gate;

-- Keep a pack of a plan that the session's membership made, or goes by; whether there is such a plan.
CREATE FUNCTION access.add_pack(with_id uuid, with_copy text, of_places uuid [], of_plan uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM access.my_plans() AS p WHERE p.id = of_plan) THEN
        RETURN false;
    END IF;
    PERFORM access.add_sheet(with_id, with_copy, of_places);
    UPDATE access.sheet SET plan_id = of_plan WHERE id = with_id;
    RETURN true;
END
$$;

-- The latest pack of a plan that the session's own membership made and that has not expired; nothing for any other.
CREATE FUNCTION access.my_pack(of_plan uuid)
RETURNS TABLE (id uuid, copy text, places uuid [], made_at timestamptz, until timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session := access.planning_session();
BEGIN
    RETURN QUERY
    SELECT sh.id, sh.copy, sh.places, sh.made_at, sh.until
    FROM access.sheet AS sh
    WHERE sh.plan_id = of_plan AND sh.membership_id = s.membership_id AND access.clock() < sh.until
    ORDER BY sh.made_at DESC, sh.id
    LIMIT 1;
END
$$;

GRANT EXECUTE ON FUNCTION access.add_pack(uuid, text, uuid [], uuid), access.my_pack(uuid) TO waymark_app;
RESET ROLE;

SET ROLE waymark_owner;
GRANT UPDATE (plan_id) ON access.sheet TO waymark_gate;
RESET ROLE;
