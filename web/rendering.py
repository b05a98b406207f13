"""Templates to answers. Every value is escaped; what a page needs beyond its own values is added here."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from data.sessions import IDLE_MINUTES, SessionFacts
from web import frame, words
from web.vendor import VendorFiles

TEMPLATES = Path(__file__).parent / "templates"
NIGHT_MEDIA = {"night": "all", "day": "not all"}
AS_THE_DEVICE = "(prefers-color-scheme: dark)"


class Pages:
    """Renders templates by name."""

    def __init__(self, vendor: VendorFiles) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            purpose=words.purpose_title,
            attend_rule=words.attend_rule,
            attend_advice=words.attend_advice,
            clock_time=frame.clock_time,
            day=words.day,
            in_words=words.in_words,
            vendor=vendor.address,
        )

    def page(
        self,
        request: Request,
        template: str,
        *,
        me: SessionFacts | None = None,
        status: int = 200,
        **values: Any,  # noqa: ANN401  # a template's own values
    ) -> HTMLResponse:
        """Return the page `template` with `values`; `me` says who is signed in, None for nobody."""
        colours = request.cookies.get("colours", "")
        everything = {
            "me": me,
            "is_demo": False,
            "notice": "",
            "here": request.url.path,
            "ways": frame.ways(me) if me else None,
            "idle_minutes": IDLE_MINUTES,
            "night_media": NIGHT_MEDIA.get(colours, AS_THE_DEVICE),
            **values,
        }
        return HTMLResponse(self._environment.get_template(template).render(everything), status_code=status)
