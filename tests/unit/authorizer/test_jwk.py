"""Which of the issuer's published keys may verify a token."""

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokens.jwk import usable_keys

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


UNUSABLE: dict[str, Member] = {
    "not an object": lambda _: "key",
    "null": lambda _: None,
    "an elliptic curve key": changed(kty="EC"),
    "a symmetric key": changed(kty="oct", k="c2VjcmV0"),
    "no kty": changed(kty=None),
    "for encryption": changed(use="enc"),
    "use empty": changed(use=""),
    "for encryption operations": changed(key_ops=["encrypt"]),
    "for no operation": changed(key_ops=[]),
    "operations in a string": changed(key_ops="verify"),
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
    "a modulus with a leading zero": lambda i: i.jwk(
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


@pytest.mark.parametrize("member", UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_key_is_left_out_and_hides_no_usable_one(member: Member, issuer: "Issuer") -> None:
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
def test_a_usable_key_is_returned(changes: dict[str, Any], issuer: "Issuer") -> None:
    assert set(usable(issuer.jwk("ours", **changes))) == {"ours"}


def test_two_keys_with_the_same_kid_are_both_left_out(issuer: "Issuer") -> None:
    twice = [issuer.jwk("ours"), issuer.jwk("other", kid="ours"), issuer.jwk("another")]
    assert set(usable(*twice)) == {"another"}


def test_an_unusable_key_does_not_block_its_kid(issuer: "Issuer") -> None:
    both = [issuer.jwk("other", kid="ours", use="enc"), issuer.jwk("ours")]
    assert set(usable(*both)) == {"ours"}


@pytest.mark.parametrize(
    "jwks", ["{}", "[]", '{"keys": null}', '{"keys": {}}', '{"keys": [], "keys": []}', "[" * 60_000]
)
def test_anything_but_a_key_set_is_an_error(jwks: str) -> None:
    with pytest.raises(ValueError, match="not a JWK set"):
        usable_keys(jwks.encode(), "RS256")


@pytest.mark.parametrize(
    "bad", ['{"kid": "ours", "kid": "x"}', '{"x": NaN}', '{"x": ' + "[" * 99 + "]" * 99 + "}"]
)
def test_a_malformed_key_hides_no_usable_one(bad: str, issuer: "Issuer") -> None:
    jwks = f'{{"keys": [{bad}, {json.dumps(issuer.jwk("ours"))}, {bad}]}}'
    assert set(usable_keys(jwks.encode(), "RS256")) == {"ours"}


@given(
    st.lists(st.dictionaries(st.sampled_from(["kty", "use", "alg", "kid", "n", "e", "d", "k"]), st.text()))
)
def test_no_published_key_raises_an_error(members: list[dict[str, str]]) -> None:
    assert usable(*members) == {}
