-- Duty desks, and notices to people and desks: who is told that something waits, and who says that they see to it.

-- name: my_notices
SELECT * FROM access.my_notices();

-- name: acknowledge
SELECT access.acknowledge_notice(%(id)s);

-- name: my_duty_desk
SELECT * FROM access.my_duty_desk();

-- name: desk_candidates
SELECT * FROM access.desk_candidates();

-- name: set_duty_desk
SELECT access.set_duty_desk(%(telephone)s, %(email)s, %(members)s::uuid [], %(is_as_read)s, %(facts_read)s) AS is_set;

-- name: escalate
SELECT access.escalate();

-- name: watch
SELECT access.watch();

-- name: claim_notices
SELECT * FROM access.claim_notices(%(most)s);

-- name: notice_sent
SELECT access.notice_sent(%(id)s);
