"""Files that come in as forms: streamed to the disk, bounded while they come, and what is said beside them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from data.imports.limits import Limits, size_in_words
from data.imports.receive import Offer
from data.imports.refusals import FileRefused, FileTooLarge

_ROOM_FOR_FIELDS = 1 << 20
LARGEST_UPLOAD = Limits().file_bytes + _ROOM_FOR_FIELDS
"""Bytes of a request that brings a file, beyond which the framework ends it."""


@asynccontextmanager
async def uploaded(request: Request, limits: Limits) -> AsyncIterator[FormData]:
    """Give the form of a request, its file on the disk until the block ends. Raises FileRefused, FileTooLarge."""
    size = request.headers.get("content-length", "")
    if size.isdecimal() and int(size) > limits.file_bytes + _ROOM_FOR_FIELDS:
        raise _too_large(limits.file_bytes)
    try:
        async with _limited(request, limits.file_bytes).form(max_files=1, max_fields=20) as form:
            yield form
    except HTTPException as error:
        raise FileRefused("The form is damaged or cut short; expected a whole one.") from error


def file_of(form: FormData) -> UploadFile:
    """Return the file of a form. Raises FileRefused when none came."""
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        raise FileRefused("No file came; expected one as the field `file` of a multipart form.", column="file")
    return upload


def offer_of(form: FormData, file_name: str) -> Offer:
    """Return what a form says of its file. Raises FileRefused."""
    return Offer(
        file_name=file_name[-200:],
        source=field_of(form, "source", str, file_name[-200:]),
        collected_for=field_of(form, "collected_for", str, ""),
        sensitivity=field_of(form, "sensitivity", int, 2),
        operation=field_of(form, "operation", UUID, None),
    )


def field_of(form: FormData, name: str, read: Callable[[str], Any], otherwise: object) -> Any:  # noqa: ANN401
    """Return a field as `read` makes it of its text, `otherwise` without one. Raises FileRefused."""
    value = form.get(name)
    if not isinstance(value, str) or not value:
        return otherwise
    try:
        return read(value)
    except (ValueError, ValidationError) as error:
        raise FileRefused(f"The form's field `{name}` cannot be read.", column=name, said=value[:60]) from error


def _limited(request: Request, most: int) -> Request:
    """Return the request with a body that ends in FileTooLarge when it goes on too long."""
    seen = 0

    async def receive() -> Any:  # noqa: ANN401 - a message of ASGI
        nonlocal seen
        message = await request.receive()
        seen += len(message.get("body", b""))
        if seen > most + _ROOM_FOR_FIELDS:
            raise _too_large(most)
        return message

    return Request(request.scope, receive)


def _too_large(most: int) -> FileTooLarge:
    return FileTooLarge(f"The file is larger than is taken; expected at most {size_in_words(most)}.")
