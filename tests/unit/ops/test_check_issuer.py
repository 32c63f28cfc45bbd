"""What `make check-issuer` makes of what it sees: the parts that need no network."""

import json
import re
import time
from typing import TYPE_CHECKING, Any, get_args

import pytest

from app import Authorizer
from ops import check_issuer, explanations, findings
from ops.authorization_server import issuer_of
from ops.findings import Finding
from tests.support import PROJECT
from timesheets.routes import ROUTES
from tokens import jwks as keys
from tokens.errors import InvalidToken, Reason
from tokens.settings import Settings

if TYPE_CHECKING:
    from tests.support import Issuer

TENANT = "https://tenant.example/"
METADATA = {
    "issuer": TENANT,
    "jwks_uri": f"{TENANT}.well-known/jwks.json",
    "authorization_endpoint": f"{TENANT}authorize",
    "token_endpoint": f"{TENANT}oauth/token",
    "code_challenge_methods_supported": ["S256", "plain"],
}
EMAIL = "https://api.exampleco.com/email"


@pytest.fixture
def settings(issuer: "Issuer", monkeypatch: pytest.MonkeyPatch) -> Settings:
    jwks = {"keys": [issuer.jwk("ours")]}
    monkeypatch.setattr(keys, "_fetch", lambda _: json.dumps(jwks).encode())
    environment = {
        "TOKEN_ISSUER": issuer.name,
        "AUDIENCE": issuer.audience,
        "CLAIMS_NAMESPACE": check_issuer.NAMESPACE,
    }
    return Settings(environment)


def refused(token: str, settings: Settings) -> str:
    """Let the authorizer refuse a token, and return the explanation."""
    with pytest.raises(InvalidToken) as caught:
        Authorizer(settings).identify(token)
    finding = explanations.refusal_finding(caught.value.reason, token, settings)
    assert finding.kind == "fault"
    return "\n".join(findings.lines(finding))


def opened(token: str, settings: Settings) -> list[Finding]:
    identity = Authorizer(settings).identify(token)
    claims = explanations.claims_of(token)
    return list(findings.identity_findings(identity, claims, settings))


def test_every_reason_that_the_authorizer_gives_is_explained() -> None:
    sources = (PROJECT / "authorizer").rglob("*.py")
    given = {code for path in sources for code in re.findall(r'InvalidToken\(\s*"(\w+)"', path.read_text())}
    assert given == set(explanations.REFUSALS) == set(get_args(Reason.__value__))


@pytest.mark.parametrize("reason", get_args(Reason.__value__))
@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", "a.b.c.d.e", "é.é.é"])
def test_an_explanation_is_found_whatever_the_token_looks_like(
    reason: Reason, token: str, settings: Settings
) -> None:
    finding = explanations.refusal_finding(reason, token, settings)
    assert reason in finding.text
    assert finding.cure.endswith((".", "?"))


def test_the_namespace_is_the_templates(template: dict[str, Any]) -> None:
    assert template["Parameters"]["ClaimsNamespace"]["Default"] == check_issuer.NAMESPACE


@pytest.mark.parametrize(
    ("domain", "issuer"),
    [
        ("tenant.eu.auth0.com", "https://tenant.eu.auth0.com/"),
        ("Tenant.eu.auth0.com/", "https://tenant.eu.auth0.com/"),
        ("http://127.0.0.1:3001/", "http://127.0.0.1:3001/"),
        ("https://login.example.com/realms/x", "https://login.example.com/realms/x"),
    ],
)
def test_a_bare_domain_means_auth0s_issuer_and_a_whole_address_itself(domain: str, issuer: str) -> None:
    assert issuer_of(domain) == issuer


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        ([], {}),
        (["tenant.eu.auth0.com"], {}),
        (["", "urn:api"], {}),
        (["tenant.eu.auth0.com", ""], {}),
        (["ftp://tenant.eu.auth0.com/", "urn:api"], {}),
        (["https://user:secret@tenant.eu.auth0.com/", "urn:api"], {}),
        (["tenant.eu.auth0.com", "urn:api", "--token-file", "/nowhere/token"], {}),
        (["tenant.eu.auth0.com", "urn:api", "--token-file", "/dev/null"], {}),
        (["tenant.eu.auth0.com", "urn:api"], {"CLIENT_ID": "timesheets-import"}),
        (["eyJhbGciOi.token", "urn:api", "extra"], {}),
        (["tenant.eu.auth0.com", "urn:api", "eyJhbGciOi.token"], {}),
        (["tenant.eu.auth0.com", "urn:api", "--token-file", "eyJhbGciOi.token"], {}),
    ],
)
def test_a_wrong_use_ends_with_2_and_repeats_no_token(
    arguments: list[str], environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        check_issuer.main(arguments, environ)
    assert caught.value.code == 2
    assert "eyJ" not in capsys.readouterr().err


def test_what_auth0_publishes_is_all_right() -> None:
    assert {f.kind for f in findings.discovery_findings(METADATA, TENANT)} == {"ok"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"issuer": "https://other.example/"}, "custom domain"),
        ({"issuer": "https://tenant.example"}, "no slash at the end"),
        ({"issuer": None}, "calls itself null"),
        ({"jwks_uri": None}, "jwks_uri is null"),
        ({"jwks_uri": "http://tenant.example/keys"}, "no https address"),
        ({"jwks_uri": "https://user@tenant.example/keys"}, "no https address"),
        ({"token_endpoint": "https://tenant.example:port/"}, "token_endpoint"),
        ({"authorization_endpoint": ["x"]}, "authorization_endpoint"),
        ({"authorization_endpoint": "https://tenant.example/\x1b[2J"}, r"\u001b"),
        ({"code_challenge_methods_supported": ["plain"]}, "S256"),
        ({"code_challenge_methods_supported": None}, "S256"),
    ],
)
def test_each_fault_of_discovery_is_named_with_what_to_do(changes: dict[str, Any], said: str) -> None:
    (fault,) = (f for f in findings.discovery_findings(METADATA | changes, TENANT) if f.kind == "fault")
    assert said in f"{fault.text} {fault.cure}"
    assert fault.cure
    assert (fault.text + fault.cure).isprintable()


def test_a_slash_that_domain_lacks_is_explained() -> None:
    fault = findings.issuer_finding(TENANT, TENANT.rstrip("/"))
    assert "a slash is missing at the end" in fault.text
    assert f"DOMAIN={TENANT}" in fault.cure


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"aud": "https://api.exampleco.com/expenses"}, 'its aud is "https://api.exampleco.com/expenses"'),
        ({"aud": ["https://exampleco.example/userinfo"]}, "Auth0's own"),
        ({"aud": "timesheets-mobile", "scope": None, "nonce": "n"}, "it is an ID token"),
        ({"nonce": "n"}, "it is an ID token"),
        ({"iss": "https://login.exampleco.com/"}, "custom domain"),
        ({"iss": "https://exampleco.example"}, "only the slash"),
        ({"exp": int(time.time()) - 60}, "it has expired"),
        ({"iat": int(time.time()) + 600}, "clock"),
        ({"nbf": int(time.time()) + 600}, "clock"),
        ({"sub": None}, "its sub is missing"),
        ({"scope": "a  b"}, "an Action"),
    ],
)
def test_a_refused_token_is_explained(
    changes: dict[str, Any], said: str, issuer: "Issuer", settings: Settings
) -> None:
    assert said in refused(issuer.token(**changes), settings)


def test_a_token_of_another_kind_is_explained(issuer: "Issuer", settings: Settings) -> None:
    def signed(**header: str) -> str:
        return issuer.sign(issuer.claims(), {"alg": "RS256", "kid": "ours"} | header)

    assert "opaque" in refused("gh4Nn2Qy0dRk", settings)
    assert "encrypted" in refused("eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn", settings)
    assert "TokenAlgorithm=HS256" in refused(signed(alg="HS256"), settings)
    assert '"PS256"' in refused(signed(alg="PS256"), settings)
    assert "no access token" in refused(signed(typ="logout+jwt"), settings)
    assert "rotated" in refused(signed(kid="gone"), settings)
    assert "copy it whole" in refused(f"{signed()[:-8]}AAAAAAAA", settings)


@pytest.mark.parametrize("key", ["ours", "theirs"])
def test_a_token_of_another_tenant_is_no_riddle_about_keys(
    key: str, issuer: "Issuer", settings: Settings
) -> None:
    claims = issuer.claims(iss="https://other.example/")
    token = issuer.sign(claims, {"alg": "RS256", "kid": key}, key="attacker")
    assert 'its iss is "https://other.example/"' in refused(token, settings)


def test_a_managers_token_opens_all_but_the_upload(issuer: "Issuer", settings: Settings) -> None:
    scope = " ".join({route.scope for route in ROUTES} - {"batch:upload"})
    who, routes = opened(issuer.token(scope=scope, **{EMAIL: "mia@exampleco.com"}), settings)
    assert "auth0|ana, a person, by the application timesheets-mobile" in who.text
    assert "PUT /approvals/{id}" in routes.text
    assert "upload" not in routes.text
    assert {who.kind, routes.kind} == {"ok"}


@pytest.mark.parametrize("changes", [{"sub": "x@clients"}, {"sub": "x", "gty": "client-credentials"}])
def test_a_machines_token_needs_no_address(
    changes: dict[str, Any], issuer: "Issuer", settings: Settings
) -> None:
    who, routes = opened(issuer.token(scope="batch:upload", **changes), settings)
    assert "a machine" in who.text
    assert routes.text == "token: it opens POST /timesheets/upload"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"scope": None}, "did not ask"),
        ({"scope": "openid profile"}, "did not ask"),
        ({"scope": "openid", "permissions": []}, "assign Employee"),
        ({"scope": "openid", "permissions": ["read:timesheets"]}, "scope decides"),
        ({"scope": None, "sub": "x@clients"}, "tick batch:upload"),
        ({EMAIL: None}, "post-login"),
        ({EMAIL: 5}, "post-login"),
        ({EMAIL: None, "https://exampleco.com/email": "a@b"}, "ClaimsNamespace="),
        ({"exp": int(time.time()) + 2 * findings.A_DAY}, "more than a day"),
    ],
)
def test_what_is_odd_about_a_good_token_is_a_warning(
    changes: dict[str, Any], said: str, issuer: "Issuer", settings: Settings
) -> None:
    found = opened(issuer.token(**({EMAIL: "ana@exampleco.com"} | changes)), settings)
    (warning,) = (finding for finding in found if finding.kind != "ok")
    assert warning.kind == "warning"
    assert said in f"{warning.text} {warning.cure}"


@pytest.mark.parametrize(
    ("status", "error", "description", "said"),
    [
        (401, "access_denied", "Unauthorized", "CLIENT_ID or CLIENT_SECRET"),
        (401, "invalid_client", "", "CLIENT_ID or CLIENT_SECRET"),
        (403, "access_denied", 'Client is not authorized to access "urn:api".', "no client grant"),
        (403, "access_denied", "Service not enabled within domain: urn:api", "Identifier urn:api"),
        (403, "access_denied", "Service not found: urn:api", "Identifier urn:api"),
        (403, "unauthorized_client", "Grant type not allowed for the client.", "Grant Types"),
        (429, "too_many_requests", "", "Monitoring"),
    ],
)
def test_auth0s_errors_are_explained(status: int, error: str, description: str, said: str) -> None:
    body = {"error": error, "error_description": description}
    finding = explanations.token_error_finding(status, body, "urn:api")
    assert finding.kind == "fault"
    assert said in finding.cure


def test_what_a_server_says_at_length_is_cut_short() -> None:
    assert len(findings.shown("x" * 10_000)) < 400


def test_only_what_differs_from_the_defaults_is_deployed() -> None:
    default = "https://api.exampleco.com"
    keys_uri = f"{TENANT}.well-known/jwks.json"
    assert findings.deployment(TENANT, "urn:api", keys_uri, default, default) == [
        f"sam deploy --parameter-overrides TokenIssuer={TENANT} Audience=urn:api",
        f"make run TOKEN_ISSUER={TENANT} AUDIENCE=urn:api",
    ]
    aws, local = findings.deployment(TENANT, "a b", f"{TENANT}keys", "urn:x", default)
    assert aws.endswith(f" 'Audience=a b' JwksUri={TENANT}keys ClaimsNamespace=urn:x")
    assert local.endswith(f" 'AUDIENCE=a b' JWKS_URI={TENANT}keys")
