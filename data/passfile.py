"""libpq's own password file, one line per role, so that no connection string needs to hold a password."""

import fcntl
import secrets
from pathlib import Path

from data.private_files import write_private


def password(passfile: Path, role: str) -> str:
    """Return the password kept for `role`, made up and kept on first asking.

    Several processes may ask at once. Setting it in the database (ALTER ROLE) is the caller's part.
    """
    with passfile.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lines = passfile.read_text().splitlines() if passfile.exists() else []
        for line in lines:
            *_, name, kept = line.split(":")
            if name == role:
                return kept
        made_up = secrets.token_urlsafe(32)
        write_private(passfile, "".join(f"{line}\n" for line in [*lines, f"*:*:*:{role}:{made_up}"]))
        return made_up
