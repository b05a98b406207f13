"""Links between OGC API documents."""

from fastapi import Request


def base_of(request: Request) -> str:
    """Return the address of the API's landing page, as the client wrote it."""
    return f"{request.url.scheme}://{request.headers.get('host', 'localhost')}/api"


def link(href: str, rel: str, media_type: str, **more: object) -> dict[str, object]:
    """Return one link."""
    return {"href": href, "rel": rel, "type": media_type, **more}
