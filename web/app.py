"""The whole application: the API, the pages and the static files."""

from fastapi import FastAPI

from api.app import create_api
from api.backing import Backing, open_backing
from api.settings import Settings
from web import (
    account_pages,
    agreement_pages,
    audit_pages,
    backdrop_pages,
    briefing_pages,
    card_pages,
    contact_pages,
    coverage_pages,
    deconfliction_pages,
    duty_desk_pages,
    edit_pages,
    error_pages,
    hiding,
    hotspot_pages,
    hotspot_report_pages,
    import_pages,
    import_step_pages,
    initiative_pages,
    joint_visit_pages,
    map_pages,
    new_place_pages,
    note_pages,
    operation_pages,
    pack_pages,
    people_pages,
    plan_pages,
    planning_pages,
    release_pages,
    retention_pages,
    review_pages,
    search_pages,
    sheet_pages,
    sign_in_pages,
    team_pages,
    today_pages,
    visit_pages,
    who_sees_what_pages,
)
from web.backdrop_pages import usable_backdrop
from web.import_work import ImportWork
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
    joint_visit_pages.router,
    review_pages.router,
    retention_pages.router,
    duty_desk_pages.router,
    plan_pages.router,
    hotspot_pages.router,
    hotspot_report_pages.router,
    coverage_pages.router,
    contact_pages.router,  # Before the shifts, whose ids are anything.
    today_pages.router,
    release_pages.router,
    pack_pages.router,
    planning_pages.router,
    team_pages.router,
    search_pages.router,
    backdrop_pages.router,
    people_pages.router,
    agreement_pages.router,
    operation_pages.router,
    deconfliction_pages.router,
    who_sees_what_pages.router,
    account_pages.router,
    audit_pages.router,
    sheet_pages.router,
    import_pages.router,
    import_step_pages.router,
    initiative_pages.router,
    briefing_pages.router,
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
    app.state.import_work = ImportWork()
    app.state.backdrop = usable_backdrop(backing.settings.backdrops)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", BrowserFiles(directory=STATIC), name="static")
    error_pages.install(app, pages)
    return app
