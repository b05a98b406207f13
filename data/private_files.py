"""Directories and files that only one account may enter or read."""

import os
import pwd
import stat
from pathlib import Path


def own_directory(directory: Path, account: pwd.struct_passwd) -> None:
    """Make `directory` if it is missing, entered by `account` alone.

    Raises PermissionError when it is somebody else's, or a link to elsewhere.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = directory.lstat()
    if directory.is_symlink() or found.st_uid not in {account.pw_uid, os.geteuid()}:
        raise PermissionError(f"{directory} belongs to another user or is a link: remove it, or ask its owner to.")
    if found.st_uid != account.pw_uid:
        os.chown(directory, account.pw_uid, account.pw_gid)
    directory.chmod(0o700)


def make_passable(directory: Path, mode: int) -> None:
    """Make `directory` if it is missing, and grant at least `mode`, whatever the umask says."""
    directory.mkdir(parents=True, exist_ok=True)
    found = stat.S_IMODE(directory.stat().st_mode)
    if found | mode != found:
        directory.chmod(found | mode)


def write_private(path: Path, text: str, owner: pwd.struct_passwd | None = None) -> None:
    """Replace a file's text at once; only `owner`, by default ourselves, may read it."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        if owner is not None:
            os.fchown(descriptor, owner.pw_uid, owner.pw_gid)
    new.replace(path)
