"""Who is asking: the token of a cookie or a bearer header, handed on unread."""

from typing import Annotated

from fastapi import Depends, Request

from api.backing import Backing
from data.database import NotSignedIn

COOKIE = "__Host-waymark"
PLAIN_COOKIE = "waymark"
_SAFE = {"GET", "HEAD", "OPTIONS"}


class CrossOrigin(PermissionError):
    """A page of another origin tried to change something with a person's cookie."""


def backing_of(request: Request) -> Backing:
    """Return the service that this application was made with."""
    backing: Backing = request.app.state.backing
    return backing


def token_of(request: Request) -> str | None:
    """Return the token that came with the request, bearer before cookie; None without one.

    Raises CrossOrigin when a cookie comes with a change, or with anything at all, asked for by another origin.
    """
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer:
        return bearer.strip()
    cookie = request.cookies.get(cookie_name(request))
    if cookie:
        check_origin(request)
    return cookie


def cookie_name(request: Request) -> str:
    """Return the name of the cookie that carries a session here.

    Where it can be Secure, only one whose name begins with __Host-: any other could come from a neighbouring host, so
    that somebody would work in a stranger's session.
    """
    is_secure = request.url.scheme == "https" or request.url.hostname in {"127.0.0.1", "localhost"}
    return COOKIE if is_secure else PLAIN_COOKIE


def check_origin(request: Request) -> None:
    """Raise CrossOrigin unless the browser says that our own page asks, or no page does.

    Sec-Fetch-Site decides where the browser sends it: under our Referrer-Policy a form's Origin is "null".
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is None:
        is_ours = request.method in _SAFE or origin in {None, _own_origin(request)}
    else:
        is_ours = site in {"same-origin", "none"} or _is_first_visit(request)
    if not is_ours:
        raise CrossOrigin("A page of another origin asked for this with your sign-in; it was refused.")


def _is_first_visit(request: Request) -> bool:
    """A link from elsewhere may open a page; SameSite=Strict has kept the cookie back from it already."""
    return request.method == "GET" and request.headers.get("sec-fetch-mode") == "navigate"


def _own_origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def required_token(token: str | None) -> str:
    """Return the token that came with the request; whether it opens anything, the database says.

    Raises NotSignedIn without one, or with one that no service gave out, before anything else of the request
    is judged.
    """
    if not token or not token.isascii() or not token.isprintable():
        raise NotSignedIn("Sign in first: no live session belongs to this request.")
    return token


# These wait for nothing. As plain functions each would cost a thread of the framework.
async def _backing(request: Request) -> Backing:
    return backing_of(request)


async def _token(request: Request) -> str:
    return required_token(token_of(request))


BackingNow = Annotated[Backing, Depends(_backing)]
Token = Annotated[str, Depends(_token)]
