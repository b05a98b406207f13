"""An admin who imports, over HTTP without scripts: what is sent, and what the pages say."""

import re
from dataclasses import dataclass
from html import unescape

import httpx2

from tests.web.test_pages import typed

HOSTILE_NAME = "<img src=x onerror=alert(1)>"
HOSTILE = (
    "name,address,postcode,lon,lat,ref,status\n"
    f"{HOSTILE_NAME},</script><script>alert(2)</script>,B1 1AY,-1.90,52.48,h1,open\n"
    '"=HYPERLINK(""x"")",+44 row,B1 1AZ,-1.901,52.481,h2,maybe\n'
    "\u202eliaN\u202c bar,\u200fstreet,zzz,-1.902,52.482,h3,open\n"
    f"{HOSTILE_NAME},again,B1 1AY,-1.90001,52.48,h4,open\n"
    '"<b onmouseover=alert(3)>","=cmd|\' /C calc\'!A0",,<script>,52,h5,open\n'
)


@dataclass(frozen=True)
class Admin:
    """An admin's browser."""

    browser: httpx2.Client

    def sign_in(self, who: str = "admin@charity") -> None:
        answer = self.browser.post("/sign-in", data=typed(who, "administration"))
        assert answer.headers.get("location") == "/imports", answer.text
        self.browser.headers["Cookie"] = answer.headers["set-cookie"].partition(";")[0]

    def send(self, content: str | bytes, name: str = "places.csv", **fields: str) -> httpx2.Response:
        """Send a file as the form does."""
        body = content if isinstance(content, bytes) else content.encode()
        given = {"collected_for": "safeguarding", "sensitivity": "2", "source": "", "sheet": "", "operation": ""}
        return self.browser.post("/imports/new", data=given | fields, files={"file": (name, body, "text/csv")})

    def staged(self, content: str | bytes, name: str = "places.csv", **fields: str) -> str:
        """Send a file that is understood; the path of its import."""
        answer = self.send(content, name, **fields)
        assert answer.status_code == 303, said(answer)
        path, _, step = answer.headers["location"].rpartition("/")
        assert step == "columns", answer.headers["location"]
        return path

    def committed(self, content: str | bytes, name: str = "places.csv", **fields: str) -> str:
        """Send a file and make places of it; the path of its import."""
        path = self.staged(content, name, **fields)
        answer = self.browser.post(f"{path}/commit")
        assert answer.headers.get("location") == f"{path}?done=committed", said(answer)
        return path

    def choices(self, path: str) -> dict[str, str]:
        """Return the columns' form as it is filled in."""
        page = self.browser.get(f"{path}/columns").text
        filled = {}
        for name, options in re.findall(r'<select[^>]*name="(column-\d+)"(.*?)</select>', page, re.DOTALL):
            filled[name] = (re.findall(r'<option value="(\w*)" selected>', options) or [""])[0]
        return filled | {"name_pattern": "", "kind_default": "other", "duplicates": "skip"}

    def counts(self, path: str) -> dict[str, int]:
        """Return the counts of the check by verdict."""
        page = self.browser.get(f"{path}/check").text
        return {verdict: int(rows) for verdict, rows in re.findall(r'data-count="(\w+)">(\d+)<', page)}


def said(answer: httpx2.Response) -> str:
    """Return the words of a page, without its markup."""
    main = answer.text.partition('<main id="main"')[2].partition("</main>")[0].partition(">")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())
