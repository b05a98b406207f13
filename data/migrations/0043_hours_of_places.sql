-- When a place is open, when a visit is safe, when nobody is to knock, and which languages are spoken there: columns
-- of the place, behind its own lock. Hours are weekday (1 is Monday), minute from and minute to, which may run past
-- midnight.

SET ROLE waymark_owner;

CREATE TABLE reference.language (
    slug text PRIMARY KEY CHECK (slug ~ '^[a-z_]{1,40}$'),
    title text NOT NULL
);
COMMENT ON TABLE reference.language IS
'Languages that a team can speak and a place can ask for: of a place, never of a person.';
INSERT INTO reference.language (slug, title) VALUES
('albanian', 'Albanian'), ('amharic', 'Amharic'), ('arabic', 'Arabic'), ('bengali', 'Bengali'),
('british_sign_language', 'British Sign Language'), ('bulgarian', 'Bulgarian'), ('cantonese', 'Cantonese'),
('czech', 'Czech'), ('farsi', 'Farsi'), ('french', 'French'), ('gujarati', 'Gujarati'), ('hindi', 'Hindi'),
('hungarian', 'Hungarian'), ('italian', 'Italian'), ('kurdish', 'Kurdish'), ('latvian', 'Latvian'),
('lithuanian', 'Lithuanian'), ('mandarin', 'Mandarin'), ('pashto', 'Pashto'), ('polish', 'Polish'),
('portuguese', 'Portuguese'), ('punjabi', 'Punjabi'), ('romani', 'Romani'), ('romanian', 'Romanian'),
('russian', 'Russian'), ('slovak', 'Slovak'), ('somali', 'Somali'), ('spanish', 'Spanish'), ('thai', 'Thai'),
('tigrinya', 'Tigrinya'), ('turkish', 'Turkish'), ('ukrainian', 'Ukrainian'), ('urdu', 'Urdu'),
('vietnamese', 'Vietnamese');
GRANT SELECT ON reference.language TO waymark_app, waymark_gate;

-- Whether a value is hours by kind, each a weekday, a minute from and a minute to.
CREATE FUNCTION reference.are_hours(of_place jsonb) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one jsonb;
BEGIN
    IF jsonb_typeof(of_place) <> 'object' OR of_place - '{open,safe,no_knock}'::text [] <> '{}' THEN
        RETURN false;
    END IF;
    FOR one IN
        SELECT h.value FROM jsonb_each(of_place) AS kind
        CROSS JOIN LATERAL jsonb_array_elements(kind.value) AS h
    LOOP
        IF (
            jsonb_array_length(one) = 3
            AND (one ->> 0)::int BETWEEN 1 AND 7
            AND 0 <= (one ->> 1)::int AND (one ->> 1)::int < 1440
            AND (one ->> 1)::int < (one ->> 2)::int AND (one ->> 2)::int <= (one ->> 1)::int + 1440
        ) IS NOT TRUE THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END
$$;
GRANT EXECUTE ON FUNCTION reference.are_hours(jsonb) TO waymark_app, waymark_gate;

ALTER TABLE store.place
ADD COLUMN hours jsonb NOT NULL DEFAULT '{}' CHECK (reference.are_hours(hours) AND pg_column_size(hours) < 4000),
ADD COLUMN languages text [] NOT NULL DEFAULT '{}' CHECK (cardinality(languages) <= 10);
COMMENT ON COLUMN store.place.hours IS
'open: when it is; safe: when alone a visit is safe; no_knock: when nobody is to knock. None of a kind: at any time.';
GRANT UPDATE (hours, languages) ON store.place TO waymark_app;
RESET ROLE;

SET ROLE waymark_gate;
-- Whether minutes of the clock on a wall lie within one stretch of a kind (is_within), or meet any (else), as the
-- weekday of the day and of the one before it say.
CREATE FUNCTION access.meets_hours(hours jsonb, on_day date, first int, last int, is_within boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(bool_or(
        CASE WHEN is_within THEN opens <= first AND last <= closes ELSE opens < last AND first < closes END
    ), false)
    FROM jsonb_array_elements(hours) AS h
    CROSS JOIN generate_series(-1, 2) AS day
    CROSS JOIN LATERAL (
        SELECT day * 1440 + (h.value ->> 1)::int AS opens, day * 1440 + (h.value ->> 2)::int AS closes
    ) AS stretch
    WHERE (h.value ->> 0)::int = extract(ISODOW FROM on_day + day)
$$;

-- Why a visit from a minute to another is out of hours, as a clause; NULL where it is not.
CREATE FUNCTION access.why_not_then(place store.place, on_day date, first int, last int) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN CASE
        WHEN jsonb_array_length(place.hours -> 'no_knock') > 0
            AND access.meets_hours(place.hours -> 'no_knock', on_day, first, last, false) THEN 'nobody is to knock then'
        WHEN jsonb_array_length(place.hours -> 'safe') > 0
            AND NOT access.meets_hours(place.hours -> 'safe', on_day, first, last, true) THEN 'it is not safe then'
        WHEN jsonb_array_length(place.hours -> 'open') > 0
            AND NOT access.meets_hours(place.hours -> 'open', on_day, first, last, true) THEN 'it is not open then'
    END;
END
$$;
RESET ROLE;
