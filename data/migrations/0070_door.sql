-- Who opens a session for the service proves that it is the service: with a key that its own database role cannot read.
-- Until now whoever got one statement of their own into a query could open a session of anybody's whose id they knew.

SET ROLE waymark_owner;
CREATE TABLE access.door (
    is_the_only_one boolean PRIMARY KEY DEFAULT true CHECK (is_the_only_one),
    key bytea NOT NULL CHECK (length(key) = 32)
);
COMMENT ON TABLE access.door IS
'The key by which the service proves that it judged a password or a passkey, derived from its master key. The operator '
'lays it down each time the installation comes up. Without a row nothing has to be proved.';
GRANT SELECT ON access.door TO waymark_gate;
RESET ROLE;

SET ROLE waymark_gate;

-- Open a session as access.open_session does, for who proves to know the key of the door: proof is the HMAC-SHA256 of
-- the token's hash, the membership and the purpose. NULL, and no session, for anybody else.
CREATE FUNCTION access.let_in(for_membership uuid, for_purpose text, with_token_hash bytea, proof bytea)
RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF EXISTS (
        SELECT FROM access.door AS d
        WHERE public.hmac(
            with_token_hash || uuid_send(for_membership) || convert_to(for_purpose, 'UTF8'), d.key, 'sha256'
        ) IS DISTINCT FROM proof
    ) THEN
        RETURN NULL;
    END IF;
    RETURN access.open_session(for_membership, for_purpose, with_token_hash);
END
$$;
REVOKE EXECUTE ON FUNCTION access.open_session(uuid, text, bytea) FROM waymark_app;
GRANT EXECUTE ON FUNCTION access.let_in(uuid, text, bytea, bytea) TO waymark_app;
RESET ROLE;
