"""The whole application: the API, the pages and the static files."""

from fastapi import FastAPI

from api.app import create_api
from api.backing import Settings, open_backing
from web import card_pages, error_pages, hiding, map_pages, note_pages, sign_in_pages, visit_pages
from web.rendering import Pages
from web.static_files import BrowserFiles
from web.vendor import STATIC, vendor_files


def create_app(settings: Settings) -> FastAPI:
    """Return the application, connected. Raises AssetsMissing when third-party browser files are not there."""
    pages = Pages(vendor_files())
    app = create_api(open_backing(settings))
    app.state.pages = pages
    for room in (hiding, sign_in_pages, map_pages, card_pages, note_pages, visit_pages):
        app.include_router(room.router)
    app.mount("/static", BrowserFiles(directory=STATIC), name="static")
    error_pages.install(app, pages)
    return app
