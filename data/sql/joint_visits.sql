-- Joint visits: what a session may know of them, and what it does; the functions of the gate decide both.

-- name: joint_visits
SELECT
    j.id,
    j.is_ours,
    j.owner,
    j.partner,
    j.help,
    j.state,
    j.starts_at,
    j.ends_at,
    j.starts_at - interval '24 hours' AS opens_at,
    j.ends_at + interval '24 hours' AS closes_at,
    j.is_open,
    j.is_named,
    j.named,
    j.extension_until,
    j.is_asked_by_me,
    p.id AS place,
    p.name,
    coalesce(rules.words[p.attend_rule + 1], rules.words[square.rule + 1]) AS attend_rule,
    square.easting,
    square.northing,
    square.size
FROM store.joint_visits(%(id)s) AS j
INNER JOIN reference.slugs AS rules ON rules.list = 'attend_rule'
-- A partner's place is named only where one joint visit is opened, which is audited as reading its card.
LEFT JOIN store.place AS p ON j.place_id = p.id AND (j.is_ours OR %(id)s::uuid IS NOT NULL)
-- The square as the layer of places shows it to this session: of that owner, with its strictest attend rule.
LEFT JOIN LATERAL (
    SELECT
        c.easting,
        c.northing,
        (ARRAY[5000, 1000, 500, 100])[j.step + 1] AS size,
        max(
            CASE
                WHEN c.do_not_attend > 0 THEN 3
                WHEN c.contact_owner_first > 0 THEN 2
                WHEN c.two_people > 0 THEN 1
                ELSE 0
            END
        ) AS rule
    FROM store.place_cell AS c
    WHERE
        c.shelf BETWEEN j.first_shelf AND j.first_shelf + 3
        AND c.step = j.step
        AND c.cell = j.cell
        AND c.easting = j.easting
        AND c.northing = j.northing
    GROUP BY c.easting, c.northing
) AS square ON p.id IS NULL
ORDER BY j.starts_at, j.id;

-- name: members
SELECT
    membership_id AS id,
    email
FROM store.joint_visit_members(%(id)s);

-- name: partners
SELECT
    uid,
    name
FROM store.joint_visit_partners(%(place)s);

-- name: propose
SELECT store.propose_joint_visit(
    %(id)s, %(place)s, %(partner)s, %(starts_at)s, %(ends_at)s, %(help)s, %(record)s, %(place_record)s
);

-- name: accept
SELECT store.accept_joint_visit(%(id)s, %(members)s, %(record)s);

-- name: decline
SELECT store.decline_joint_visit(%(id)s, %(record)s);

-- name: cancel
SELECT store.cancel_joint_visit(%(id)s, %(record)s);

-- name: ask_more_time
SELECT store.ask_more_time(%(id)s, %(until)s, %(record)s);

-- name: agree_more_time
SELECT store.agree_more_time(%(id)s, %(until)s, %(record)s);
