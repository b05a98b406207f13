"""The API as one application: routers, errors, headers. Pages are put on top by web."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Response
from starlette.types import Receive, Scope, Send

from api import (
    account,
    briefings,
    collections,
    coverage,
    errors,
    features,
    hotspots,
    imports,
    initiatives,
    joint_visits,
    places,
    planning_settings,
    plans,
    releases,
    sessions,
    shifts,
    teams,
    tiles,
)
from api.answers import json_answer
from api.backing import Backing
from api.headers import WithHeaders
from api.identity import BackingNow
from api.short_way import ShortWay
from data.sessions import is_demo

LARGEST_BODY = 1024 * 1024
"""Bytes of a request that brings no file: a note has 10,000 characters at most."""

PUBLIC = {
    ("get", "/api/health"),
    ("post", "/api/session"),
    ("post", "/api/session/passkey"),
    ("post", "/api/session/passkey/options"),
}
"""Operations that strangers may call; every other one refuses them."""

health = APIRouter(tags=["health"])


@health.get("/health")
def healthy(backing: BackingNow) -> Response:
    """Say that the service and its database answer, and whether this is a demo."""
    return json_answer({"status": "ok", "is_demo": is_demo(backing.pool)})


class Application(FastAPI):
    """The framework's application behind the short way, and our headers on every answer of both."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - whatever the framework takes
        super().__init__(**settings)
        self._outside = WithHeaders(ShortWay(super().__call__))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        scope["app"] = self
        await self._outside(scope, receive, send)


def create_api(backing: Backing) -> FastAPI:
    """Return the application with the whole API under /api; it closes the service when it stops."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        backing.close()

    app = Application(
        title="Waymark",
        version="0.1.0",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        max_body_size=LARGEST_BODY,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.backing = backing
    app.router.redirect_slashes = False
    for router in (
        features.router,  # First, for routes are tried in this order, and maps ask the most.
        tiles.router,
        health,
        sessions.router,
        account.router,
        collections.router,
        places.router,
        plans.router,
        hotspots.router,
        coverage.router,
        releases.router,
        shifts.router,
        planning_settings.router,
        teams.router,
        joint_visits.router,
        imports.router,
        initiatives.router,
        briefings.router,
    ):
        app.include_router(router, prefix="/api")
    errors.install(app)
    return app
