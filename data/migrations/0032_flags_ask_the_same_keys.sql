-- Danger and contact flags are read by the same keys, and opened with their place in the same way, as
-- the other protected tables since migration 0031.

SET ROLE waymark_owner;
ALTER POLICY keys ON store.place_flag USING (
    get_bit((SELECT coalesce((SELECT k.bits FROM access.own_keys AS k), access.keyring())), lock_id) = 1
    OR place_id = ANY ((SELECT o.places FROM access.own_opened AS o)::uuid [])
);
RESET ROLE;
