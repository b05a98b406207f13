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
    cookie = request.cookies.get(COOKIE) or request.cookies.get(PLAIN_COOKIE)
    if cookie:
        check_origin(request)
    return cookie


def check_origin(request: Request) -> None:
    """Raise CrossOrigin unless the browser says that our own page asks, or no page does."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"} and not _is_first_visit(request, site):
        raise CrossOrigin("A page of another origin asked for this with your sign-in; it was refused.")
    origin = request.headers.get("origin")
    if request.method not in _SAFE and origin is not None and origin != _own_origin(request):
        raise CrossOrigin("A page of another origin asked for this with your sign-in; it was refused.")


def _is_first_visit(request: Request, site: str) -> bool:
    """A link from elsewhere may open a page; SameSite=Strict has kept the cookie back from it already."""
    return (
        site in {"cross-site", "same-site"}
        and request.headers.get("sec-fetch-mode") == "navigate"
        and request.method == "GET"
    )


def _own_origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def required_token(token: Annotated[str | None, Depends(token_of)]) -> str:
    """Return the token that came with the request; whether it opens anything, the database says.

    Raises NotSignedIn without one, before anything else of the request is judged.
    """
    if not token:
        raise NotSignedIn("Sign in first: no live session belongs to this request.")
    return token


BackingNow = Annotated[Backing, Depends(backing_of)]
Token = Annotated[str, Depends(required_token)]
