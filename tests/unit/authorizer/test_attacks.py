"""A table of attacks: each token is refused for the reason beside it."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization

if TYPE_CHECKING:
    from tests.support import Issuer

NOW = int(time.time())  # when the tests are collected, which may be long before this file's run
TOMORROW = NOW + 86_400
HEADER = {"alg": "RS256", "typ": "JWT", "kid": "ours"}
B64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

type Token = Callable[["Issuer"], str]
type Authorize = Callable[..., dict[str, Any]]
type Written = Callable[[], str]


def claims(**changes: Any) -> Token:
    return lambda issuer: issuer.token(**changes)


def header(**changes: Any) -> Token:
    members = {name: value for name, value in (HEADER | changes).items() if value is not ...}
    return lambda issuer: issuer.sign(issuer.claims(), members)


def payload(text: str) -> Token:
    """Sign claims in literal JSON; `...` stands for the valid ones."""
    return lambda issuer: issuer.sign(text.replace("...", json.dumps(issuer.claims())[1:-1]).encode())


def segments(change: Callable[[list[str]], list[str]]) -> Token:
    return lambda issuer: ".".join(change(issuer.token().split(".")))


def stray_bits(segment: str) -> str:
    """Set an unused bit of the last character."""
    return segment[:-1] + B64[B64.index(segment[-1]) | 1]


def by_public_key_as_secret(issuer: "Issuer") -> str:
    """CVE-2015-9235, CVE-2022-29217: HS256 with the RSA public key as the secret."""
    pem = (
        issuer.key("ours")
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    signing_input = issuer.sign(issuer.claims(), HEADER | {"alg": "HS256"}).rpartition(".")[0]
    digest = hmac.new(pem, signing_input.encode(), hashlib.sha256).digest()
    return f"{signing_input}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def by_embedded_key(issuer: "Issuer") -> str:
    """CVE-2018-0114: the attacker's own key in the header."""
    return issuer.sign(issuer.claims(), HEADER | {"jwk": issuer.jwk("attacker")}, key="attacker")


def by_linked_key(issuer: "Issuer") -> str:
    links = {
        "jku": "https://attacker.example/jwks.json",
        "x5u": "https://attacker.example/x.pem",
        "x5c": ["MIIB"],
    }
    return issuer.sign(issuer.claims(), HEADER | links, key="attacker")


ATTACKS: dict[str, tuple[Token, str]] = {
    # The signature
    "signed by a stranger's key": (lambda i: i.sign(i.claims(), HEADER, key="attacker"), "bad_signature"),
    "signed by a stranger's key, embedded": (by_embedded_key, "bad_signature"),
    "signed by a stranger's key, linked": (by_linked_key, "bad_signature"),
    "signed by the issuer's other key": (
        lambda i: i.sign(i.claims(), HEADER, key="another"),
        "bad_signature",
    ),
    "the public key as a secret": (by_public_key_as_secret, "wrong_algorithm"),
    "the signature of another token": (
        lambda i: i.token(scope="approve:timesheets").rpartition(".")[0] + "." + i.token().rpartition(".")[2],
        "bad_signature",
    ),
    "a signature cut short": (segments(lambda s: [s[0], s[1], s[2][:340]]), "bad_signature"),
    "a signature of zeros": (segments(lambda s: [s[0], s[1], "A" * len(s[2])]), "bad_signature"),
    "a changed payload": (segments(lambda s: [s[0], s[1][:-4] + "AAAA", s[2]]), "bad_signature"),
    # The algorithm
    "alg none": (header(alg="none"), "wrong_algorithm"),
    "alg None": (header(alg="None"), "wrong_algorithm"),
    "alg rs256": (header(alg="rs256"), "wrong_algorithm"),
    "alg RS512": (header(alg="RS512"), "wrong_algorithm"),
    "alg PS256": (header(alg="PS256"), "wrong_algorithm"),
    "alg a list": (header(alg=["RS256"]), "wrong_algorithm"),
    "alg missing": (header(alg=...), "wrong_algorithm"),
    # The rest of the header
    "kid missing": (header(kid=...), "no_key_id"),
    "kid empty": (header(kid=""), "no_key_id"),
    "kid a number": (header(kid=1), "no_key_id"),
    "kid very long": (header(kid="k" * 257), "no_key_id"),
    "kid unknown": (header(kid="theirs"), "unknown_key"),
    "kid a path": (header(kid="../../dev/null"), "unknown_key"),
    "kid an injection": (header(kid="' OR 1=1 --"), "unknown_key"),
    "crit": (header(crit=["exp"], exp=1), "unsupported_header"),
    "crit empty": (header(crit=[]), "unsupported_header"),
    "b64 false": (header(b64=False), "unsupported_header"),
    "zip": (header(zip="DEF"), "unsupported_header"),
    "typ of a logout token": (header(typ="logout+jwt"), "wrong_type"),
    "typ of a DPoP proof": (header(typ="dpop+jwt"), "wrong_type"),
    "typ of a DPoP proof, as a media type": (header(typ="application/dpop+jwt"), "wrong_type"),
    "typ of another top-level type": (header(typ="text/jwt"), "wrong_type"),
    "typ null": (header(typ=None), "wrong_type"),
    "typ a list": (header(typ=["JWT"]), "wrong_type"),
    "a header named twice": (
        lambda i: i.sign(i.claims(), b'{"alg":"none","alg":"RS256","kid":"ours"}'),
        "not_json",
    ),
    "a header that is a list": (lambda i: i.sign(i.claims(), b'["RS256"]'), "not_json"),
    "a header that is not JSON": (lambda i: i.sign(i.claims(), b"{alg:RS256}"), "not_json"),
    "a header not in UTF-8": (lambda i: i.sign(i.claims(), b'{"alg":"RS256","kid":"\xff"}'), "not_json"),
    "a header in UTF-16": (
        lambda i: i.sign(i.claims(), json.dumps(HEADER).encode("utf-16")),
        "not_json",
    ),
    # The form
    "nothing": (lambda _: "", "not_compact"),
    "two parts": (segments(lambda s: s[:2]), "not_compact"),
    "four parts": (segments(lambda s: [*s, s[2]]), "not_compact"),
    "five parts, as if encrypted": (segments(lambda s: [*s, s[2], s[2]]), "not_compact"),
    "an empty header": (segments(lambda s: ["", s[1], s[2]]), "not_compact"),
    "an empty payload": (segments(lambda s: [s[0], "", s[2]]), "not_compact"),
    "an empty signature": (segments(lambda s: [s[0], s[1], ""]), "not_compact"),
    "padding": (segments(lambda s: [s[0], s[1], s[2] + "=="]), "not_base64url"),
    "base64's own alphabet": (segments(lambda s: [s[0], s[1], "+/" + s[2][2:]]), "not_base64url"),
    "stray bits in the signature": (segments(lambda s: [s[0], s[1], stray_bits(s[2])]), "not_base64url"),
    "a space inside": (segments(lambda s: [s[0], s[1], s[2][:9] + " " + s[2][9:]]), "not_base64url"),
    "a newline at the end": (segments(lambda s: [s[0], s[1], s[2] + "\n"]), "not_base64url"),
    "a NUL at the end": (segments(lambda s: [s[0], s[1], s[2] + "\0"]), "not_base64url"),
    "one character too many": (segments(lambda s: [s[0], s[1], s[2] + "AAA"]), "not_base64url"),
    "letters that only look like ASCII": (segments(lambda s: [s[0], s[1], "Ａ" + s[2]]), "not_compact"),
    "over 8 KiB": (claims(padding="x" * 8192), "too_large"),
    "megabytes": (lambda _: "a." * 2_000_000, "too_large"),
    # The payload's JSON
    "a claim named twice": (payload('{"sub": "auth0|mia", ...}'), "not_json"),
    "a nested member named twice": (payload('{"x": {"a": 1, "a": 2}, ...}'), "not_json"),
    "NaN": (payload('{"x": NaN, ...}'), "not_json"),
    "-Infinity": (payload('{"x": -Infinity, ...}'), "not_json"),
    "a comment": (payload('{/**/ "x": 1, ...}'), "not_json"),
    "a trailing comma": (payload("{..., }"), "not_json"),
    "a second value": (payload("{...} {}"), "not_json"),
    "a byte order mark": (payload("\ufeff{...}"), "not_json"),
    "a list": (payload("[{...}]"), "not_json"),
    "deep nesting": (payload('{"x": ' + "[" * 9 + "]" * 9 + ", ...}"), "not_json"),
    "very deep nesting": (payload('{"x": ' + "[" * 2500 + "]" * 2500 + ", ...}"), "not_json"),
    "a number of 4,500 digits": (payload('{"exp": ' + "9" * 4500 + "}"), "not_json"),
    "not UTF-8": (lambda i: i.sign(b'{"sub": "\xc3\x28"}'), "not_json"),
    "an overlong UTF-8 form": (lambda i: i.sign(b'{"sub": "\xc0\xaf"}'), "not_json"),
    # Issuer, audience and kind
    "another issuer": (claims(iss="https://attacker.example/"), "wrong_issuer"),
    "the issuer without its slash": (claims(iss="https://exampleco.example"), "wrong_issuer"),
    "the issuer in capitals": (claims(iss="https://EXAMPLECO.example/"), "wrong_issuer"),
    "a list of issuers": (claims(iss=["https://exampleco.example/"]), "wrong_issuer"),
    "no issuer": (claims(iss=None), "wrong_issuer"),
    "another audience": (claims(aud="https://api.exampleco.com/expenses"), "wrong_audience"),
    "an audience that extends ours": (claims(aud="https://api.exampleco.com/timesheets/x"), "wrong_audience"),
    "an audience that is a prefix of ours": (claims(aud="https://api.exampleco.com"), "wrong_audience"),
    "a list of other audiences": (claims(aud=["a", "b"]), "wrong_audience"),
    "an audience that is not a string": (
        claims(aud=["https://api.exampleco.com/timesheets", 1]),
        "wrong_audience",
    ),
    "an audience in an object": (claims(aud={"https://api.exampleco.com/timesheets": 1}), "wrong_audience"),
    "no audience": (claims(aud=None), "wrong_audience"),
    "an empty list of audiences": (claims(aud=[]), "wrong_audience"),
    "an ID token, by its nonce": (claims(nonce="n"), "not_an_access_token"),
    "an ID token, by its at_hash": (claims(at_hash="h"), "not_an_access_token"),
    "a logout token": (claims(events={}), "not_an_access_token"),
    "a token bound to a DPoP key": (claims(cnf={"jkt": "thumbprint"}), "sender_constrained"),
    "a token bound to a certificate": (claims(cnf={"x5t#S256": "thumbprint"}), "sender_constrained"),
    "an empty binding": (claims(cnf={}), "sender_constrained"),
    "a binding that is null": (payload('{"cnf": null, ...}'), "sender_constrained"),
    # Times
    "expired": (claims(exp=NOW - 60), "expired"),
    "expired in 1970": (claims(exp=0), "expired"),
    "no expiry": (claims(exp=None), "bad_time"),
    "an expiry in a string": (claims(exp=str(NOW + 600)), "bad_time"),
    "an expiry with a fraction": (claims(exp=NOW + 600.5), "bad_time"),
    "an expiry that is true": (claims(exp=True), "bad_time"),
    "an infinite expiry": (
        payload('{"iss": "https://exampleco.example/", "exp": 1e400}'),
        "wrong_audience",
    ),
    "an expiry past 2^53": (claims(exp=2**53 + 1), "bad_time"),
    "a negative expiry": (claims(exp=-1), "bad_time"),
    "no time of issue": (claims(iat=None), "bad_time"),
    "a time of issue that is false": (claims(iat=False), "bad_time"),
    "issued in the future": (claims(iat=TOMORROW), "issued_in_future"),
    "not valid yet": (claims(nbf=TOMORROW), "not_yet_valid"),
    "nbf that is not a number": (claims(nbf="now"), "bad_time"),
    # Subject, scope, client and token id
    "no subject": (claims(sub=None), "bad_subject"),
    "an empty subject": (claims(sub=""), "bad_subject"),
    "a subject that is a number": (claims(sub=7), "bad_subject"),
    "a very long subject": (claims(sub="s" * 256), "bad_subject"),
    "a subject with a newline": (claims(sub="auth0|ana\n"), "bad_subject"),
    "a subject of half a surrogate pair": (claims(sub="\ud800"), "bad_subject"),
    "a subject over 255 bytes": (claims(sub="é" * 128), "bad_subject"),
    "a subject with a quote": (claims(sub='ana","status":200,"x":"'), "bad_subject"),
    "a subject with a backslash": (claims(sub="CORP\\ana"), "bad_subject"),
    "a subject in decomposed form": (claims(sub="auth0|rene\u0301"), "bad_subject"),
    "scopes in a list": (claims(scope=["read:timesheets"]), "bad_scope"),
    "scopes separated by tabs": (claims(scope="read:timesheets\tapprove:timesheets"), "bad_scope"),
    "scopes separated by a no-break space": (claims(scope="read:timesheets\xa0x"), "bad_scope"),
    "scopes separated by two spaces": (claims(scope="read:timesheets  x"), "bad_scope"),
    "a space before the scope": (claims(scope=" read:timesheets"), "bad_scope"),
    "a scope in quotes": (claims(scope='"read:timesheets"'), "bad_scope"),
    "a client id that is a list": (claims(azp=["x"]), "bad_client"),
    "a client id with a quote": (claims(azp='app"'), "bad_client"),
    "a client id with a backslash": (claims(azp=None, client_id="app\\"), "bad_client"),
    "a very long client id": (claims(azp="c" * 256), "bad_client"),
    "two client ids": (claims(azp="a", client_id="b"), "bad_client"),
    "a token id that is a number": (claims(jti=1), "bad_token_id"),
    "a token id that is null": (payload('{"jti": null, ...}'), "bad_token_id"),
    "a client id of control characters": (claims(azp="\x1b[2J"), "bad_client"),
}


@pytest.mark.parametrize(("attack", "reason"), ATTACKS.values(), ids=ATTACKS)
def test_refused(
    attack: Token, reason: str, issuer: "Issuer", authorize: Authorize, written: Written
) -> None:
    """Raise exactly `Unauthorized`; write one log line and one metric, with no part of the token."""
    token = attack(issuer)
    check_refusal(f"Bearer {token}", reason, authorize, written)


HEADERS: dict[str, object] = {
    "nothing": "",
    "no scheme": "abc.def.ghi",
    "Basic": "Basic YTpi",
    "a scheme that starts with Bearer": "BearerX abc.def.ghi",
    "not a string": None,
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_header_without_a_bearer_token_is_refused(
    header: object, authorize: Authorize, written: Written
) -> None:
    check_refusal(header, "not_bearer", authorize, written)


def check_refusal(header: object, reason: str, authorize: Authorize, written: Written) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$") as refusal:
        authorize(header)
    assert type(refusal.value) is Exception
    output = written()
    log, metric = map(json.loads, output.splitlines())
    assert (log["message"], log["reason"]) == ("token refused", reason)
    assert metric["TokensRefused"] == [1.0]
    assert metric["reason"] == reason
    assert not any(part in output for part in str(header).split(".") if len(part) > 8)
    assert "auth0|ana" not in output
