"""The noise of a count: the same records have the same noise, in every table and for ever.

The cell-key method (Fraser and Wooton 2005; Office for National Statistics, Census 2021): a key made from the
contributing records picks an entry of a fixed table of perturbations, the p-table. Asking again, in another table or
on another day, averages nothing away.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final

P_TABLE: Final[Mapping[int, Fraction]] = MappingProxyType(
    {noise: Fraction(twentieths, 20) for noise, twentieths in zip(range(-3, 4), (1, 2, 4, 6, 4, 2, 1), strict=True)}
)
"""How probable each perturbation is: mean 0, variance 21/10, never more than 3 either way."""
MOST_NOISE: Final = max(P_TABLE)
_DRAW_BYTES = 7
_STEPS = tuple(noise for noise, share in P_TABLE.items() for _ in range(int(share * 20)))


def records_digest(ids: Iterable[bytes]) -> bytes:
    """Return the digest of a set of record ids, in whatever order they come (SHA-256, 32 bytes)."""
    return hashlib.sha256(b"".join(sorted(set(ids)))).digest()


def noise_of(key: bytes, *, heading: str, square: int, records: bytes) -> int:
    """Return the perturbation of one count, from -3 to 3: the same for the same records, without any other state.

    `key` is the secret of the noise, `square` the 5 km square's number, `records` the digest of the contributing
    places. HMAC-SHA256 gives 56 bits, which the p-table's inverse distribution turns into a perturbation.
    """
    said = f"{heading}\0{square}\0".encode() + records
    draw = int.from_bytes(hmac.digest(key, said, "sha256")[:_DRAW_BYTES], "big")
    return _STEPS[draw * len(_STEPS) >> (8 * _DRAW_BYTES)]
