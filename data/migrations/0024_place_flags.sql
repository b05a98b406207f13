-- Danger and contact-safety flags of a place: what a worker must know before anybody goes, as coded
-- lists, behind the place's own lock. They describe the place or the situation, never a person.

SET ROLE waymark_owner;

ALTER TABLE reference.taxonomy DROP CONSTRAINT taxonomy_list_check;
ALTER TABLE reference.taxonomy ADD CONSTRAINT taxonomy_list_check CHECK (
    list IN ('exploitation', 'site_kind', 'outcome', 'indicator', 'danger_flag', 'contact_flag', 'need')
);

INSERT INTO reference.taxonomy (version, list, code, slug, title, valid_from) VALUES
(1, 'danger_flag', 1, 'violence_known', 'Violence is known here', '2026-01-01'),
(1, 'danger_flag', 2, 'weapons', 'Weapons', '2026-01-01'),
(1, 'danger_flag', 3, 'dogs', 'Dogs', '2026-01-01'),
(1, 'danger_flag', 4, 'surveillance_at_door', 'The door is watched', '2026-01-01'),
(1, 'danger_flag', 5, 'controller_present', 'Somebody who controls others is often here', '2026-01-01'),
(1, 'danger_flag', 6, 'drugs_paraphernalia', 'Drugs or needles', '2026-01-01'),
(1, 'danger_flag', 7, 'structural_hazard', 'The building is unsafe', '2026-01-01'),
(1, 'danger_flag', 8, 'infection_control', 'Take care against infection', '2026-01-01'),
(1, 'danger_flag', 9, 'hostile_neighbour', 'A hostile neighbour', '2026-01-01'),
(1, 'danger_flag', 10, 'covert_op_deconflict', 'Ask the owner before anybody goes', '2026-01-01'),
(1, 'contact_flag', 1, 'no_letter', 'No letters', '2026-01-01'),
(1, 'contact_flag', 2, 'no_card_through_door', 'No card through the door', '2026-01-01'),
(1, 'contact_flag', 3, 'no_voicemail', 'No voicemail', '2026-01-01'),
(1, 'contact_flag', 4, 'no_text', 'No text messages', '2026-01-01'),
(1, 'contact_flag', 5, 'no_email', 'No e-mail', '2026-01-01'),
(1, 'contact_flag', 6, 'no_phone', 'No telephone calls', '2026-01-01'),
(1, 'contact_flag', 7, 'no_uniform', 'No uniform', '2026-01-01'),
(1, 'contact_flag', 8, 'no_marked_vehicle', 'No marked vehicle', '2026-01-01'),
(1, 'contact_flag', 9, 'no_knock', 'Do not knock', '2026-01-01'),
(1, 'contact_flag', 10, 'no_org_name', 'Do not say which organisation', '2026-01-01'),
(1, 'contact_flag', 11, 'women_workers_only', 'Women workers only', '2026-01-01'),
(1, 'contact_flag', 12, 'interpreter_needed', 'An interpreter is needed', '2026-01-01'),
(1, 'contact_flag', 13, 'interpreter_from_elsewhere', 'Interpreter not from the same community', '2026-01-01'),
(1, 'contact_flag', 14, 'children_may_be_present', 'Children may be present', '2026-01-01'),
(1, 'contact_flag', 15, 'perpetrator_may_answer', 'Whoever does harm may answer', '2026-01-01'),
(1, 'contact_flag', 16, 'withheld_number_only', 'Call from a withheld number only', '2026-01-01'),
(1, 'contact_flag', 17, 'letter_safe', 'A letter was said to be safe', '2026-01-01'),
(1, 'contact_flag', 18, 'card_safe', 'A card through the door was said to be safe', '2026-01-01'),
(1, 'contact_flag', 19, 'voicemail_safe', 'Voicemail was said to be safe', '2026-01-01');

INSERT INTO reference.slugs
SELECT
    list,
    array_agg(slug ORDER BY code)
FROM reference.taxonomy
WHERE list IN ('danger_flag', 'contact_flag')
GROUP BY list;

CREATE TABLE store.place_flag (
    id uuid PRIMARY KEY,
    place_id uuid NOT NULL,
    lock_id int NOT NULL CHECK (lock_id > 0 AND (lock_id & 31) = 5),
    list text NOT NULL CHECK (list IN ('danger_flag', 'contact_flag')),
    code smallint NOT NULL,
    since date NOT NULL,
    review_on date NOT NULL,
    ended_on date,
    changed_by uuid NOT NULL,
    changed_at timestamptz NOT NULL,
    CHECK (since <= review_on AND review_on <= since + 366)
);
COMMENT ON TABLE store.place_flag IS
'A flag of a place since a day, to be looked at again within a year; ended ones are kept as history.';
CREATE INDEX place_flag_place ON store.place_flag (place_id);

ALTER TABLE store.place_flag ENABLE ROW LEVEL SECURITY;
ALTER TABLE store.place_flag FORCE ROW LEVEL SECURITY;
CREATE POLICY gate ON store.place_flag TO waymark_gate USING (true) WITH CHECK (true);
CREATE POLICY keys ON store.place_flag FOR SELECT TO waymark_app
USING (get_bit((SELECT access.keyring()), lock_id) = 1 OR place_id = ANY ((SELECT access.opened())::uuid []));
CREATE POLICY record ON store.place_flag FOR INSERT TO waymark_app
WITH CHECK (
    access.may_record(lock_id)
    AND EXISTS (SELECT FROM store.place AS p WHERE p.id = place_id AND p.lock_id = place_flag.lock_id)
);
CREATE POLICY edit ON store.place_flag FOR UPDATE TO waymark_app
USING (get_bit((SELECT access.keyring()), lock_id) = 1 AND access.may_record(lock_id))
WITH CHECK (access.may_record(lock_id));

GRANT SELECT, INSERT, UPDATE, DELETE ON store.place_flag TO waymark_gate;
GRANT SELECT, INSERT ON store.place_flag TO waymark_app;
GRANT UPDATE (ended_on, changed_by, changed_at) ON store.place_flag TO waymark_app;
RESET ROLE;

SET ROLE waymark_gate;
-- Flags go with their place: to another label in the same statement, and away with it.
CREATE FUNCTION store.move_flags() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM store.place_flag AS f WHERE f.place_id = OLD.id;
    ELSE
        UPDATE store.place_flag AS f SET lock_id = NEW.lock_id WHERE f.place_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
GRANT EXECUTE ON FUNCTION store.move_flags() TO waymark_owner;
RESET ROLE;

SET ROLE waymark_owner;
CREATE TRIGGER flags_follow AFTER UPDATE ON store.place
FOR EACH ROW WHEN (old.lock_id <> new.lock_id) EXECUTE FUNCTION store.move_flags();
CREATE TRIGGER flags_go AFTER DELETE ON store.place
FOR EACH ROW EXECUTE FUNCTION store.move_flags();
RESET ROLE;
