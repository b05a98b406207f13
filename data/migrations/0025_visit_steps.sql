-- A visit as it is recorded at the door: the five questions of the risk check and what the team decided,
-- children met beside people met, and the needs that people spoke of.

SET ROLE waymark_owner;

INSERT INTO reference.taxonomy (version, list, code, slug, title, valid_from) VALUES
(1, 'need', 1, 'safety_now', 'Safety now', '2026-01-01'),
(1, 'need', 2, 'somewhere_to_stay', 'Somewhere safe to stay', '2026-01-01'),
(1, 'need', 3, 'support_to_leave', 'Support to leave, if they wish', '2026-01-01'),
(1, 'need', 4, 'health', 'A doctor or nurse', '2026-01-01'),
(1, 'need', 5, 'sexual_health', 'Sexual health', '2026-01-01'),
(1, 'need', 6, 'mental_health', 'Someone to talk to', '2026-01-01'),
(1, 'need', 7, 'drugs_or_alcohol', 'Support with drugs or alcohol', '2026-01-01'),
(1, 'need', 8, 'food_or_clothes', 'Food, clothes, essentials', '2026-01-01'),
(1, 'need', 9, 'money_or_debt', 'Advice on wages, money or debt', '2026-01-01'),
(1, 'need', 10, 'legal_advice', 'Legal advice', '2026-01-01'),
(1, 'need', 11, 'interpreter', 'An interpreter', '2026-01-01'),
(1, 'need', 12, 'children', 'Help for children', '2026-01-01'),
(1, 'need', 13, 'another_visit', 'Another visit', '2026-01-01'),
(1, 'need', 14, 'other', 'Something else', '2026-01-01');

INSERT INTO reference.slugs
SELECT
    list,
    array_agg(slug ORDER BY code)
FROM reference.taxonomy
WHERE list = 'need'
GROUP BY list;

ALTER TABLE store.visit
ADD COLUMN unexpected boolean,
ADD COLUMN exit_clear boolean,
ADD COLUMN aggression boolean,
ADD COLUMN children boolean,
ADD COLUMN control boolean,
ADD COLUMN decision text CHECK (decision IN ('continue', 'shorten', 'withdraw')),
ADD COLUMN children_met smallint CHECK (children_met BETWEEN 0 AND 500),
ADD COLUMN needs smallint [] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN store.visit.decision IS
'What the team decided at the door. To withdraw needs no reason, and nothing counts withdrawals by worker.';
RESET ROLE;
