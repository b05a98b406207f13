-- Agreements between partners, through functions that ask the live session who is acting.

-- name: list_organisations
SELECT * FROM access.list_organisations();

-- name: list_agreements
SELECT * FROM access.list_agreements();

-- name: draft_agreement
SELECT access.draft_agreement(
    %(provider)s,
    %(recipient)s,
    (
        %(title)s, %(purposes)s, %(areas)s, %(kinds)s, %(max_sensitivity)s, %(finest_step)s,
        %(valid_from)s, %(valid_until)s
    )::access.terms
) AS id;

-- name: amend_agreement
SELECT access.amend_agreement(
    %(agreement)s,
    (
        %(title)s, %(purposes)s, %(areas)s, %(kinds)s, %(max_sensitivity)s, %(finest_step)s,
        %(valid_from)s, %(valid_until)s
    )::access.terms
) AS keeps_signatures;

-- name: sign_agreement
SELECT access.sign_agreement(%(agreement)s, %(terms_hash)s);

-- name: suspend_agreement
SELECT access.suspend_agreement(%(agreement)s);

-- name: resume_agreement
SELECT access.resume_agreement(%(agreement)s);

-- name: renew_agreement
SELECT access.renew_agreement(%(agreement)s, %(until)s) AS id;

-- name: amend_as_read
SELECT access.amend_as_read(
    %(agreement)s,
    (
        %(title)s, %(purposes)s, %(areas)s, %(kinds)s, %(max_sensitivity)s, %(finest_step)s,
        %(valid_from)s, %(valid_until)s
    )::access.terms,
    %(terms_hash)s
) AS keeps_signatures;

-- name: list_signers
SELECT * FROM access.list_signers();
