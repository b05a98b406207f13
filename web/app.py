"""The whole application: the API, the pages and the static files."""

from fastapi import FastAPI

from api.app import create_api
from api.backing import Backing, Settings, open_backing
from web import (
    account_pages,
    audit_pages,
    backdrop_pages,
    error_pages,
    hiding,
    map_pages,
    search_pages,
    sheet_pages,
    sign_in_pages,
)
from web.backdrop_pages import usable_backdrop
from web.rendering import Pages
from web.static_files import BrowserFiles
from web.vendor import STATIC, VendorFiles, vendor_files

ROUTERS = (
    hiding.router,
    sign_in_pages.router,
    map_pages.router,
    search_pages.router,
    backdrop_pages.router,
    account_pages.router,
    audit_pages.router,
    sheet_pages.router,
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
    app.state.backdrop = usable_backdrop(backing.settings.backdrops)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", BrowserFiles(directory=STATIC), name="static")
    error_pages.install(app, pages)
    return app
