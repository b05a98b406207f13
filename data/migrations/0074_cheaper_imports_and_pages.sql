-- Most places say no hours, and asking a function of every one of them took most of the time of an import: fifteen
-- seconds of a million rows. What the check admits is what it was.
SET ROLE waymark_owner;
ALTER TABLE store.place
DROP CONSTRAINT place_hours_check,
ADD CONSTRAINT place_hours_check CHECK (
    hours = '{}' OR (reference.are_hours(hours) AND pg_column_size(hours) < 4000)
);
RESET ROLE;

-- No hours are a constant, not a text that is read anew for each row.
SET ROLE waymark_gate;
DO $$
DECLARE
    was CONSTANT text := 'CASE r.hours WHEN '''''''' THEN ''''{}'''' ELSE r.hours END::jsonb ';
    becomes CONSTANT text := 'CASE r.hours WHEN '''''''' THEN ''''{}''''::jsonb ELSE r.hours::jsonb END ';
    found CONSTANT text := pg_get_functiondef(to_regproc('imports.place_rows'));
BEGIN
    IF length(found) - length(replace(found, was, '')) <> length(was) THEN
        RAISE EXCEPTION 'imports.place_rows is not as it was expected';
    END IF;
    EXECUTE replace(found, was, becomes);
END
$$;
RESET ROLE;

-- What the session is for whose token is carried. Admission has judged the session before this is asked; to judge it
-- once more cost a fifth of a page of features.
SET ROLE waymark_gate;
CREATE FUNCTION access.carried_purpose() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT k.purpose FROM access.session AS k WHERE k.token_hash = access.token_hash()
$$;
GRANT EXECUTE ON FUNCTION access.carried_purpose() TO waymark_app;
RESET ROLE;
