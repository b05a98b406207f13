"""How others keep things, who is at their desks and what they speak: nothing that one session may feel."""

from collections.abc import Callable
from uuid import UUID

Do = Callable[..., None]
_OTHERS = "o.id NOT IN (SELECT m.organisation_id FROM access.membership AS m WHERE m.id = %s)"


def change_periods(do: Do, membership: UUID | None) -> None:
    """Let every other organisation keep all for a month, be reached otherwise, and its people be on duty and speak."""
    do(
        "periods made shorter",
        "INSERT INTO access.retention SELECT o.id, r.rule, r.shortest, m.id, access.clock()"
        " FROM access.organisation AS o CROSS JOIN reference.retention AS r"
        " CROSS JOIN LATERAL (SELECT k.id FROM access.membership AS k LIMIT 1) AS m"
        f" WHERE {_OTHERS}",
        membership,
    )
    do(
        "desks of others staffed",
        "INSERT INTO access.duty_desk_member SELECT m.organisation_id, m.id FROM access.membership AS m"
        " JOIN access.duty_desk AS o ON o.organisation_id = m.organisation_id"
        f" WHERE m.role = 'outreach' AND {_OTHERS.replace('o.id', 'm.organisation_id', 1)} ON CONFLICT DO NOTHING",
        membership,
    )
    do(
        "languages of others said",
        "INSERT INTO access.membership_language SELECT o.mid, 'thai' FROM"
        " (SELECT m.organisation_id AS id, m.id AS mid FROM access.membership AS m WHERE m.role = 'outreach') AS o"
        f" WHERE {_OTHERS}",
        membership,
    )
    do(
        "words said and tried",
        "INSERT INTO access.word_said (shift_id, at, is_duress)"
        " SELECT h.id, access.clock(), true FROM access.shift AS h",
    )
    do(
        "wrong words told of to desks",
        "INSERT INTO access.notice"
        " (reference, organisation_id, kind, is_enforcement, about, desk_of, created_at, due_at)"
        " SELECT upper(concat_ws('-', left(r.hex, 4), substr(r.hex, 5, 4), substr(r.hex, 9, 4))), h.organisation_id,"
        " 'wrong_words', h.is_enforcement, h.id, h.organisation_id, access.clock(), access.clock()"
        " FROM access.shift AS h CROSS JOIN LATERAL (SELECT md5(h.id::text) AS hex) AS r",
    )
