-- Signing in and out, and entering with a token: calls of the functions in migration 0007.

-- name: freshen
SELECT access.freshen(%(token)s);

-- name: enter
SELECT * FROM access.enter(%(token)s, %(quietly)s);

-- name: seconds_to_wait
SELECT access.seconds_to_wait(%(callers)s::bytea []);

-- name: note_failure
SELECT access.note_failure(%(callers)s::bytea []);

-- name: credential_of
SELECT
    person_id,
    password_hash,
    totp_secret,
    totp_last_step,
    is_demo
FROM access.credential_of(%(email)s);

-- name: use_totp_step
SELECT access.use_totp_step(%(person)s, %(step)s);

-- name: memberships_for
SELECT
    membership_id,
    organisation,
    role
FROM access.memberships_for(%(person)s, %(purpose)s);

-- name: open_session
SELECT access.let_in(%(membership)s, %(purpose)s, %(token_hash)s, %(proof)s);

-- name: lay_door
INSERT INTO access.door (key) VALUES (%(key)s)
ON CONFLICT (is_the_only_one) DO UPDATE SET key = excluded.key;

-- name: open_layer_token
SELECT access.open_layer_token(%(token_hash)s, %(minutes)s);

-- name: end_session
SELECT access.end_session();

-- name: my_session
SELECT
    email,
    organisation,
    organisation_kind,
    role,
    purpose,
    scope,
    clearance,
    areas,
    expires_at,
    is_demo
FROM access.my_session();

-- name: is_demo
SELECT access.is_demo();
