"""Each filter of the gate that is broken in turn: where it stands, what takes its place, and who is to notice."""

from tests.noninterference.one_filter import Filter
from tests.noninterference.work_filters import OF_WORK

NO_KEYS_CARRIED = (
    "CREATE OR REPLACE VIEW access.own_keys WITH (security_barrier = true) AS "
    "SELECT B'0'::bit varying AS bits WHERE false"
)
IN_OPERATION = "AND (i.operation_id IS NULL OR i.operation_id = ANY (imports.operations()))"
REACHABLE, SHARES, KNOWN = "access.reachable", "access.shares", "store.known_joint_visits"
OPENED = "access.opened_by_joint_visits"
FILTERS = (
    Filter("clearance", REACHABLE, "l.sensitivity <= me.clearance AND", "", "charity clearance 1"),
    Filter("area", REACHABLE, "l.area_id = ANY (me.areas)", "true", "charity one area"),
    Filter("operation", REACHABLE, "l.operation_id = ANY (me.operations)", "true", "charity visit"),
    Filter("welfare wall", REACHABLE, "AND l.collected_for = 'welfare'", "AND false", "police enforcement"),
    Filter("exclusion", REACHABLE, "AND NOT h.excluded && me.memberships", "", "charity excluded member"),
    Filter("owner of a record", REACHABLE, "l.owner_id = me.organisation_id", "true", "council, no agreement"),
    Filter("owner only", SHARES, "AND NOT r.owner_only", "", "police visit"),
    Filter("recipient of an agreement", SHARES, "AND a.recipient_id = r.organisation_id", "", "council, no agreement"),
    Filter("purposes of an agreement", SHARES, "AND for_purpose = ANY (a.purposes)", "", "charity safeguarding"),
    Filter("areas of an agreement", SHARES, "AND a.area_id = r.area_id", "", "charity visit"),
    Filter("sensitivity of an agreement", SHARES, "AND a.max_sensitivity >= r.sensitivity", "", "police visit"),
    Filter("kinds of an agreement", SHARES, "unnest(a.kinds)", "unnest(ARRAY[0, 1, 2]::smallint [])", "charity visit"),
    Filter("precision of an agreement", SHARES, "least(a.finest_step, r.finest_step)", "r.finest_step", "police visit"),
    Filter(
        "precision of a handling", SHARES, "least(a.finest_step, r.finest_step)", "a.finest_step::int", "police visit"
    ),
    Filter("unmet conditions", SHARES, "WHERE r.finest_step >= 0", "", "police joint visit"),
    Filter("end of an agreement", "access.is_live", "AND at < agreement.valid_until", "", "nhs, agreement over"),
    Filter(
        "suspension of an agreement",
        "access.is_live",
        "AND agreement.suspended_at IS NULL",
        "",
        "commissioner, agreement suspended",
    ),
    Filter(
        "recipient's signature",
        "access.is_live",
        "AND agreement.recipient_signed_by IS NOT NULL",
        "",
        "other, agreement half signed",
    ),
    Filter(
        "condition: recipients",
        "access.step_under",
        "AND NOT conditions -> 'recipients' ? recipient::text",
        "AND false",
        "police visit",
    ),
    Filter(
        "condition: purposes",
        "access.step_under",
        "AND NOT conditions -> 'purposes' ? purpose",
        "AND false",
        "police visit",
    ),
    Filter("condition: expiry", "access.step_under", "<= at THEN", "<= '-infinity' THEN", "police visit"),
    Filter(
        "condition: unknown",
        "access.step_under",
        "'expires')\n        ) THEN",
        "'expires', 'moon')\n        ) THEN",
        "police visit",
    ),
    Filter("who goes by a plan", "access.my_plans", "AND m.membership_id = s.membership_id", "", "charity visit"),
    Filter(
        "who made a plan", "access.my_plans", "p.made_by = s.membership_id\n            OR", "true OR", "police visit"
    ),
    Filter(
        "who takes part in deconfliction",
        "access.my_deconfliction",
        "WHERE d.organisation_id = s.organisation_id",
        "ORDER BY d.since LIMIT 1",
        "charity admin",
    ),
    *OF_WORK,
    Filter("precision rules", "access.decide", "least(g.step, rule.step)", "g.step", "charity analyst"),
    Filter("content is the owner's", "access.decide", "bool_or(g.is_own AND rule.step = 4)", "true", "police visit"),
    Filter("precision in the ring", "access.compute_ring", "f.step <= d.step", "f.step <= 4", "police visit"),
    Filter(
        "key ring",
        "access.own_keys",
        "s.ring_bits || ('0'::\"bit\")::bit varying",
        "repeat('1', 200000)::bit varying",
        "charity clearance 1",
    ),
    Filter(
        "key ring, computed",
        "access.keyring",
        "RETURN ring_bits;",
        "RETURN repeat('1', 200000)::bit varying;",
        "charity clearance 1",
        also=NO_KEYS_CARRIED,
    ),
    Filter("joint visit: window", OPENED, "AND at < j.ends_at + interval '24 hours'", "", "police joint visit"),
    Filter("joint visit: accepted", OPENED, "AND j.accepted_at IS NOT NULL", "", "police joint visit"),
    Filter("joint visit: cancelled", OPENED, "AND j.cancelled_at IS NULL", "", "police joint visit"),
    Filter(
        "joint visit: shared",
        OPENED,
        "ON shared.label_id = p.lock_id >> 5 AND shared.kind = 0 AND shared.owner_id = j.owner_id",
        "ON true",
        "police joint visit",
    ),
    Filter(
        "joint visit: flags shared",
        "access.opened_risks",
        "ON shared.label_id = r.lock_id >> 5 AND shared.kind = 2 AND shared.owner_id = of_place.owner_id",
        "ON true",
        "police joint visit",
    ),
    Filter(
        "joint visits at places that are seen",
        KNOWN,
        "WHERE j.owner_id = s.organisation_id AND get_bit(ring, p.lock_id) = 1",
        "WHERE j.owner_id = s.organisation_id",
        "charity clearance 1",
    ),
    Filter(
        "joint visits at places that are shared",
        KNOWN,
        "WHERE shared.label_id = p.lock_id >> 5 AND shared.kind = 0 AND shared.owner_id = j.owner_id",
        "",
        "police visit",
    ),
    Filter(
        "joint visits of other partners",
        KNOWN,
        "j.partner_id = s.organisation_id\n        AND EXISTS",
        "EXISTS",
        "police visit",
    ),
    Filter(
        "whom another organisation may name",
        "store.nameable_members",
        "m.organisation_id = s.organisation_id\n        AND m.role",
        "m.role",
        "police visit",
    ),
    Filter(
        "label under a hidden place",
        "access.label_under",
        "AND (get_bit(ring, p.lock_id) = 1 OR p.id = ANY (access.opened()))",
        "",
        "charity clearance 1",
    ),
    Filter(
        "label in a hidden operation", "access.label_for", "AND om.membership_id = s.membership_id", "", "charity visit"
    ),
    Filter(
        "counts of exact places only",
        "layers.place_cells",
        "AND get_bit(ring, c.lock_id - step.step + 4) = 1",
        "",
        "police visit",
    ),
    Filter(
        "planned visits that are known",
        "store.planned_visits",
        "AND access.is_set(ring, access.lock_of(v.lock_id >> 5, 1, for_step))",
        "",
        "charity analyst",
    ),
    Filter("operation of an import", "imports.own", IN_OPERATION, "", "charity admin"),
    Filter("duplicates in hidden imports", "imports.find_known", IN_OPERATION, "", "charity admin"),
    Filter(
        "import for a hidden operation",
        "imports.receive",
        "AND om.membership_id = me.membership_id",
        "",
        "charity admin",
    ),
)


AUDITED = Filter(
    "what an entry of the audit says", "audit.open_looks", "'minutes', 5",
    "'minutes', (SELECT count(*) FROM store.place_cell)", "police visit",
)  # fmt: skip
"""No filter, but what one would be needed for: an entry in the reader's own chain that counts all there is."""
