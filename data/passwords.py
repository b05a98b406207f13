"""Passwords (Argon2id) and one-time codes (TOTP, RFC 6238): judged here, kept in access.credential."""

import base64
import hmac
import itertools
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import pyotp
from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 14
LONGEST = 256
STEP_SECONDS = 30
# Too common as a whole, or as what is left of a longer one without its digits and signs.
COMMON_WORDS = (
    "abcdefghijklmnop adminadmin administrator changeme charity correcthorsebatterystaple council dragon football "
    "footballfootball iloveyou iloveyouiloveyou letmein letmeinletmein liverpool manchesterunited monkey outreach "
    "partnervisit password passwordpassword passwort police princess qwerty qwertyqwerty qwertyuiop "
    "qwertyuiopasdfghjkl qwertyuiopasdfghjklzxcvbnm safeguarding secret sunshine superman thisismypassword "
    "trustnoone waymark waymarkwaymark welcome welcomewelcome westmidlands westmidlandspolice"
)
COMMON = frozenset(COMMON_WORDS.split())
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


class WeakPassword(ValueError):
    """A password that is too short, too long or too easily guessed; the message says which."""


@dataclass(frozen=True, kw_only=True)
class PasswordCost:
    """What one guess costs: memory in KiB and passes of Argon2id, always on one lane."""

    memory_kibibytes: int = 64 * 1024
    passes: int = 3


STRONG = PasswordCost()
"""The cost of every real password: 64 MiB, three passes. Cheaper ones are for tests, and for demo sign-ins."""


def hash_password(password: str, cost: PasswordCost = STRONG) -> str:
    """Return the Argon2id hash of a password, with its salt and cost, as one text."""
    hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kibibytes, parallelism=1, type=Type.ID)
    return hasher.hash(_normal(password))


def is_password(password: str, kept: str | None, cost: PasswordCost = STRONG) -> bool:
    """Return whether `password` is the one that was hashed as `kept`.

    For an unknown e-mail address `kept` is None: then a hash that no password has is tried at `cost`, so that
    the answer takes as long as for a known one.
    """
    if len(password) > LONGEST:
        password = ""
    try:
        PasswordHasher().verify(kept or _dummy_hash(cost), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def check_password(password: str, *, about: Iterable[str] = ()) -> None:
    """Raise WeakPassword unless it is long enough and not easily guessed; length counts, not a mixture of signs.

    `about` are words that say whose it is, such as the e-mail address and the organisation.
    """
    plain = _normal(password)
    if len(plain) < SHORTEST:
        raise WeakPassword(
            f"The password has {len(plain)} characters; it must have at least {SHORTEST}. Three random words do well."
        )
    if len(password) > LONGEST:
        raise WeakPassword(f"The password has {len(password)} characters; it must have at most {LONGEST}.")
    letters = "".join(sign for sign in plain.lower() if sign.isalpha())
    personal = {"".join(sign for sign in word.lower() if sign.isalpha()) for word in _parts(about)}
    if letters in COMMON or letters in personal - {""} or len(set(plain.lower())) < 5 or _is_run(plain):
        raise WeakPassword(
            "The password is among those that are guessed first: choose, for example, three random words."
        )


def new_password() -> str:
    """Return a random password of about 99 bits that is easy to read out and type."""
    letters = [secrets.choice(READABLE) for _ in range(20)]
    return "-".join("".join(letters[start : start + 5]) for start in range(0, 20, 5))


def new_totp_secret() -> str:
    """Return a new secret for one-time codes: 160 random bits in base32."""
    return pyotp.random_base32(32)


def totp_address(secret: str, *, email: str) -> str:
    """Return the otpauth: address that an authenticator application takes, usually as a QR code."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=email, issuer_name="Waymark")


def totp_step(secret: str, code: str, *, at: float, last_step: int = 0) -> int | None:
    """Return the number of the 30-second step that `code` is for, or None when it is not good at Unix time `at`.

    One step early or late is good, a step up to `last_step` is used up. The caller marks the step as used
    (access.use_totp_step), which settles two sign-ins at once.
    """
    wanted = "".join(code.split())
    if not (wanted.isascii() and wanted.isdigit()):
        return None
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    now = int(at) // STEP_SECONDS
    good = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(totp.generate_otp(step), wanted)]
    return next((step for step in good if step > last_step), None)


def _normal(password: str) -> str:
    """One spelling of what may be typed in several ways (RFC 8265 asks NFC; NFKC also joins full-width signs)."""
    return unicodedata.normalize("NFKC", password)


def _dummy_hash(cost: PasswordCost) -> str:
    """A well-formed hash of nothing known: checking a password against it costs what a real one costs."""
    salt, digest = (base64.b64encode(b"\x5a" * size).rstrip(b"=").decode() for size in (16, 32))
    return f"$argon2id$v=19$m={cost.memory_kibibytes},t={cost.passes},p=1${salt}${digest}"


def _parts(about: Iterable[str]) -> Iterable[str]:
    for words in about:
        yield words
        yield words.partition("@")[0]


def _is_run(plain: str) -> bool:
    """Whether each sign follows the one before by the same distance: 7890..., abcd..., 3210..."""
    distances = {(ord(later) - ord(earlier)) % 10 for earlier, later in itertools.pairwise(plain)}
    return len(distances) == 1
