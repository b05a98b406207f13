"""The PostgreSQL programs of this machine, the ordinary account they run as, and their processes."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ACCOUNTS = ("postgres", "waymark")
DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")


class ServerMissing(RuntimeError):
    """PostgreSQL with PostGIS, or an account to run it as, is not on this machine."""


class ProgramFailed(RuntimeError):
    """A PostgreSQL program ended with an error; the message carries what it said."""


def programs(major: str | None = None) -> Path:
    """Return the directory of PostgreSQL's programs: of `major`, or of the newest that has PostGIS.

    Raises ServerMissing with what to install.
    """
    installed = sorted(
        (path.parent for path in DEBIAN_PROGRAMS.glob("*/bin/initdb")),
        key=lambda path: float(path.parent.name),
        reverse=True,
    )
    for directory in installed:
        has_postgis = (directory.parent / "lib" / "postgis-3.so").exists()
        if directory.parent.name == major or (major is None and has_postgis):
            return directory
    elsewhere = shutil.which("initdb")
    if elsewhere and not installed:
        return Path(elsewhere).resolve().parent
    raise ServerMissing(
        f"No PostgreSQL {major or 'with PostGIS'} was found under {DEBIAN_PROGRAMS} or on PATH: "
        f"install postgresql-{major or '15'} and postgresql-{major or '15'}-postgis-3."
    )


def server_account() -> pwd.struct_passwd:
    """Return the account that a new cluster runs as: ourselves or, when we are root, an ordinary one.

    Raises ServerMissing when root finds none of ACCOUNTS.
    """
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ServerMissing(
        f"PostgreSQL does not run as root, and this machine has no account {' or '.join(ACCOUNTS)}: "
        "make one with `useradd --system waymark`."
    )


def run_as(account: pwd.struct_passwd, command: Sequence[str | Path], *, check: bool = True) -> str:
    """Run a program as `account` and return what it printed.

    Raises ProgramFailed with the program's own words when it fails and `check` is true.
    """
    identity: dict[str, object] = {}
    if os.geteuid() == 0 and account.pw_uid != 0:
        groups = os.getgrouplist(account.pw_name, account.pw_gid)
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": groups}
    finished = subprocess.run(
        [str(word) for word in command],
        cwd="/",
        env={"PATH": os.defpath, "HOME": account.pw_dir, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        umask=0o077,
        **identity,  # type: ignore[call-overload]
    )
    if check and finished.returncode != 0:
        raise ProgramFailed(f"{Path(command[0]).name} failed ({finished.returncode}): {finished.stdout.strip()}")
    return str(finished.stdout)


def can_enter(account: pwd.struct_passwd, directory: Path) -> bool:
    """Return whether `account` can reach `directory` through every directory above it."""
    seen_from_there = run_as(account, ["/bin/sh", "-c", 'cd "$1" && echo yes', "sh", directory], check=False)
    return seen_from_there.strip() == "yes"


def command_line(pid: int) -> list[str]:
    """Return the words of a process's command line, none when there is no such process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except OSError:
        return []


def is_postmaster(pid: int, data_directory: Path) -> bool:
    """Return whether `pid` is the server of this data directory, and not another process with its number."""
    return str(data_directory) in command_line(pid)[1:]


def server_processes(data_directory: Path, title: str) -> Iterator[int]:
    """Yield every process of one cluster: its postmaster, and backends by the cluster name in their title.

    Command lines are read rather than working directories, which a container hides even from its root.
    """
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            words = command_line(int(entry.name))
            is_backend = words[:1] != [] and words[0].startswith(f"postgres: {title}: ")
            if is_backend or is_postmaster(int(entry.name), data_directory):
                yield int(entry.name)


def end_orphans(data_directory: Path, title: str, *, seconds: float = 10.0) -> None:
    """End the backends whose postmaster was killed: they would keep the data directory locked.

    Call only when no postmaster is alive. SIGQUIT first, as a crashing postmaster would; SIGKILL after half
    the time. The next start recovers from the write-ahead log in either case.
    """
    deadline = time.monotonic() + seconds
    sent = signal.SIGQUIT
    while orphans := list(server_processes(data_directory, title)):
        if time.monotonic() > deadline:
            raise ProgramFailed(f"Processes {orphans} still hold {data_directory}: end them and start again.")
        if time.monotonic() > deadline - seconds / 2:
            sent = signal.SIGKILL
        for pid in orphans:
            try:
                os.kill(pid, sent)
            except ProcessLookupError:
                continue
        time.sleep(0.05)
