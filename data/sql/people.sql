-- Organisations, people and memberships, as the operator of the server manages them.

-- name: all_areas
SELECT
    id,
    code,
    name
FROM reference.area
ORDER BY id;

-- name: organisation_id
SELECT id FROM access.organisation
WHERE name = %(name)s;

-- name: add_organisation
INSERT INTO access.organisation (name, kind) VALUES (%(name)s, %(kind)s)
ON CONFLICT (name) DO NOTHING
RETURNING id, uid;

-- name: add_organisation_key
INSERT INTO access.organisation_key VALUES (%(organisation)s, %(wrapped)s);

-- name: person_id
SELECT id FROM access.person
WHERE email = lower(%(email)s);

-- name: add_person
INSERT INTO access.person (id, email) VALUES (%(id)s, lower(%(email)s));

-- name: set_credential
INSERT INTO access.credential (person_id, password_hash, totp_secret)
VALUES (%(person)s, %(password_hash)s, %(totp_secret)s)
ON CONFLICT (person_id) DO UPDATE SET
    password_hash = excluded.password_hash,
    totp_secret = excluded.totp_secret,
    totp_last_step = 0;

-- name: set_password_alone
UPDATE access.credential SET password_hash = %(password_hash)s
WHERE person_id = %(person)s;

-- name: remove_passkeys
DELETE FROM access.passkey
WHERE person_id = %(person)s;

-- name: add_membership
INSERT INTO access.membership (person_id, organisation_id, role, clearance, valid_until)
VALUES (%(person)s, %(organisation)s, %(role)s, %(clearance)s, %(until)s)
ON CONFLICT (organisation_id, person_id, role) DO NOTHING
RETURNING id;

-- name: set_areas
WITH gone AS (
    DELETE FROM access.membership_area
    WHERE membership_id = %(membership)s AND area_id <> all(%(areas)s)
)

INSERT INTO access.membership_area
SELECT
    %(membership)s,
    unnest(%(areas)s::int []) AS area_id
ON CONFLICT DO NOTHING;

-- name: join_named_members
SELECT access.join_named_members();

-- name: memberships
SELECT
    m.id,
    m.organisation_id
FROM access.membership AS m
INNER JOIN access.person AS p ON m.person_id = p.id
INNER JOIN access.organisation AS o ON m.organisation_id = o.id
WHERE
    p.email = lower(%(email)s)
    AND (%(organisation)s::text IS NULL OR o.name = %(organisation)s)
    AND (%(role)s::text IS NULL OR m.role = %(role)s)
ORDER BY m.id;

-- name: suspend
UPDATE access.membership SET suspended_at = CASE WHEN NOT %(lift)s THEN access.clock() END
WHERE id = %(membership)s;

-- name: set_clearance
UPDATE access.membership SET clearance = %(clearance)s
WHERE id = %(membership)s;

-- name: set_until
UPDATE access.membership SET valid_until = %(until)s
WHERE id = %(membership)s;

-- name: disable
UPDATE access.person SET disabled_at = CASE WHEN NOT %(lift)s THEN access.clock() END
WHERE id = %(person)s;

-- name: end_sessions
UPDATE access.session SET ended_at = access.clock()
WHERE
    ended_at IS NULL
    AND membership_id IN (SELECT m.id FROM access.membership AS m
WHERE m.person_id = %(person)s);

-- name: organisations_of
SELECT DISTINCT organisation_id FROM access.membership
WHERE person_id = %(person)s
ORDER BY organisation_id;

-- name: audit
SELECT audit.append_to(%(organisation)s, 'administration', %(details)s);

-- name: list_users
SELECT
    p.email,
    o.name AS organisation,
    m.role,
    m.clearance,
    array(
        SELECT a.name
        FROM access.membership_area AS ma
        INNER JOIN reference.area AS a ON ma.area_id = a.id
        WHERE ma.membership_id = m.id
        ORDER BY a.name
    ) AS areas,
    m.valid_until AS until,
    CASE
        WHEN p.disabled_at IS NOT NULL THEN 'disabled'
        WHEN m.suspended_at IS NOT NULL THEN 'suspended'
        WHEN m.valid_until <= access.clock() THEN 'expired'
        ELSE 'live'
    END AS state
FROM access.membership AS m
INNER JOIN access.person AS p ON m.person_id = p.id
INNER JOIN access.organisation AS o ON m.organisation_id = o.id
WHERE %(organisation)s::text IS NULL OR o.name = %(organisation)s
ORDER BY o.name, p.email, m.role;

-- name: memberships_for
SELECT
    f.membership_id,
    f.organisation
FROM access.person AS p
CROSS JOIN access.memberships_for(p.id, %(purpose)s) AS f
WHERE p.email = lower(%(email)s) AND p.disabled_at IS NULL
ORDER BY f.organisation;

-- name: open_session
SELECT access.open_session(%(membership)s, %(purpose)s, %(token_hash)s);
