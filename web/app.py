"""The whole application: the API, the pages and the static files."""

from fastapi import FastAPI

from api.app import create_api
from api.backing import Settings, open_backing
from web import (
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
from web.vendor import STATIC, vendor_files

_RECORDS = (new_place_pages, card_pages, edit_pages, note_pages, visit_pages, review_pages)
"""The pages on which workers read and record; that of a new place before the cards, whose ids are anything."""


def create_app(settings: Settings) -> FastAPI:
    """Return the application, connected. Raises AssetsMissing when third-party browser files are not there."""
    pages = Pages(vendor_files())
    app = create_api(open_backing(settings))
    app.state.pages = pages
    for part in (hiding, sign_in_pages, map_pages, *_RECORDS):
        app.include_router(part.router)
    app.mount("/static", BrowserFiles(directory=STATIC), name="static")
    error_pages.install(app, pages)
    return app
