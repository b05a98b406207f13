-- Admission at little cost: a session carries a copy of its ring and the moment until which it may be
-- used with it, so that one probe of one index tells who is asking and with which keys.

SET ROLE waymark_owner;
CREATE SEQUENCE access.epoch;
COMMENT ON SEQUENCE access.epoch IS 'Each change of policy takes one number, good for no other change.';
SELECT setval('access.epoch', (SELECT sum(e.epoch)::bigint FROM access.policy_epoch AS e));
UPDATE access.policy_epoch SET epoch = nextval('access.epoch');
COMMENT ON TABLE access.policy_epoch IS
'The numbers of the latest changes of policy, each written in the transaction that changes it: a ring is '
'good while it knows all of them. New labels and handlings count apart, by owner, so that a long import '
'never holds up a suspension.';
GRANT USAGE ON SEQUENCE access.epoch TO waymark_gate;

CREATE OR REPLACE FUNCTION access.move_epoch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE access.policy_epoch SET epoch = nextval('access.epoch') WHERE of = TG_ARGV[0];
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION access.move_label_epoch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO access.policy_epoch AS e VALUES ('labels of ' || NEW.owner_id, nextval('access.epoch'))
    ON CONFLICT (of) DO UPDATE SET epoch = nextval('access.epoch');
    RETURN NULL;
END
$$;

-- Rings of before know no numbers, and are computed again.
ALTER TABLE access.ring ADD COLUMN epochs bigint [] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN access.ring.epochs IS 'The numbers in access.policy_epoch under which the keys were computed.';

ALTER TABLE access.session
ADD COLUMN ring_id bigint,
ADD COLUMN ring_bits bit varying,
ADD COLUMN ring_shelves access.shelf_lists [],
ADD COLUMN ring_fingerprint bytea,
ADD COLUMN ring_epochs bigint [] NOT NULL DEFAULT '{}',
ADD COLUMN ring_valid_until timestamptz NOT NULL DEFAULT '-infinity',
ADD COLUMN usable_until timestamptz NOT NULL DEFAULT '-infinity',
ADD COLUMN seen_until timestamptz NOT NULL DEFAULT '-infinity';
COMMENT ON COLUMN access.session.ring_bits IS
'With the other columns of that name: a copy of the session''s ring, kept by triggers. Judged, like the ring, '
'by its own epochs and end, so that a copy which is behind opens nothing: the keys are then computed.';
COMMENT ON COLUMN access.session.usable_until IS
'Until when the session may be used with the ring it carries: until it ends, was idle too long, or the ring is over.';
COMMENT ON COLUMN access.session.seen_until IS
'Until when nobody need write that the session was seen: a minute after the last time.';
-- Up to one page the copy stands in the row, so that reading it asks no second table.
ALTER TABLE access.session ALTER COLUMN ring_bits SET STORAGE EXTERNAL;
ALTER TABLE access.session SET (toast_tuple_target = 8160);
RESET ROLE;

SET ROLE waymark_gate;

-- A new session takes the ring there is.
CREATE FUNCTION access.take_ring() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    r access.ring;
BEGIN
    SELECT * INTO r
    FROM access.ring AS k
    WHERE k.membership_id = NEW.membership_id AND k.purpose = NEW.purpose AND k.scope = NEW.scope;
    IF FOUND THEN
        NEW.ring_id := r.id;
        NEW.ring_bits := r.bits;
        NEW.ring_shelves := r.shelves;
        NEW.ring_fingerprint := r.fingerprint;
        NEW.ring_epochs := r.epochs;
        NEW.ring_valid_until := r.valid_until;
    END IF;
    RETURN NEW;
END
$$;

-- A ring that was stored goes to its sessions. One that another transaction is changing keeps its old
-- copy, which is out of date, and gets the next: whoever stores rings waits for nobody.
CREATE FUNCTION access.give_ring() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    UPDATE access.session
    SET
        ring_id = NEW.id,
        ring_bits = NEW.bits,
        ring_shelves = NEW.shelves,
        ring_fingerprint = NEW.fingerprint,
        ring_epochs = NEW.epochs,
        ring_valid_until = NEW.valid_until
    WHERE id IN (
        SELECT s.id
        FROM access.session AS s
        WHERE s.membership_id = NEW.membership_id AND s.purpose = NEW.purpose AND s.scope = NEW.scope
        FOR NO KEY UPDATE SKIP LOCKED
    );
    RETURN NULL;
END
$$;

-- The moments that a session's own row implies, whoever writes it.
CREATE FUNCTION access.set_moments() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    NEW.usable_until := CASE
        WHEN NEW.ended_at IS NULL
            THEN least(NEW.expires_at, NEW.last_seen_at + NEW.idle_limit, NEW.ring_valid_until)
        ELSE '-infinity'
    END;
    NEW.seen_until := NEW.last_seen_at + interval '1 minute';
    RETURN NEW;
END
$$;
GRANT EXECUTE ON FUNCTION access.take_ring(), access.give_ring(), access.set_moments() TO waymark_owner;
RESET ROLE;

SET ROLE waymark_owner;
CREATE TRIGGER carries_ring BEFORE INSERT ON access.session
FOR EACH ROW EXECUTE FUNCTION access.take_ring();
-- After the other, by its name.
CREATE TRIGGER knows_its_end BEFORE INSERT OR UPDATE ON access.session
FOR EACH ROW EXECUTE FUNCTION access.set_moments();
CREATE TRIGGER gives_ring AFTER INSERT OR UPDATE OF bits, shelves, fingerprint, epochs, valid_until ON access.ring
FOR EACH ROW EXECUTE FUNCTION access.give_ring();
RESET ROLE;

SET ROLE waymark_gate;

-- As before, but fresh is the copy that the session carries.
CREATE OR REPLACE VIEW access.live_session WITH (security_barrier = true) AS
SELECT
    s.id,
    s.token_hash,
    s.membership_id,
    m.person_id,
    m.organisation_id,
    m.role,
    s.purpose,
    s.scope,
    s.last_seen_at,
    s.expires_at,
    s.ring_bits AS bits,
    s.ring_shelves AS shelves,
    s.ring_fingerprint AS fingerprint,
    r.stamp,
    access.clock() < s.ring_valid_until
    AND NOT EXISTS (SELECT FROM access.policy_epoch AS e WHERE e.epoch <> ALL (s.ring_epochs)) AS is_fresh
FROM access.session AS s
JOIN access.membership AS m ON m.id = s.membership_id
JOIN access.person AS p ON p.id = m.person_id
JOIN access.organisation AS o ON o.id = m.organisation_id
LEFT JOIN access.ring AS r ON r.id = s.ring_id
WHERE
    s.ended_at IS NULL
    AND access.clock() < s.expires_at
    AND access.clock() < s.last_seen_at + s.idle_limit
    AND m.suspended_at IS NULL
    AND m.valid_from <= access.clock()
    AND access.clock() < m.valid_until
    AND p.disabled_at IS NULL
    AND EXISTS (
        SELECT FROM access.role_purpose AS rp
        WHERE
            rp.role = m.role
            AND rp.purpose = s.purpose
            AND coalesce(rp.organisation_kind, o.kind) = o.kind
    );

-- The sessions that may be used with the ring they carry, found in one look. Whatever ends a
-- membership or a role's purpose moves the epoch or is the ring's valid_until, and refresh_ring stores
-- a ring for a live session only: so while a ring is fresh, neither is looked up again. The ring itself
-- is looked up by those alone who ask for its stamp. coalesce() keeps the epochs out of the joins:
-- their few rows are walked once, without an aggregate.
CREATE OR REPLACE VIEW access.ready_session AS
SELECT
    s.id,
    s.token_hash,
    s.membership_id,
    s.last_seen_at,
    s.ring_bits AS bits,
    s.ring_shelves AS shelves,
    s.ring_fingerprint AS fingerprint,
    r.stamp
FROM access.session AS s
LEFT JOIN access.ring AS r ON r.id = s.ring_id
WHERE
    access.clock() < s.usable_until
    AND NOT coalesce(EXISTS (SELECT FROM access.policy_epoch AS e WHERE e.epoch <> ALL (s.ring_epochs)), true);

CREATE OR REPLACE FUNCTION access.refresh_ring(s_membership uuid, s_purpose text, s_scope text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    at_epochs bigint [];
BEGIN
    IF pg_is_in_recovery() OR NOT pg_try_advisory_xact_lock(hashtext('waymark rings')) THEN
        RETURN;
    END IF;
    -- The epochs are read first: a change that lands in between leaves the ring stale, never wrong.
    SELECT array_agg(e.epoch) INTO at_epochs FROM access.policy_epoch AS e;
    INSERT INTO access.ring (
        membership_id, purpose, scope, bits, shelves, fingerprint, stamp, epochs, valid_until
    )
    SELECT
        s_membership, s_purpose, s_scope, c.bits, c.shelves,
        sha256(convert_to(c.bits::text, 'UTF8')), nextval('access.ring_stamp'), at_epochs, c.valid_until
    FROM access.compute_ring(s_membership, s_purpose, s_scope, access.clock()) AS c
    WHERE EXISTS (
        SELECT FROM access.live_session AS l
        WHERE l.membership_id = s_membership AND l.purpose = s_purpose AND l.scope = s_scope
    )
    ON CONFLICT (membership_id, purpose, scope) DO UPDATE SET
        bits = excluded.bits,
        shelves = excluded.shelves,
        fingerprint = excluded.fingerprint,
        stamp = excluded.stamp,
        epochs = excluded.epochs,
        valid_until = excluded.valid_until;
END
$$;
RESET ROLE;

SET ROLE waymark_owner;
ALTER TABLE access.ring DROP COLUMN epoch;
RESET ROLE;
