"""Errors of pages as pages: what happened, and what to do. The API's own answers stay problem documents."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from inspect import isawaitable

import orjson
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from api.identity import CrossOrigin
from data.database import Unavailable
from data.sessions import SessionFacts, SignInRefused
from web.hiding import Hidden, neutral_page
from web.holding import held_of
from web.rendering import Pages
from web.sign_in_pages import too_late
from web.visitors import Visitor, visitor_of

Handler = Callable[[Request, Exception], Response | Awaitable[Response]]


HEADINGS = {
    400: "That could not be understood",
    403: "That was refused",
    404: "There is nothing here that you may see",
    405: "That cannot be done here",
    409: "Somebody was quicker",
    413: "That is too large",
    422: "Something is missing or not as expected",
    429: "Wait a moment",
    503: "The service cannot answer now",
}
WHAT_TO_DO = {
    404: "It may have been removed, or it may not be for this session. Both look the same.",
    503: "Nothing was shown or changed. Try again in a minute. In danger, call 999.",
}


def install(app: FastAPI, pages: Pages) -> None:
    """Let every error handler of `app` answer with a page outside /api."""
    for kind, handler in list(app.exception_handlers.items()):
        app.add_exception_handler(kind, _page_or(handler, pages))
    app.add_exception_handler(Hidden, lambda _request, _error: neutral_page())


def _page_or(handler: Handler, pages: Pages) -> Handler:
    async def answer(request: Request, error: Exception) -> Response:
        made = handler(request, error)
        problem = await made if isawaitable(made) else made
        if not request.url.path.startswith("/api"):
            problem = await _page(request, problem, pages)
        return problem

    return answer


async def _page(request: Request, problem: Response, pages: Pages) -> Response:
    """Turn a problem document into a page. Who is not signed in is led to where they can, with what they sent.

    A script that fetched a part of a page gets the bare status instead, and leads there itself.
    """
    status = problem.status_code
    if status == 401 and request.headers.get("sec-fetch-dest") != "empty":
        if (held := await held_of(request)) is not None:
            return await run_in_threadpool(too_late, visitor_of(request), held)
        return RedirectResponse("/sign-in?ended" if request.cookies else "/sign-in", status_code=303)
    detail = orjson.loads(problem.body).get("detail", "") if problem.body else ""
    try:
        me = await run_in_threadpool(_me, visitor_of(request)) if status < 500 else None
    except Hidden:
        return neutral_page()
    return pages.page(
        request,
        "error.html",
        me=me,
        is_demo=bool(me and me.is_demo),
        status=status,
        heading=HEADINGS.get(status, "Something went wrong on our side"),
        words=WHAT_TO_DO.get(status, detail),
    )


def _me(visitor: Visitor) -> SessionFacts | None:
    """Return who asks, so that the page keeps its frame and can be hidden; nobody where that cannot be said now."""
    with suppress(Unavailable, CrossOrigin, SignInRefused):
        return visitor.me_or_nobody()
    return None
