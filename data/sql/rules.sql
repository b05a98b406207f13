-- The rules that a session lives under, through functions that ask whose session it is.

-- name: precision_rules
SELECT * FROM access.my_precision_rules();

-- name: live_agreements
SELECT * FROM access.my_live_agreements();
