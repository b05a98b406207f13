-- The audit: append-only, hash-chained, one chain per organisation. Nothing here holds a
-- coordinate, a name or a text: records and cells appear only as keyed hashes.

SET ROLE waymark_owner;

CREATE TABLE audit.chain (
    organisation_id int PRIMARY KEY REFERENCES access.organisation,
    seq bigint NOT NULL,
    hash bytea NOT NULL
);

CREATE TABLE audit.entry (
    organisation_id int NOT NULL REFERENCES access.organisation,
    seq bigint NOT NULL,
    body text NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (organisation_id, seq)
);
COMMENT ON TABLE audit.entry IS
'body is canonical JSON (RFC 8785); hash is SHA-256 of the previous hash followed by body.';

CREATE TABLE audit.look (
    session_id uuid NOT NULL REFERENCES access.session ON DELETE CASCADE,
    layer text NOT NULL,
    cell int NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (session_id, layer, cell)
);
COMMENT ON TABLE audit.look IS
'A window of consultation already in the audit: session, layer, 5 km cell, until when. Cell -1 is an overview.';

CREATE FUNCTION audit.refuse() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are never changed' USING errcode = 'insufficient_privilege';
END
$$;
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.entry
FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

GRANT SELECT, INSERT, UPDATE ON audit.chain TO waymark_gate;
GRANT SELECT, INSERT ON audit.entry TO waymark_gate;
GRANT SELECT, INSERT, UPDATE, DELETE ON audit.look TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- Canonical JSON of a flat object of strings, whole numbers, booleans and lists of strings:
-- keys in code point order, no white space, as RFC 8785 asks.
CREATE FUNCTION audit.canonical(entry jsonb) RETURNS text LANGUAGE sql IMMUTABLE
AS $$
    SELECT '{' || string_agg(
        to_json(key)::text || ':' || CASE
            WHEN jsonb_typeof(value) = 'array' THEN '[' || coalesce(
                (SELECT string_agg(item::text, ',' ORDER BY n) FROM jsonb_array_elements(value) WITH ORDINALITY AS t (item, n)),
                ''
            ) || ']'
            ELSE value::text
        END,
        ',' ORDER BY key COLLATE "C"
    ) || '}'
    FROM jsonb_each(jsonb_strip_nulls(entry))
$$;

-- Append one entry to an organisation's chain. The chain's head row serialises writers.
CREATE FUNCTION audit.append_to(chain_of int, op text, details jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    head audit.chain;
    new_body text;
    new_hash bytea;
BEGIN
    IF op NOT IN (
        'collection', 'alteration', 'consultation', 'disclosure', 'combination', 'erasure',
        'denied', 'authentication', 'administration'
    ) THEN
        RAISE EXCEPTION 'audit operation "%" is not one of the nine', op;
    END IF;
    INSERT INTO audit.chain VALUES (chain_of, 0, sha256(convert_to('waymark ' || chain_of, 'UTF8')))
    ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM audit.chain WHERE organisation_id = chain_of FOR UPDATE;
    new_body := audit.canonical(details || jsonb_build_object(
        'seq', head.seq + 1,
        'op', op,
        'at', to_char(access.clock() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    ));
    new_hash := sha256(head.hash || convert_to(new_body, 'UTF8'));
    INSERT INTO audit.entry VALUES (chain_of, head.seq + 1, new_body, new_hash);
    UPDATE audit.chain SET seq = head.seq + 1, hash = new_hash WHERE organisation_id = chain_of;
END
$$;

-- Append an entry about what the live session does: who and for what purpose are filled in here.
CREATE FUNCTION audit.append(op text, details jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
BEGIN
    SELECT * INTO s FROM access.live_session AS l WHERE l.token_hash = access.token_hash();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no live session' USING errcode = 'insufficient_privilege';
    END IF;
    PERFORM audit.append_to(s.organisation_id, op, details || jsonb_build_object(
        'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose
    ));
END
$$;

-- Take the heads of several chains, always in the same order, so that two readers of each other's
-- records never wait for one another in a circle.
CREATE FUNCTION audit.lock_chains(of_organisations int []) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    INSERT INTO audit.chain
    SELECT id, 0, sha256(convert_to('waymark ' || id, 'UTF8'))
    FROM unnest(of_organisations) AS organisation (id)
    ORDER BY id
    ON CONFLICT DO NOTHING;
    PERFORM FROM audit.chain AS c
    WHERE c.organisation_id = ANY (of_organisations)
    ORDER BY c.organisation_id
    FOR UPDATE;
END
$$;

-- Other organisations' records that the session can see, as cells or opened, on each of the given
-- 5 km cells (-1: anywhere): cell, owner, finest step, and the agreement that allows most.
CREATE FUNCTION audit.disclosed(for_kind int, in_cells int [])
RETURNS TABLE (cell int, owner_id int, step int, agreement_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
BEGIN
    SELECT * INTO s FROM access.live_session AS l WHERE l.token_hash = access.token_hash();
    RETURN QUERY
    WITH shared AS MATERIALIZED (
        SELECT sh.label_id, sh.owner_id, sh.step, sh.agreement_id
        FROM access.shares(s.membership_id, s.purpose, access.clock(), NULL) AS sh
        WHERE sh.kind = for_kind
    ),
    known AS MATERIALIZED (
        SELECT d.label_id, d.step, access.lock_of(d.label_id, for_kind, 0) AS lock_id
        FROM access.decide(s.membership_id, s.purpose, access.clock()) AS d
        WHERE d.kind = for_kind AND d.label_id IN (SELECT sh.label_id FROM shared AS sh)
    ),
    held AS MATERIALIZED (
        SELECT c.lock_id, c.cell FROM store.place_cell AS c
        WHERE for_kind = 0 AND c.lock_id IN (SELECT k.lock_id FROM known AS k)
        UNION
        SELECT c.lock_id, c.cell FROM store.visit_cell AS c
        WHERE for_kind = 1 AND c.lock_id IN (SELECT k.lock_id FROM known AS k)
        UNION
        SELECT c.lock_id, c.cell FROM store.risk_cell AS c
        WHERE for_kind = 2 AND c.lock_id IN (SELECT k.lock_id FROM known AS k)
    ),
    shown AS (
        SELECT w.cell, k.label_id, k.step
        FROM unnest(in_cells) AS w (cell)
        JOIN held AS h ON h.cell = w.cell OR w.cell = -1
        JOIN known AS k ON k.lock_id = h.lock_id
        UNION
        SELECT w.cell, p.lock_id >> 5, 4
        FROM store.place_point AS p
        CROSS JOIN LATERAL store.corners(p.easting, p.northing) AS k
        JOIN unnest(in_cells) AS w (cell) ON w.cell = k.cell OR w.cell = -1
        WHERE for_kind = 0 AND p.place_id = ANY (access.opened()) AND k.step = 0
    )
    SELECT DISTINCT ON (w.cell, sh.owner_id) w.cell, sh.owner_id, w.step, sh.agreement_id
    FROM shown AS w
    JOIN shared AS sh ON sh.label_id = w.label_id
    ORDER BY w.cell, sh.owner_id, w.step DESC, sh.step DESC, sh.agreement_id;
END
$$;

-- Open windows of consultation before the first bytes leave: one entry in the reader's chain for
-- each cell, one disclosure in each provider's chain. Committed by the caller, then it may read.
CREATE FUNCTION audit.open_looks(in_layer text, for_kind int, in_cells int [], cell_hashes text [])
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    s access.live_session;
    at timestamptz := access.clock();
    recipient uuid;
    missing int [];
    shown record;
    owners int [] := '{}';
    entries jsonb [] := '{}';
BEGIN
    SELECT * INTO s FROM access.live_session AS l WHERE l.token_hash = access.token_hash();
    IF NOT FOUND THEN
        RETURN;
    END IF;
    missing := ARRAY(
        SELECT w.cell
        FROM unnest(in_cells) AS w (cell)
        WHERE NOT EXISTS (
            SELECT FROM audit.look AS k
            WHERE k.session_id = s.id AND k.layer = in_layer AND k.cell = w.cell AND k.until > at
        )
    );
    recipient := (SELECT o.uid FROM access.organisation AS o WHERE o.id = s.organisation_id);
    FOR shown IN SELECT d.* FROM audit.disclosed(for_kind, missing) AS d LOOP
        owners := owners || shown.owner_id;
        entries := entries || jsonb_build_object(
            'layer', in_layer, 'cell', cell_hashes[array_position(in_cells, shown.cell)],
            'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose,
            'recipient', recipient, 'agreement', shown.agreement_id,
            'precision', (ARRAY['5 km', '1 km', '500 m', '100 m', 'exact'])[shown.step + 1]
        );
    END LOOP;
    PERFORM audit.lock_chains(owners || s.organisation_id);
    PERFORM audit.append_to(s.organisation_id, 'consultation', jsonb_build_object(
        'actor', s.membership_id, 'session', s.id, 'purpose', s.purpose, 'layer', in_layer,
        'cell', cell_hashes[array_position(in_cells, w.cell)], 'minutes', 5
    ))
    FROM unnest(missing) AS w (cell);
    PERFORM audit.append_to(owner_id, 'disclosure', entry)
    FROM unnest(owners, entries) AS disclosure (owner_id, entry);
    INSERT INTO audit.look
    SELECT s.id, in_layer, w.cell, at + interval '5 minutes' FROM unnest(missing) AS w (cell)
    ON CONFLICT (session_id, layer, cell) DO UPDATE SET until = excluded.until;
END
$$;

-- The chain of the auditor's own organisation, in order; nothing for anybody else.
CREATE FUNCTION audit.my_entries(after_seq bigint, at_most int)
RETURNS TABLE (seq bigint, body text, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT e.seq, e.body, e.hash
    FROM access.live_session AS s
    JOIN audit.entry AS e ON e.organisation_id = s.organisation_id
    WHERE
        s.token_hash = access.token_hash()
        AND s.role = 'auditor'
        AND s.purpose = 'audit'
        AND s.scope = 'full'
        AND e.seq > after_seq
    ORDER BY e.seq
    LIMIT at_most
$$;

-- Do these windows stand in the audit? One probe a cell: a tile of zoom 15 or 16 touches one or two.
CREATE FUNCTION audit.looks_are_open(for_session uuid, in_layer text, in_cells int []) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    at CONSTANT timestamptz := access.clock();
    one int;
BEGIN
    FOREACH one IN ARRAY in_cells LOOP
        PERFORM FROM audit.look AS k
        WHERE k.session_id = for_session AND k.layer = in_layer AND k.cell = one AND k.until > at;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END
$$;

GRANT EXECUTE ON FUNCTION audit.append(text, jsonb) TO waymark_app;
GRANT EXECUTE ON FUNCTION audit.open_looks(text, int, int [], text []) TO waymark_app;
GRANT EXECUTE ON FUNCTION audit.my_entries(bigint, int) TO waymark_app;
RESET ROLE;
