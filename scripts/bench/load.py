"""h2load over HTTP/1.1 on every side: clients that walk together through the same paths, again and again."""

import re
import shlex
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import click

from scripts.bench.pgbench import share
from scripts.bench.processes import require

_FINISHED: Final = re.compile(r"finished in ([\d.]+)(us|ms|s),")
_SUCCEEDED: Final = re.compile(r"requests: (\d+) total.*?(\d+) succeeded", re.DOTALL)
_UNITS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


@dataclass(frozen=True, kw_only=True)
class Walk:
    """Paths that are asked of one server, and the headers of each request, which are not shown."""

    base: str
    paths: Sequence[str]
    file: Path
    headers: Sequence[str] = field(default=(), repr=False)

    def addresses(self) -> list[str]:
        """Return the addresses in their order."""
        return [self.base + path for path in self.paths]

    def command(self, client: int, requests: int) -> list[str]:
        """Return the command of one client, without headers."""
        return ["h2load", "--h1", f"--input-file={self.file}.{client}", "--clients=1", f"--requests={requests}"]

    def shown(self, clients: int) -> str:
        """Return the command as one would type it."""
        command = shlex.join(self.command(0, share(len(self.paths), clients)))
        return command if clients == 1 else f"{clients} times at once: {command}"

    def rate(self, clients: int, passes: int) -> float:
        """Return requests a second; in a pass the clients walk once through all paths together.

        Each client is a process, because those of one h2load all begin at the first path.
        """
        require("h2load", packages="nghttp2-client")
        part = share(len(self.paths), clients)
        asked = self.addresses()
        headers = [word for header in self.headers for word in ("--header", header)]
        running = []
        for client in range(clients):
            begin = client * part % len(asked)
            Path(f"{self.file}.{client}").write_text("\n".join([*asked[begin:], *asked[:begin], ""]))
        for client in range(clients):
            command = [*self.command(client, part * passes), *headers]
            running.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        said = [process.communicate()[0] for process in running]
        return part * passes * clients / max(self._seconds(text) for text in said)

    def bodies(self) -> list[bytes]:
        """Return what is answered at each path, asked once."""
        return [fetched(address, self.headers).body for address in self.addresses()]

    def _seconds(self, said: str) -> float:
        finished, succeeded = _FINISHED.search(said), _SUCCEEDED.search(said)
        if not finished or not succeeded or succeeded[1] != succeeded[2]:
            raise click.ClickException(f"{self.shown(1)} failed: {said.strip()[-600:]}")
        return float(finished[1]) * _UNITS[finished[2]]


@dataclass(frozen=True)
class Answer:
    """What came back: status, ETag and body."""

    status: int
    etag: str
    body: bytes


def fetched(address: str, headers: Sequence[str] = ()) -> Answer:
    """Return the answer at an address on this machine. Raises urllib's HTTPError for 400 and above."""
    request = urllib.request.Request(address)  # noqa: S310 - addresses of servers that we started
    for header in headers:
        name, _, value = header.partition(": ")
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
            return Answer(answer.status, answer.headers.get("etag", ""), answer.read())
    except urllib.error.HTTPError as error:
        if error.code >= 400:
            raise
        return Answer(error.code, error.headers.get("etag", ""), error.read())
