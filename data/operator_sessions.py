"""Sessions that the operator of the server opens on somebody's behalf, for commands with `--as EMAIL`."""

import hashlib
import secrets

from psycopg import Connection

from data.database import enter, queries
from data.people import NoSuchUser, audit


def act_as(conn: Connection, email: str, *, purpose: str, organisation: str | None = None) -> None:
    """Enter, in the transaction that `conn` is in, as the person who may choose this purpose.

    The audit says that the operator opened the session. The connection is the operator's; no token leaves
    this function, so the session is over with the transaction. Raises NoSuchUser.
    """
    rows = conn.execute(queries("people")["memberships_for"], {"email": email, "purpose": purpose}).fetchall()
    found = [row for row in rows if organisation in (None, row[1])]
    if len(found) != 1:
        raise NoSuchUser(
            f"{len(found) or 'No'} live memberships of {email!r} may choose the purpose {purpose}"
            + (": name the organisation as well." if found else ".")
        )
    membership = found[0][0]
    token = secrets.token_urlsafe(32)
    values = {
        "membership": membership,
        "purpose": purpose,
        "token_hash": hashlib.sha256(token.encode()).digest(),
    }
    conn.execute(queries("people")["open_session"], values)
    entered = enter(conn, token)
    audit(
        conn,
        entered.organisation_id,
        what="the operator opened a session for a member",
        membership=membership,
        session=entered.session_id,
    )
