"""Programs that a benchmark starts and stops, and the processor time of processes."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median

import click
import psycopg

SECONDS_TO_ANSWER = 60


def require(*programs: str, packages: str) -> None:
    """Raise a sentence unless these programs are installed; as root, install Debian's packages first."""
    missing = [program for program in programs if not _found(program)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        click.echo(f"Installing {packages}.")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends", *packages.split()]
        subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
        missing = [program for program in programs if not _found(program)]
    if missing:
        raise click.ClickException(f"Not on this machine: {', '.join(missing)}. Install {packages}, then run again.")


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(
    command: Sequence[str], *, log: Path, port: int | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Give a program in the foreground, once it answers on its port; it is stopped at the end."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, stdout=said, stderr=said, env={**os.environ, **(environment or {})}, start_new_session=True
        )
    try:
        if port is not None:
            _wait_for(port, process, log)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        # What the program started and left behind, such as a FastCGI process that waits for a request.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def cpu_seconds(pid: int) -> float:
    """Return the processor time that the living threads of a process have used."""
    return sum(int((task / "schedstat").read_text().split()[0]) / 1e9 for task in Path(f"/proc/{pid}/task").iterdir())


def processor_turns(
    first: tuple[psycopg.Connection, Callable[[], object]],
    second: tuple[psycopg.Connection, Callable[[], object]],
    *,
    rounds: int,
) -> tuple[float, float]:
    """Return seconds of processor that the two connections' backends use, in turns: medians after a first round."""
    spent: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds + 1):
        for side, (conn, ask) in enumerate((first, second)):
            before = _backend_seconds(conn)
            ask()
            spent[side].append(_backend_seconds(conn) - before)
    return median(spent[0][1:]), median(spent[1][1:])


def _backend_seconds(conn: psycopg.Connection) -> float:
    return int(Path(f"/proc/{conn.info.backend_pid}/schedstat").read_text().split()[0]) / 1e9


def _found(program: str) -> bool:
    return shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None or Path(program).exists()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise click.ClickException(f"{process.args!r} does not answer; its log is {log}.")
