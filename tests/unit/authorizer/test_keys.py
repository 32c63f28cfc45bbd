"""Which of an issuer's published keys may verify, and the shared secret of HS256."""

import base64
import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

import app
from tokens import jwks as keys
from tokens.errors import KeysUnavailable, Refused
from tokens.jwks import fetch_secret, usable_keys
from tokens.settings import Settings

if TYPE_CHECKING:
    from tests.support import Issuer

type Member = Callable[["Issuer"], Any]


def changed(**changes: Any) -> Member:
    return lambda issuer: issuer.jwk("other", **changes)


def number(value: int, *, leading_zero: bool = False) -> str:
    octets = value.to_bytes((value.bit_length() + 7) // 8)
    return base64.urlsafe_b64encode(b"\0" * leading_zero + octets).rstrip(b"=").decode()


def usable(*members: Any) -> dict[str, Any]:
    return dict(usable_keys(json.dumps({"keys": members}).encode(), "RS256"))


UNFIT: dict[str, Member] = {
    "no object": lambda _: "key",
    "null": lambda _: None,
    "an elliptic curve key": changed(kty="EC"),
    "a symmetric key": changed(kty="oct", k="c2VjcmV0"),
    "no type": changed(kty=None),
    "for encryption": changed(use="enc"),
    "use empty": changed(use=""),
    "for other operations": changed(key_ops=["encrypt"]),
    "for no operation": changed(key_ops=[]),
    "operations that are no list": changed(key_ops="verify"),
    "for another algorithm": changed(alg="RS512"),
    "for encryption with RSA": changed(alg="RSA-OAEP"),
    "no kid": changed(kid=None),
    "an empty kid": changed(kid=""),
    "a kid that is a number": changed(kid=1),
    "a private exponent": changed(d="AQAB"),
    "a prime": changed(p="AQAB"),
    "a symmetric member": changed(k="AQAB"),
    "1,024 bits": lambda i: i.jwk("short", n=number(i.key("short", 1024).public_key().public_numbers().n)),
    "16,384 bits": changed(n=number(2**16384 - 1)),
    "an even modulus": changed(n=number(2**2047)),
    "no modulus": changed(n=None),
    "a modulus that is a number": changed(n=5),
    "a modulus with padding": lambda i: i.jwk("other", n=i.jwk("other")["n"] + "=="),
    "a modulus with a zero before it": lambda i: i.jwk(
        "other", n=number(i.key("other").public_key().public_numbers().n, leading_zero=True)
    ),
    "a modulus not in ASCII": changed(n="é"),
    "exponent 1": changed(e=number(1)),
    "exponent 2": changed(e=number(2)),
    "an even exponent": changed(e=number(65536)),
    "a huge exponent": changed(e=number(2**65 + 1)),
    "no exponent": changed(e=None),
    "an empty exponent": changed(e=""),
}


@pytest.mark.parametrize("member", UNFIT.values(), ids=UNFIT)
def test_an_unfit_key_is_left_out_and_hides_no_good_one(member: Member, issuer: "Issuer") -> None:
    good = issuer.jwk("ours")
    assert set(usable(member(issuer), good)) == {"ours"}
    assert set(usable(good, member(issuer))) == {"ours"}
    assert usable(member(issuer)) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"use": None},
        {"alg": None},
        {"key_ops": ["verify"]},
        {"key_ops": ["sign", "verify"]},
        {"x5t": "abc", "x5c": ["MIIB"]},
        {"e": number(3)},
    ],
)
def test_a_fit_key_verifies(changes: dict[str, Any], issuer: "Issuer") -> None:
    assert set(usable(issuer.jwk("ours", **changes))) == {"ours"}


def test_of_two_keys_by_one_name_neither_is_used(issuer: "Issuer") -> None:
    twice = [issuer.jwk("ours"), issuer.jwk("other", kid="ours"), issuer.jwk("another")]
    assert set(usable(*twice)) == {"another"}


def test_an_unfit_key_takes_no_name_from_a_good_one(issuer: "Issuer") -> None:
    both = [issuer.jwk("other", kid="ours", use="enc"), issuer.jwk("ours")]
    assert set(usable(*both)) == {"ours"}


@pytest.mark.parametrize(
    "jwks", ["{}", "[]", '{"keys": null}', '{"keys": {}}', '{"keys": [], "keys": []}', "[" * 60_000]
)
def test_what_is_no_key_set_is_an_error(jwks: str) -> None:
    with pytest.raises(ValueError, match="not a JWK set"):
        usable_keys(jwks.encode(), "RS256")


@pytest.mark.parametrize(
    "bad", ['{"kid": "ours", "kid": "x"}', '{"x": NaN}', '{"x": ' + "[" * 99 + "]" * 99 + "}"]
)
def test_a_key_written_badly_hides_no_good_one(bad: str, issuer: "Issuer") -> None:
    jwks = f'{{"keys": [{bad}, {json.dumps(issuer.jwk("ours"))}, {bad}]}}'
    assert set(usable_keys(jwks.encode(), "RS256")) == {"ours"}


@given(
    st.lists(st.dictionaries(st.sampled_from(["kty", "use", "alg", "kid", "n", "e", "d", "k"]), st.text()))
)
def test_whatever_is_published_nothing_is_raised(members: list[dict[str, str]]) -> None:
    assert usable(*members) == {}


@pytest.mark.parametrize(("scheme", "port"), [("https", 443), ("http", 80)])
def test_an_ipv6_address_is_a_host_without_a_port(scheme: str, port: int) -> None:
    connection = keys._connection(scheme, "2001:db8::443", None)
    assert (connection.host, connection.port) == ("2001:db8::443", port)


SECRET = "s3cret-s3cret-s3cret-s3cret-s3cret"


@pytest.fixture
def secret_arn() -> Any:
    with mock_aws():
        client = boto3.client("secretsmanager")
        yield lambda **value: client.create_secret(Name="token-secret", **value)["ARN"]


def hs256_token(issuer: "Issuer", secret: str = SECRET, **headers: str) -> str:
    return jwt.encode(issuer.claims(), secret, algorithm="HS256", headers=headers)


@pytest.fixture
def hs256(secret_arn: Any, issuer: "Issuer", monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Return an authorizer whose owner chose HS256."""
    for name, value in {
        "TOKEN_ISSUER": issuer.name,
        "AUDIENCE": issuer.audience,
        "TOKEN_ALGORITHM": "HS256",
        "TOKEN_SECRET_ARN": secret_arn(SecretString=SECRET),
    }.items():
        monkeypatch.setenv(name, value)
    return app.Authorizer(Settings(os.environ)).identify


@pytest.mark.parametrize("headers", [{}, {"kid": "any"}])
def test_the_owners_secret_verifies(headers: dict[str, str], hs256: Any, issuer: "Issuer") -> None:
    assert hs256(hs256_token(issuer, **headers))["sub"] == "auth0|ana"


FORGED: dict[str, tuple[Member, str]] = {
    "another secret": (lambda i: hs256_token(i, "another-secret-another-secret-another"), "bad_signature"),
    "an RSA signature": (lambda i: i.token(), "wrong_algorithm"),
    "HS512": (lambda i: jwt.encode(i.claims(), SECRET * 2, algorithm="HS512"), "wrong_algorithm"),
    "no signature": (lambda i: jwt.encode(i.claims(), "", algorithm="none"), "not_compact"),
}


@pytest.mark.parametrize(("forge", "reason"), FORGED.values(), ids=FORGED)
def test_no_key_of_another_mode_or_owner_does(forge: Any, reason: str, hs256: Any, issuer: "Issuer") -> None:
    with pytest.raises(Refused, match=reason):
        hs256(forge(issuer))


@pytest.mark.usefixtures("authorize")
def test_the_secret_verifies_nothing_where_rs256_is_chosen(issuer: "Issuer") -> None:
    with pytest.raises(Refused, match="wrong_algorithm"):
        app.authorizer().identify(hs256_token(issuer, kid="ours"))


def test_a_binary_secret_serves_too(secret_arn: Any) -> None:
    assert fetch_secret(secret_arn(SecretBinary=b"\xff" * 32)) == b"\xff" * 32


@pytest.mark.parametrize("value", ["", "x" * 31, "é" * 15])
def test_a_short_secret_is_our_fault(value: str, secret_arn: Any) -> None:
    with pytest.raises(KeysUnavailable, match="shorter than 32 bytes"):
        fetch_secret(secret_arn(SecretString=value or " "))


def test_a_public_key_is_no_secret(secret_arn: Any, issuer: "Issuer") -> None:
    pem = (
        issuer.key("ours")
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    with pytest.raises(KeysUnavailable, match="public key"):
        fetch_secret(secret_arn(SecretString=pem.decode()))


def test_a_secret_out_of_reach_is_our_fault_and_stays_secret(secret_arn: Any) -> None:
    arn = secret_arn(SecretString=SECRET)
    with pytest.raises(KeysUnavailable, match="can't be read") as failure:
        fetch_secret(arn.replace("token-secret", "other"))
    assert SECRET not in str(failure.value)
