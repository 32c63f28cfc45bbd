"""Helpers of all tests: an issuer of tokens, and the template's table."""

import base64
import json
import os
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwt.algorithms import RSAAlgorithm

from timesheets.model.dates import DateRange

PROJECT = Path(__file__).parents[1]
DATES = DateRange.around(date(2026, 11, 28))
"""The dates that entries may have, as of a day."""

LONG = bool(os.environ.get("LONG"))
"""Whether to run the tests that take minutes, and the short ones with more rounds: `make test-all` does."""

type Event = dict[str, Any]


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Issuer:
    """Signs any header and payload, valid or not."""

    name: str = "https://exampleco.example/"
    audience: str = "https://api.exampleco.com/timesheets"
    keys: dict[str, RSAPrivateKey] = field(default_factory=dict)

    def key(self, key_id: str, bits: int = 2048) -> RSAPrivateKey:
        """Return the key with this id; generate it at first use."""
        if key_id not in self.keys:
            self.keys[key_id] = rsa.generate_private_key(65537, bits)
        return self.keys[key_id]

    def jwk(self, key_id: str = "ours", **changes: Any) -> dict[str, Any]:
        """Return a public key as published, with `changes`; None removes a member."""
        public = RSAAlgorithm.to_jwk(self.key(key_id).public_key(), as_dict=True)
        members = {
            "kty": "RSA",
            "n": public["n"],
            "e": public["e"],
            "kid": key_id,
            "use": "sig",
            "alg": "RS256",
        }
        return {name: value for name, value in (members | changes).items() if value is not None}

    def claims(self, **changes: Any) -> dict[str, Any]:
        """Return valid claims with `changes`; None removes a claim."""
        now = int(time.time())
        claims = {
            "iss": self.name,
            "sub": "auth0|ana",
            "aud": self.audience,
            "iat": now,
            "exp": now + 600,
            "azp": "timesheets-mobile",
            "scope": "read:timesheets",
        } | changes
        return {name: value for name, value in claims.items() if value is not None}

    def sign(
        self, payload: dict[str, Any] | bytes, header: dict[str, Any] | bytes | None = None, key: str = "ours"
    ) -> str:
        """Sign any payload under any header; bytes are used unchanged."""
        header = {"alg": "RS256", "typ": "JWT", "kid": "ours"} if header is None else header
        parts = [p if isinstance(p, bytes) else json.dumps(p).encode() for p in (header, payload)]
        signing_input = ".".join(map(encode, parts))
        signature = self.key(key).sign(signing_input.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signing_input}.{encode(signature)}"

    def token(self, **changes: Any) -> str:
        """Return a token with valid claims and `changes`."""
        return self.sign(self.claims(**changes))


def table_definition(template: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of `CreateTable` for the template's table."""
    properties: dict[str, Any] = template["Resources"]["Table"]["Properties"]
    kinds = (
        "BillingMode",
        "AttributeDefinitions",
        "KeySchema",
        "LocalSecondaryIndexes",
        "GlobalSecondaryIndexes",
    )
    return {name: properties[name] for name in kinds}
