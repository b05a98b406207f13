-- The members of an admin's own organisation, through functions that ask the live session who is acting.

-- name: list_members
SELECT * FROM access.list_members();

-- name: grantable
SELECT * FROM access.grantable();

-- name: add_member
SELECT access.add_member(
    %(email)s, %(role)s, %(clearance)s, %(areas)s, %(until)s, %(person)s, %(password_hash)s, %(totp_secret)s
) AS id;

-- name: change_member
SELECT access.change_member(%(member)s, %(clearance)s, %(areas)s, %(until)s, %(facts_hash)s);

-- name: suspend_member
SELECT access.suspend_member(%(member)s, %(lift)s);

-- name: end_member_sessions
SELECT access.end_member_sessions(%(member)s);
