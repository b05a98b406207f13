-- A person's own ways in: passkeys and sessions.

-- name: passkey_of
SELECT
    id,
    person_id,
    public_key,
    sign_count
FROM access.passkey_of(%(credential)s, %(party)s);

-- name: use_challenge
SELECT access.use_challenge(%(challenge)s, %(until)s);

-- name: note_passkey_use
SELECT access.note_passkey_use(%(passkey)s, %(count)s);

-- name: add_passkey
SELECT access.add_passkey(%(credential)s, %(party)s, %(key)s, %(count)s, %(name)s);

-- name: my_passkeys
SELECT
    id,
    name,
    added_at,
    last_used_at,
    credential_id
FROM access.my_passkeys();

-- name: remove_passkey
SELECT access.remove_passkey(%(id)s);

-- name: my_sessions
SELECT
    id,
    organisation,
    purpose,
    scope,
    created_at,
    last_seen_at,
    is_this
FROM access.my_sessions();

-- name: end_my_sessions
SELECT access.end_my_sessions(%(id)s);
