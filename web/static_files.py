"""Our own files and other projects'. Only the latter, which carry their version in their address, may be kept."""

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

NEVER_CHANGES = "public, max-age=31536000, immutable"


class BrowserFiles(StaticFiles):
    """Static files, of which vendor files may be kept by browsers for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return the file, or raise what makes a 404."""
        answer = await super().get_response(path, scope)
        if path.startswith("vendor/") and answer.status_code in {200, 304}:
            answer.headers["Cache-Control"] = NEVER_CHANGES
        return answer
