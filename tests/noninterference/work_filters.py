"""Filters of what is done together: initiatives, briefings, releases, shifts, alarms, plans, teams."""

from tests.noninterference.one_filter import Filter

RELEASE = "access.may_read_release"
OPENINGS = """ON o.membership_id = k.membership_id
        WHERE k.token_hash = access.token_hash()
    ) THEN
        RETURN access.opened_by_joint_visits();
    END IF;
    by_alarms := ARRAY(
        SELECT o.place_id
        FROM access.live_session AS s
        JOIN access.opening AS o ON o.membership_id = s.membership_id"""
IN_A_PARTNER_S = (
    "INSERT INTO access.operation_member SELECT o.id, m.id FROM access.membership AS m"
    " JOIN access.organisation AS k ON k.id = m.organisation_id AND k.kind = 'charity'"
    " CROSS JOIN (SELECT min(p.id) AS id FROM access.operation AS p JOIN access.organisation AS q"
    " ON q.id = p.organisation_id AND q.kind = 'police') AS o WHERE m.role = 'admin'"
)
OTHERS_GO_THERE = (
    "UPDATE access.plan SET starts_at = starts_at - interval '1 hour', ends_at = ends_at - interval '1 hour',"
    " document = jsonb_set(document, '{plan,routes}', jsonb_build_array(jsonb_build_object('team', '1', 'calls',"
    " jsonb_build_array(jsonb_build_object('stop', p.id, 'start', 610)))))"
    " FROM store.place AS p WHERE p.name = 'Routine Yard' AND made_by IN (SELECT m.id FROM access.membership AS m"
    " JOIN access.organisation AS o ON o.id = m.organisation_id WHERE o.kind = 'police')"
)
"""Let the next plan of others lead to a place that is seen, and to no other: of a hidden stop the map tells nothing."""
OF_WORK = (
    Filter(
        "initiatives of others",
        "access.initiatives",
        "AND (i.organisation_id = s.organisation_id OR reports.agreement IS NOT NULL)",
        "",
        "charity visit",
    ),
    Filter(
        "initiatives that others published",
        "access.initiatives",
        "THEN access.reporting_agreement(i.organisation_id, s.organisation_id)",
        "THEN gen_random_uuid()",
        "charity analyst",
    ),
    Filter(
        "briefings of others",
        "access.briefings",
        "WHERE b.organisation_id = s.organisation_id OR reports.agreement IS NOT NULL",
        "",
        "charity analyst",
    ),
    Filter(
        "who reports to whom",
        "access.reporting_agreement",
        "a.provider_id = provider\n            AND a.recipient_id = recipient\n            AND",
        "",
        "charity analyst",
        also="UPDATE access.organisation SET kind = 'commissioner'",
    ),
    Filter("releases that wait", RELEASE, "WHEN r.state <> 'approved' THEN false", "", "police visit"),
    Filter("withdrawn counts of a map", RELEASE, "WHEN NOT access.rests_on_approved(r) THEN false", "", "police visit"),
    Filter(
        "releases for commissioners", RELEASE, "access.commissioner_agreement(s, r) IS NOT NULL", "true", "police visit"
    ),
    Filter(
        "end of the agreement with commissioners",
        "access.commissioner_agreement",
        "AND access.is_live(a, access.clock())",
        "",
        "commissioner, agreement suspended",
        also="UPDATE reference.cell_area SET area_id = 1",
    ),
    Filter(
        "operations that others are in",
        "access.operations_tell",
        "WHERE om.membership_id = s.membership_id",
        "",
        "charity admin",
    ),
    Filter(
        "what others decided of an operation",
        "access.operations_tell",
        "AND d.organisation_id = s.organisation_id",
        "",
        "charity admin",
        also=IN_A_PARTNER_S,
    ),
    Filter("recipient of a release", RELEASE, "AND a.recipient_id = s.organisation_id", "", "charity visit"),
    Filter("end of a release's agreement", RELEASE, "AND access.is_live(a, access.clock())", "", "nhs, agreement over"),
    Filter(
        "who goes on a shift",
        "access.parts_in",
        "sm.shift_id = h.id AND sm.membership_id = s.membership_id",
        "sm.shift_id = h.id",
        "charity visit",
    ),
    Filter("whose buddy", "access.parts_in", "WHERE h.buddy = s.membership_id", "", "charity visit"),
    Filter(
        "whose desk",
        "access.parts_in",
        "WHERE d.organisation_id = h.organisation_id AND d.membership_id = s.membership_id",
        "WHERE d.organisation_id = h.organisation_id",
        "charity visit",
        also="INSERT INTO access.duty_desk_member SELECT m.organisation_id, m.id FROM access.membership AS m"
        " JOIN access.duty_desk AS d ON d.organisation_id = m.organisation_id WHERE m.role = 'outreach'"
        " AND m.clearance = 1",
    ),
    Filter("desks of others", "access.my_duty_desk", "WHERE d.organisation_id = s.organisation_id", "", "police visit"),
    Filter(
        "how long others keep things",
        "access.my_retention",
        "ON o.organisation_id = s.organisation_id AND o.rule = r.rule",
        "ON o.rule = r.rule",
        "charity admin",
    ),
    Filter("whose notice", "access.is_for", "n.to_membership = s.membership_id", "true", "charity visit"),
    Filter(
        "planned visits of others",
        "access.planned_stops",
        "maker.organisation_id = s.organisation_id\n        AND p.state",
        "p.state",
        "charity visit",
    ),
    Filter(
        "plans of others on the map",
        "access.my_plan_stops",
        "p.made_by = s.membership_id\n            OR",
        "true OR",
        "charity visit",
        also=OTHERS_GO_THERE,
    ),
    Filter(
        "teams of others",
        "access.my_teams",
        "WHERE t.organisation_id = s.organisation_id",
        "",
        "charity visit",
    ),
    Filter(
        "how others plan",
        "access.my_planning_settings",
        "WHERE p.organisation_id = s.organisation_id",
        "ORDER BY p.version DESC LIMIT 1",
        "charity visit",
    ),
    Filter(
        "whose opening",
        "access.opened",
        OPENINGS,
        OPENINGS.replace("o.membership_id = k.membership_id", "true").replace(
            "o.membership_id = s.membership_id", "true"
        ),
        "charity clearance 1",
    ),
    Filter(
        "exclusion from what alarms open",
        "access.opened",
        "AND access.may_be_opened(l.id, s.membership_id, ARRAY[s.purpose])",
        "",
        "charity excluded member",
    ),
)
