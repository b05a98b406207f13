"""Answers whose head and body leave in one write: the same bytes as ever, none of them held back."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from scripts.joined_writes import JoinedWrites

LONG = 5_000_000


class Application:
    """Answers at /short, /long and, in two parts of which the second waits for `may_end`, at /parts."""

    def __init__(self) -> None:
        self.may_end = asyncio.Event()
        self.loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.loop = asyncio.get_running_loop()
        body = b"x" * LONG if scope["path"] == "/long" else b"short"
        headers = [] if scope["path"] == "/parts" else [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        if scope["path"] == "/parts":
            await send(_part(b"first", more=True))
            await self.may_end.wait()
        await send(_part(body))


def _part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": more}


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def line(application: Application) -> Iterator[socket.socket]:
    """Give a connection to a server with this protocol."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(application, http=JoinedWrites, lifespan="off", log_level="critical")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        with socket.create_connection(listening.getsockname(), timeout=60) as line:
            yield line
        server.should_exit = True
        thread.join()


def ask(line: socket.socket, path: str, *more: str) -> None:
    head = [f"GET {path} HTTP/1.1", "Host: here", *more, "", ""]
    line.sendall("\r\n".join(head).encode())


def until(line: socket.socket, end: bytes) -> bytes:
    """Return what comes up to and with these bytes."""
    found = b""
    while not found.endswith(end):
        part = line.recv(1 << 20)
        assert part, "it ended before"
        found += part
    return found


def test_head_and_body_come_together(line: socket.socket) -> None:
    ask(line, "/short")
    found = line.recv(1 << 20)
    assert found.startswith(b"HTTP/1.1 200 OK\r\n")
    assert found.endswith(b"\r\n\r\nshort")


def test_a_long_body_comes_whole(line: socket.socket) -> None:
    ask(line, "/long", "Connection: close")
    found = b"".join(iter(lambda: line.recv(1 << 20), b""))
    assert found.partition(b"\r\n\r\n")[2] == b"x" * LONG


def test_a_part_is_not_held_until_the_next_one(line: socket.socket, application: Application) -> None:
    ask(line, "/parts")
    assert b"transfer-encoding: chunked" in until(line, b"5\r\nfirst\r\n")
    assert application.loop is not None
    application.loop.call_soon_threadsafe(application.may_end.set)
    assert until(line, b"0\r\n\r\n") == b"5\r\nshort\r\n0\r\n\r\n"


def test_questions_sent_together_are_answered_in_their_order(line: socket.socket) -> None:
    ask(line, "/long")
    ask(line, "/short")
    found = until(line, b"short")
    assert found.count(b"HTTP/1.1 200 OK") == 2
    assert found.index(b"x" * LONG) < found.rindex(b"HTTP/1.1 200 OK")
