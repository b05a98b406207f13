"""My account: the sessions that are open, and the passkeys. Ended and removed by form; a passkey is added by script."""

from fastapi import APIRouter, Response
from starlette.responses import RedirectResponse

from data.database import entered
from data.own_sessions import NoSuchSession, end_other_sessions, end_session, my_sessions
from data.passkeys import NoSuchPasskey, my_passkeys, remove_passkey
from data.place_hours import languages
from data.plans import colleagues, set_my_languages
from web.forms import Form, typed
from web.notices import uuid_of
from web.visitors import FormNow, VisitorNow

router = APIRouter(include_in_schema=False)
_NOTICES = {
    "ended": "The session was ended.",
    "alone": "Every other session of yours was ended.",
    "removed": "The passkey was removed.",
    "added": "The passkey was added. Use it the next time you sign in.",
    "spoken": "Saved. Whoever plans a shift with you sees it.",
}


@router.get("/account")
def account(visitor: VisitorNow) -> Response:
    """Show who is signed in, their sessions and their passkeys."""
    me = visitor.me()
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        sessions, passkeys = my_sessions(conn), my_passkeys(conn)
        is_planner = me.role == "outreach"
        mine = next((one for one in colleagues(conn) if one.is_me), None) if is_planner else None
        there = languages(conn) if is_planner else {}
    return visitor.page(
        "account.html",
        me=me,
        sessions=sessions,
        passkeys=passkeys,
        form=Form(values={"languages": list(mine.languages) if mine else []}),
        languages=[(slug, title, "") for slug, title in there.items()],
        notice=visitor.notice_among(_NOTICES),
    )


@router.post("/account/languages")
def speak(visitor: VisitorNow, data: FormNow) -> Response:
    """Say what one speaks, so that whoever plans a shift need not ask."""
    chosen = Form(values=typed(data, many=["languages"])).chosen("languages")
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        set_my_languages(conn, sorted(chosen))
    return RedirectResponse("/account?spoken", status_code=303)


@router.post("/account/sessions/end")
def end(visitor: VisitorNow, data: FormNow) -> Response:
    """End one session, or every other one."""
    asked = typed(data).get("session")
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        if asked:
            end_session(conn, uuid_of(str(asked), NoSuchSession("There is no such session, or it is over.")))
        else:
            end_other_sessions(conn)
    return RedirectResponse(f"/account?{'ended' if asked else 'alone'}", status_code=303)


@router.post("/account/passkeys/remove")
def remove(visitor: VisitorNow, data: FormNow) -> Response:
    """Remove a passkey."""
    with entered(visitor.backing.pool, visitor.token) as (conn, _):
        remove_passkey(conn, uuid_of(str(typed(data).get("passkey")), NoSuchPasskey("There is no such passkey.")))
    return RedirectResponse("/account?removed", status_code=303)
