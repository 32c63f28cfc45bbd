"""Signing keys: the next one is published before it signs, old ones while their tokens are valid."""

from typing import Any

from starlette.testclient import TestClient

from local.issuer.app import ROTATE_KEY, issuer_app
from local.issuer.keys import KEPT, SigningKeys
from local.issuer.tokens import TokenIssuer
from tests.unit.local.issuer.support import ISSUER


def published(keys: SigningKeys) -> list[Any]:
    return [key["kid"] for key in keys.jwks()["keys"]]


def test_rotation_uses_the_published_next_key_and_keeps_the_last_one() -> None:
    keys = SigningKeys()
    current, following = published(keys)
    assert keys.current.kid == current
    with TestClient(issuer_app(TokenIssuer(ISSUER, keys=keys)), base_url=ISSUER) as http:
        answer = http.post(ROTATE_KEY)
        assert (answer.status_code, answer.json()) == (201, {"kid": following})
        listed = [key["kid"] for key in http.get("/.well-known/jwks.json").json()["keys"]]
    assert listed[0] == keys.current.kid == following
    assert listed[2:] == [current]
    assert listed[1] not in {current, following}


def test_the_number_of_old_keys_is_limited(issuer_keys: TokenIssuer) -> None:
    keys = SigningKeys(lambda: issuer_keys.keys.current)
    for _ in range(KEPT + 3):
        keys.rotate()
    assert len(published(keys)) == KEPT + 2
