"""A briefing as one HTML file that needs nothing else: the same data give the same bytes, for everybody, for ever."""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from layers.briefings import faults_of
from web.briefing_views import view_of
from web.vendor import STATIC

TEMPLATES: Final = Path(__file__).parent / "templates"
_BEGIN: Final = '<script type="application/json" id="briefing-data">'
_END: Final = "</script>"


class NotABriefing(ValueError):
    """A file that is not a briefing of ours."""


def briefing_html(document: Mapping[str, Any]) -> bytes:
    """Return a briefing as an HTML file, its own data in it."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    kept = json.dumps(document, ensure_ascii=True, sort_keys=True, separators=(",", ":")).replace("<", "\\u003c")
    page = environment.get_template("briefing_document.html").render(
        view=view_of(document), style=_style(), kept=f"{_BEGIN}{kept}{_END}"
    )
    return page.encode()


def policy_of_the_file() -> str:
    """Return the Content-Security-Policy with which the file is served: its own style, and nothing else at all."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def document_in(file: bytes) -> dict[str, Any]:
    """Return the data that an HTML file of a briefing carries. Raises NotABriefing."""
    try:
        data = file.decode().partition(_BEGIN)[2].partition(_END)[0]
        found = json.loads(data)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not {"figures", "counts", "comparisons", "quarters"} <= set(found):
        raise NotABriefing("This is no briefing; expected the HTML file of one.")
    return found


def faults_of_file(file: bytes) -> list[str]:
    """Return what in an HTML file is not as its data say, a sentence each. Raises NotABriefing."""
    document = document_in(file)
    try:
        faults = faults_of(document)
        printed = briefing_html(document)
    except (KeyError, TypeError, ValueError, LookupError) as error:
        raise NotABriefing("This is no briefing that can be printed; expected the HTML file of one.") from error
    return faults if printed == file else [*faults, "The file is not what its data print."]


def _style() -> str:
    return (STATIC / "css" / "briefing.css").read_text(encoding="utf-8")
