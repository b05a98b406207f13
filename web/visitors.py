"""Whoever asks for a page: the request, the service behind it, and the pages to answer with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse

from api.backing import Backing
from api.identity import backing_of, token_of
from data.database import NotSignedIn
from data.sessions import SessionFacts, is_demo, my_session
from web.hiding import refuse_while_hidden
from web.notices import notice_of
from web.rendering import Pages


@dataclass(frozen=True)
class Visitor:
    """One request for a page. Who it comes from is for the database to say."""

    request: Request
    backing: Backing
    pages: Pages

    @property
    def token(self) -> str | None:
        """Return the session's token. Raises CrossOrigin."""
        return token_of(self.request)

    def me(self) -> SessionFacts:
        """Return what the visitor is told about their session. Raises NotSignedIn, CrossOrigin."""
        return my_session(self.backing.pool, self.token)

    def me_or_nobody(self) -> SessionFacts | None:
        """Return the same, or None for a stranger."""
        try:
            return self.me()
        except NotSignedIn:
            return None

    def notice_among(self, notices: Mapping[str, str]) -> str:
        """Return the notice that the address names by a key, if any: what was done just now."""
        return notice_of(self.request, notices)

    def page(self, template: str, *, me: SessionFacts | None, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401  # a template's own values
        """Return a page that says for whom and for what purpose it is."""
        is_a_demo = me.is_demo if me else is_demo(self.backing.pool)
        return self.pages.page(self.request, template, status=status, me=me, is_demo=is_a_demo, **values)


def visitor_of(request: Request) -> Visitor:
    """Return the visitor of a request. Raises Hidden while their browser is hidden."""
    refuse_while_hidden(request)
    return Visitor(request, backing_of(request), request.app.state.pages)


async def form_of(request: Request) -> FormData:
    """Return the form that came with a request, read whole."""
    return await request.form()


VisitorNow = Annotated[Visitor, Depends(visitor_of)]
FormNow = Annotated[FormData, Depends(form_of)]
