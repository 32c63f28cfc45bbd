"""Tokens signed with HS256 and the shared secret in Secrets Manager."""

import os
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from moto import mock_aws

import app
from tokens.errors import InvalidToken, KeysUnavailable
from tokens.secret import fetch_secret
from tokens.settings import Settings

if TYPE_CHECKING:
    from tests.support import Issuer

type Forgery = Callable[["Issuer"], str]

SECRET = "s3cret-s3cret-s3cret-s3cret-s3cret"


@pytest.fixture(scope="module")
def secret_arn() -> Iterator[Any]:
    """Return a function that stores a secret of its own and returns its ARN."""
    with mock_aws():
        client = boto3.Session().client(
            "secretsmanager"
        )  # moto answers the sessions that begin after its import
        yield lambda **value: client.create_secret(Name=str(uuid.uuid4()), **value)["ARN"]


def hs256_token(issuer: "Issuer", secret: str = SECRET, **headers: str) -> str:
    return jwt.encode(issuer.claims(), secret, algorithm="HS256", headers=headers)


@pytest.fixture
def hs256(secret_arn: Any, issuer: "Issuer", monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Return `identify` of an authorizer that is configured for HS256."""
    for name, value in {
        "TOKEN_ISSUER": issuer.name,
        "AUDIENCE": issuer.audience,
        "TOKEN_ALGORITHM": "HS256",
        "TOKEN_SECRET_ARN": secret_arn(SecretString=SECRET),
    }.items():
        monkeypatch.setenv(name, value)
    return app.Authorizer(Settings(os.environ)).identify


@pytest.mark.parametrize("headers", [{}, {"kid": "any"}])
def test_a_token_signed_with_the_secret_is_accepted(
    headers: dict[str, str], hs256: Any, issuer: "Issuer"
) -> None:
    assert hs256(hs256_token(issuer, **headers))["sub"] == "auth0|ana"


FORGED: dict[str, tuple[Forgery, str]] = {
    "another secret": (lambda i: hs256_token(i, "another-secret-another-secret-another"), "bad_signature"),
    "an RSA signature": (lambda i: i.token(), "wrong_algorithm"),
    "HS512": (lambda i: jwt.encode(i.claims(), SECRET * 2, algorithm="HS512"), "wrong_algorithm"),
    "no signature": (lambda i: jwt.encode(i.claims(), "", algorithm="none"), "not_compact"),
}


@pytest.mark.parametrize(("forge", "reason"), FORGED.values(), ids=FORGED)
def test_any_other_key_or_algorithm_is_refused(
    forge: Forgery, reason: str, hs256: Any, issuer: "Issuer"
) -> None:
    with pytest.raises(InvalidToken, match=reason):
        hs256(forge(issuer))


@pytest.mark.usefixtures("authorize")
def test_hs256_is_refused_if_rs256_is_configured(issuer: "Issuer") -> None:
    with pytest.raises(InvalidToken, match="wrong_algorithm"):
        app.authorizer().identify(hs256_token(issuer, kid="ours"))


def test_a_binary_secret_works(secret_arn: Any) -> None:
    assert fetch_secret(secret_arn(SecretBinary=b"\xff" * 32)) == b"\xff" * 32


@pytest.mark.parametrize("value", ["", "x" * 31, "é" * 15])
def test_a_short_secret_is_an_operational_error(value: str, secret_arn: Any) -> None:
    with pytest.raises(KeysUnavailable, match="shorter than 32 bytes"):
        fetch_secret(secret_arn(SecretString=value or " "))


def test_a_public_key_is_not_accepted_as_a_secret(secret_arn: Any, issuer: "Issuer") -> None:
    pem = (
        issuer.key("ours")
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    with pytest.raises(KeysUnavailable, match="public key"):
        fetch_secret(secret_arn(SecretString=pem.decode()))


def test_an_unreadable_secret_is_an_operational_error_without_the_secret(secret_arn: Any) -> None:
    arn = secret_arn(SecretString=SECRET)
    with pytest.raises(KeysUnavailable, match="could not read") as failure:
        fetch_secret(f"{arn}-other")
    assert SECRET not in str(failure.value)
