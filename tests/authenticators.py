"""An authenticator in software: makes passkeys and answers challenges as a browser would send them (WebAuthn)."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

NO_CREDENTIAL: dict[str, Any] = {
    "id": "x", "rawId": "x", "type": "public-key",
    "response": {"clientDataJSON": "x", "attestationObject": "x", "authenticatorData": "x", "signature": "x"},
}  # fmt: skip
"""What has the shape of a credential, and is none."""
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One passkey, for one host name; `flags` says what the person did: was there, and was recognised."""

    party: str
    origin: str
    flags: int = PRESENT | VERIFIED
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the credential that answers options for a new passkey."""
        numbers = self.key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        made = {"fmt": "none", "attStmt": {}, "authData": self._data(ATTESTED) + attested}
        return self._credential("webauthn.create", options, {"attestationObject": cbor2.dumps(made)})

    def answer(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the credential that answers options for signing in."""
        self.count += 1
        data, client = self._data(), self._client("webauthn.get", options)
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._credential("webauthn.get", options, {"authenticatorData": data, "signature": signature})

    def _data(self, more: int = 0) -> bytes:
        flags = self.flags | more
        return hashlib.sha256(self.party.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _credential(self, kind: str, options: dict[str, Any], parts: dict[str, bytes]) -> dict[str, Any]:
        response = {"clientDataJSON": self._client(kind, options), **parts}
        encoded = {name: _base64(value) for name, value in response.items()}
        return {"id": _base64(self.id), "rawId": _base64(self.id), "type": "public-key", "response": encoded}


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
