"""The whole application: the API, the pages and the static files."""

from fastapi import FastAPI

from api.app import create_api
from api.backing import Backing, Settings, open_backing
from web import (
    account_pages,
    audit_pages,
    card_pages,
    edit_pages,
    error_pages,
    hiding,
    map_pages,
    new_place_pages,
    note_pages,
    review_pages,
    sign_in_pages,
    visit_pages,
)
from web.rendering import Pages
from web.static_files import BrowserFiles
from web.vendor import STATIC, VendorFiles, vendor_files

ROUTERS = (
    hiding.router,
    sign_in_pages.router,
    map_pages.router,
    new_place_pages.router,  # Before the cards, whose ids are anything.
    card_pages.router,
    edit_pages.router,
    note_pages.router,
    visit_pages.router,
    review_pages.router,
    account_pages.router,
    audit_pages.router,
)
"""The pages: each route has a row in tests/web/page_matrix.py."""


def create_app(settings: Settings) -> FastAPI:
    """Return the application, connected. Raises AssetsMissing when third-party browser files are not there."""
    files = vendor_files()
    return with_pages(open_backing(settings), files)


def with_pages(backing: Backing, files: VendorFiles) -> FastAPI:
    """Return the application over a service that is connected already."""
    pages = Pages(files)
    app = create_api(backing)
    app.state.pages = pages
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", BrowserFiles(directory=STATIC), name="static")
    error_pages.install(app, pages)
    return app
