"""Hiding: one touch, and every page of ours is about kitchen measures until the front page is opened again."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from web.rendering import Pages

router = APIRouter(include_in_schema=False)
COOKIE = "measures"
MEASURES = "/measures"


class Hidden(PermissionError):
    """This browser was hidden: what it asks for now, a step back included, is answered with the neutral page."""


def refuse_while_hidden(request: Request) -> None:
    """Raise Hidden while the browser is hidden."""
    if COOKIE in request.cookies:
        raise Hidden


def neutral_page() -> Response:
    """Lead to the neutral page."""
    return RedirectResponse(MEASURES, status_code=303)


@router.get(MEASURES)
def measures(request: Request) -> Response:
    """Show kitchen measures, which say nothing of us, and hide every other page from here on."""
    pages: Pages = request.app.state.pages
    answer = pages.page(request, "measures.html")
    answer.set_cookie(COOKIE, "cups", path="/", httponly=True, samesite="strict")
    return answer


def show_again(answer: Response) -> None:
    """Let the browser see our pages again."""
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
