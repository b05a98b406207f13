"""What is sealed: notes, one-time-code secrets and references, under one master key that is not in the database.

The master key itself encrypts nothing: every use has its own key, derived from it by HKDF (RFC 5869). A note has
a key of its own, wrapped by its owner's key, which is wrapped by the master's: destroying a note's key erases it.
"""

import base64
import binascii
import hmac
import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12


class NotAMasterKey(ValueError):
    """The master key file is open to others, or does not hold a key."""


class NoteSealBroken(ValueError):
    """A note does not open as the note, of the owner, behind the lock, that it is said to be."""


class SecretSealBroken(ValueError):
    """A secret or a wrapped key does not open: it was altered, moved, or sealed under another master key."""


class NotAReference(ValueError):
    """A reference that this service did not give out, or not for this use."""


def load_master_key(path: Path, *, may_create: bool = True) -> bytes:
    """Return the 32 bytes of the master key in `path`, which one account alone may read.

    A missing file is created with a new key, unless `may_create` is false: then FileNotFoundError. Several
    processes may ask at once. Raises NotAMasterKey when the file is open to others or holds something else.
    """
    if may_create and not path.exists():
        _create_master_key(path)
    with path.open("rb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & 0o077:
            raise NotAMasterKey(
                f"The master key file {path} may be read by others (mode {mode:04o}): `chmod 600` it, "
                "and change the key if others could have read it."
            )
        text = file.read(256)
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise NotAMasterKey(f"The master key file {path} must hold 64 hexadecimal digits and nothing else.")
    return key


def _create_master_key(path: Path) -> None:
    """Put a whole key file in place, or leave the one that another process was faster with."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{secrets.token_hex(KEY_BYTES)}\n")
            file.flush()
            os.fsync(descriptor)
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink()


def encrypt(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """Return nonce and AES-256-GCM ciphertext of `plain`, which only opens with the same `bound_to`."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Return what `encrypt` sealed; raises SecretSealBroken when anything about it differs."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError) as error:
        raise SecretSealBroken(
            "What was sealed does not open: it was altered or moved, or the master key is another one."
        ) from error


def _note_binding(note_id: UUID, owner_uid: UUID, lock_id: int) -> bytes:
    return b"note" + note_id.bytes + owner_uid.bytes + lock_id.to_bytes(4, "big")


@dataclass(frozen=True)
class Vault:
    """Everything that the master key opens; one per process, made from `load_master_key` and passed inwards."""

    master_key: bytes = field(repr=False)
    _organisations: bytes = field(init=False, repr=False)
    _secrets: bytes = field(init=False, repr=False)
    _audit: bytes = field(init=False, repr=False)
    _callers: bytes = field(init=False, repr=False)
    _references: AESSIV = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Derive the key of each use."""
        object.__setattr__(self, "_organisations", self.derived_key("organisation keys"))
        object.__setattr__(self, "_secrets", self.derived_key("secrets"))
        object.__setattr__(self, "_audit", self.derived_key("hashes in the audit"))
        object.__setattr__(self, "_callers", self.derived_key("hashes of callers"))
        object.__setattr__(self, "_references", AESSIV(self.derived_key("references", length=2 * KEY_BYTES)))

    def derived_key(self, use: str, *, length: int = KEY_BYTES) -> bytes:
        """Return the key for one use, which tells nothing of the master key or of other uses' keys."""
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"waymark {use}".encode()).derive(
            self.master_key
        )

    def new_organisation_key(self) -> bytes:
        """Return a new key for an organisation's notes, wrapped by the master key."""
        return encrypt(self._organisations, os.urandom(KEY_BYTES), b"organisation key")

    def seal_note(
        self, text: str, *, note_id: UUID, owner_uid: UUID, lock_id: int, wrapped_organisation_key: bytes
    ) -> tuple[bytes, bytes]:
        """Return a note's ciphertext, and its own new key wrapped by the owner's.

        Both are bound to the note's id, its owner and its lock: neither opens in another row.
        """
        organisation_key = decrypt(self._organisations, wrapped_organisation_key, b"organisation key")
        note_key = os.urandom(KEY_BYTES)
        binding = _note_binding(note_id, owner_uid, lock_id)
        return encrypt(note_key, text.encode(), binding), encrypt(organisation_key, note_key, binding)

    def open_note(
        self,
        ciphertext: bytes,
        wrapped_note_key: bytes,
        *,
        note_id: UUID,
        owner_uid: UUID,
        lock_id: int,
        wrapped_organisation_key: bytes,
    ) -> str:
        """Return a note's text; raises NoteSealBroken when it is not this note, of this owner, behind this lock."""
        binding = _note_binding(note_id, owner_uid, lock_id)
        try:
            organisation_key = decrypt(self._organisations, wrapped_organisation_key, b"organisation key")
            note_key = decrypt(organisation_key, wrapped_note_key, binding)
            return decrypt(note_key, ciphertext, binding).decode()
        except SecretSealBroken as error:
            raise NoteSealBroken(
                "A note does not open: its text, key, owner or lock was altered, or the master key is another one."
            ) from error

    def seal_secret(self, secret: str, *, person_id: UUID) -> bytes:
        """Return a person's secret (for one-time codes) encrypted, bound to that person."""
        return encrypt(self._secrets, secret.encode(), b"secret" + person_id.bytes)

    def open_secret(self, sealed: bytes, *, person_id: UUID) -> str:
        """Return what `seal_secret` sealed for this person; raises SecretSealBroken otherwise."""
        return decrypt(self._secrets, sealed, b"secret" + person_id.bytes).decode()

    def hashed_id(self, kind: str, value: object) -> str:
        """Return what stands in the audit for a record or a cell: 32 hexadecimal digits, the same for ever."""
        return hmac.digest(self._audit, f"{kind}\0{value}".encode(), "sha256")[:16].hex()

    def caller_hash(self, kind: str, value: str) -> bytes:
        """Return what throttling remembers of an e-mail or network address; capitals make no difference."""
        return hmac.digest(self._callers, f"{kind}\0{value.strip().lower()}".encode(), "sha256")

    def seal_reference(self, value: bytes, *, use: str = "") -> str:
        """Return an opaque name for `value`, fit for a URL: the same each time, and only for this `use`.

        Equal values give equal references (AES-SIV, RFC 5297); nothing else about them shows but their length.
        """
        sealed = self._references.encrypt(b"\0" + value, [use.encode()])
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open_reference(self, reference: str, *, use: str = "") -> bytes:
        """Return the value that `seal_reference` named; raises NotAReference for any other text or use."""
        try:
            sealed = base64.urlsafe_b64decode(reference.encode("ascii") + b"=" * (-len(reference) % 4))
            value = self._references.decrypt(sealed, [use.encode()])[1:]
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise NotAReference("The reference was not given out by this service for this use.") from error
        if self.seal_reference(value, use=use) != reference:
            raise NotAReference("The reference was not given out by this service for this use.")
        return value
