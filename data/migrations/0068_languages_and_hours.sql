-- Languages that an outreach worker says they speak, for their membership alone, so that whoever plans a shift need not
-- ask each time: chosen and removed by the person, told to colleagues who plan, gone with the membership. And opening
-- hours of places that are imported.

SET ROLE waymark_owner;
CREATE TABLE access.membership_language (
    membership_id uuid NOT NULL REFERENCES access.membership ON DELETE CASCADE,
    language text NOT NULL REFERENCES reference.language,
    PRIMARY KEY (membership_id, language)
);
COMMENT ON TABLE access.membership_language IS
'What a worker speaks besides English, by their own account: a skill for work, of nobody who is met on a visit. No '
'admin sets or reads it.';
COMMENT ON TABLE reference.language IS
'Languages that a place can ask for and a team can speak, by its plan or by its members'' own account; never of '
'anybody who is met.';
GRANT SELECT, INSERT, DELETE ON access.membership_language TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- What a membership says it speaks, in order.
CREATE FUNCTION access.spoken_by(member uuid) RETURNS text []
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT ARRAY(
        SELECT k.language FROM access.membership_language AS k WHERE k.membership_id = member ORDER BY k.language
    )
$$;

-- Say what one speaks, in place of what one said before.
CREATE FUNCTION access.set_my_languages(spoken text []) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.planning_session();
BEGIN
    IF cardinality(spoken) > 10 OR EXISTS (
        SELECT FROM unnest(spoken) AS one (slug)
        WHERE NOT EXISTS (SELECT FROM reference.language AS k WHERE k.slug = one.slug)
    ) THEN
        RAISE EXCEPTION 'Choose at most ten languages from the list.';
    END IF;
    DELETE FROM access.membership_language AS k WHERE k.membership_id = s.membership_id;
    INSERT INTO access.membership_language
    SELECT DISTINCT s.membership_id, one.slug FROM unnest(spoken) AS one (slug);
    PERFORM audit.append('administration', jsonb_build_object('what', 'said what they speak'));
END
$$;

DROP FUNCTION access.colleagues();

-- The people one may go with: those of the session's own organisation who do outreach now, and what they say they
-- speak.
CREATE FUNCTION access.colleagues() RETURNS TABLE (id uuid, email text, is_me boolean, languages text [])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s CONSTANT access.live_session := access.planning_session();
BEGIN
    RETURN QUERY
    SELECT n.membership_id, n.email, n.membership_id = s.membership_id, access.spoken_by(n.membership_id)
    FROM store.nameable_members(s) AS n
    ORDER BY n.email;
END
$$;

DO $$
DECLARE
    found text := pg_get_functiondef('access.forget()'::regprocedure);
    was CONSTANT text := 'FOR one IN SELECT o.id FROM access.organisation AS o ORDER BY o.id LOOP';
BEGIN
    IF length(found) - length(replace(found, was, '')) <> length(was) THEN
        RAISE EXCEPTION 'access.forget is not as it was expected';
    END IF;
    EXECUTE replace(
        found, was,
        'DELETE FROM access.membership_language AS k USING access.membership AS m
    WHERE m.id = k.membership_id AND m.valid_until <= access.clock();
    ' || was
    );
END
$$;
GRANT EXECUTE ON FUNCTION access.set_my_languages(text []), access.colleagues() TO waymark_app;
RESET ROLE;

-- Opening hours of an import: staged as the JSON of a place's hours, '' where a row says none.
SET ROLE waymark_owner;
ALTER TABLE imports.row ADD COLUMN hours text NOT NULL DEFAULT '';
RESET ROLE;

SET ROLE waymark_gate;
-- Rows that are staged already say none.
DO $$
DECLARE
    staged regclass;
BEGIN
    FOR staged IN
        SELECT to_regclass(format('imports.%I', 'rows ' || i.id)) FROM imports.import AS i
    LOOP
        IF staged IS NOT NULL THEN
            EXECUTE format('ALTER TABLE %s ADD COLUMN hours text NOT NULL DEFAULT %L', staged, '');
        END IF;
    END LOOP;
END
$$;

DO $$
DECLARE
    part record;
    found text := pg_get_functiondef(to_regproc('imports.place_rows'));
BEGIN
    FOR part IN
        SELECT * FROM (
            VALUES
            ('changed_by, changed_at''', 'changed_by, changed_at, hours'''),
            (
                '$1, $6, $7 ''',
                '$1, $6, $7, CASE r.hours WHEN '''''''' THEN ''''{}'''' ELSE r.hours END::jsonb '''
            )
        ) AS t (was, becomes)
    LOOP
        IF length(found) - length(replace(found, part.was, '')) <> length(part.was) THEN
            RAISE EXCEPTION 'imports.place_rows is not as it was expected';
        END IF;
        found := replace(found, part.was, part.becomes);
    END LOOP;
    EXECUTE found;
END
$$;
RESET ROLE;
