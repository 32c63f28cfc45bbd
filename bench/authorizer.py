"""The authorizer's warm call and cold start, compared with its libraries and with other verifiers."""

import base64
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bench.measure import (
    BUILD,
    LAYER,
    comparison,
    function_environment,
    interleaved,
    start_seconds,
    timed,
)
from bench.runtime import runtime

FUNCTION = BUILD / "AuthorizerFunction"
sys.path[:0] = [str(FUNCTION), str(LAYER)]

import jwt  # noqa: E402
from jwt.algorithms import RSAAlgorithm  # noqa: E402

ISSUER, AUDIENCE = "https://exampleco.example/", "https://api.exampleco.com/timesheets"
METHOD_ARN = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/v1/GET/timesheets"
KEY = rsa.generate_private_key(65537, 2048)
JWK = RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "k1", "use": "sig", "alg": "RS256"}
JWKS = {"keys": [JWK]}
TOKENS = 200


def token(number: int, issuer: str = ISSUER) -> str:
    """Return a token like Auth0's."""
    now = int(time.time())
    claims = {
        "https://api.exampleco.com/email": "ana@exampleco.com",
        "iss": issuer,
        "sub": f"auth0|{number:024}",
        "aud": [AUDIENCE, f"{issuer}userinfo"],
        "iat": now,
        "exp": now + 86400,
        "azp": "timesheets-mobile",
        "scope": "openid profile email read:timesheets create:timesheets",
        "permissions": ["read:timesheets", "create:timesheets"],
    }
    return jwt.encode(claims, KEY, "RS256", headers={"kid": "k1"})


def event(bearer: str) -> dict[str, str]:
    """Return the event that API Gateway sends for a token."""
    return {"type": "TOKEN", "authorizationToken": f"Bearer {bearer}", "methodArn": METHOD_ARN}


def warm() -> None:
    """Compare one warm call with a raw verification and with other verifiers."""
    settings = {"TOKEN_ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "CLAIMS_NAMESPACE": "https://api.exampleco.com"}
    os.environ.update(function_environment(**settings))
    from tokens import jwks  # noqa: PLC0415

    jwks._fetch = lambda uri: json.dumps(JWKS).encode()  # noqa: ARG005, SLF001 no network
    import app  # noqa: PLC0415

    tokens = [token(number) for number in range(TOKENS)]
    events = [event(one) for one in tokens]
    jobs: dict[str, Callable[[], object]] = {
        "raw RSA-2048 verification (cryptography)": raw_verification(tokens),
        "this authorizer: event in, policy out": lambda: [app.lambda_handler(one, None) for one in events],
    }
    jobs |= others(tokens, events, app.lambda_handler(events[0], None)["policyDocument"])
    times = interleaved({name: partial(timed, job) for name, job in jobs.items()})
    comparison(
        "The authorizer: one warm call with a new token",
        "µs",
        {name: [seconds / TOKENS * 1e6 for seconds in one] for name, one in times.items()},
    )


def raw_verification(tokens: list[str]) -> Callable[[], object]:
    """Return a job that only verifies the signatures."""
    public, scheme, digest = KEY.public_key(), padding.PKCS1v15(), hashes.SHA256()
    parts = [one.rpartition(".") for one in tokens]
    signed = [(part[0].encode(), base64.urlsafe_b64decode(part[2] + "==")) for part in parts]
    return lambda: [public.verify(signature, data, scheme, digest) for data, signature in signed]


def others(tokens: list[str], events: list[Any], policy: object) -> dict[str, Callable[[], object]]:
    """Return jobs in which other libraries verify the tokens, read the claims and make a policy."""
    from authlib.jose import JsonWebKey, JsonWebToken  # noqa: PLC0415
    from aws_lambda_powertools.utilities.auth_alpha.jwt.verifier import JWTVerifier  # noqa: PLC0415
    from joserfc import jwt as joserfc_jwt  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    public = KEY.public_key()
    checks: dict[str, Any] = {"algorithms": ["RS256"], "audience": AUDIENCE, "issuer": ISSUER}
    client = jwt.PyJWKClient(f"{ISSUER}.well-known/jwks.json")
    client.fetch_data = lambda: JWKS  # type: ignore[method-assign]
    key_set = KeySet.import_key_set(JWKS)  # type: ignore[arg-type]
    required: dict[str, Any] = {
        "iss": {"essential": True, "value": ISSUER},
        "aud": {"essential": True, "value": AUDIENCE},
    }
    registry = joserfc_jwt.JWTClaimsRegistry(**required)
    authlib_keys, authlib_jwt = JsonWebKey.import_key_set(JWKS), JsonWebToken(["RS256"])
    verifier = JWTVerifier(
        issuer=ISSUER, audience=AUDIENCE, algorithms=["RS256"], required_claims=["sub"], jwks=JWKS
    )

    def joserfc(text: str) -> Any:  # noqa: ANN401
        claims = joserfc_jwt.decode(text, key_set, algorithms=["RS256"]).claims
        registry.validate(claims)
        return claims

    def authlib(text: str) -> Any:  # noqa: ANN401
        claims = authlib_jwt.decode(text, authlib_keys, claims_options=required)
        claims.validate()
        return claims

    def job(verify: Callable[[str], Any]) -> Callable[[], object]:
        def answer(claims: dict[str, Any]) -> dict[str, Any]:
            return {"principalId": claims["sub"], "policyDocument": policy, "context": {"sub": claims["sub"]}}

        return lambda: [answer(verify(one)) for one in tokens]

    return {
        "jwt.decode, key object cached": job(lambda text: jwt.decode(text, public, **checks)),
        "jwt.decode, key from PyJWKClient": job(
            lambda text: jwt.decode(text, client.get_signing_key_from_jwt(text), **checks)
        ),
        "joserfc": job(joserfc),
        "Authlib": job(authlib),
        "Powertools auth_alpha": lambda: [verifier.authorize(one, response_format="iam") for one in events],
    }


class KeyEndpoint(BaseHTTPRequestHandler):
    """Publishes the keys on loopback."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(JWKS).encode())

    def log_message(self, *_: object) -> None:
        """Keep the output to the tables."""


def start(issuer: str) -> None:
    """Compare the time from process start to first policy with importing the libraries."""
    environment = function_environment(PYTHONPATH=f"{FUNCTION}{os.pathsep}{LAYER}")
    fake_fetch = f"from tokens import jwks\njwks._fetch = lambda _: {json.dumps(JWKS).encode()!r}\n"

    def trust(issuer: str) -> str:
        return f"os.environ.update(TOKEN_ISSUER={issuer!r}, AUDIENCE={AUDIENCE!r})\n"

    def call(issuer: str) -> str:
        return f"assert app.lambda_handler({event(token(0, issuer))!r}, None)['principalId']\n"

    cached = f"import app\n{fake_fetch}{trust(ISSUER)}{call(ISSUER)}"
    scripts = {
        "import jwt and cryptography's RSA": "import jwt\n"
        "from cryptography.hazmat.primitives.asymmetric import rsa",
        "first policy, keys cached": cached,
        "the same, collector on during imports": f"import gc\ngc.disable = lambda: None\n{cached}",
        "first policy, keys fetched over loopback": f"{trust(issuer)}import app\n{call(issuer)}",
    }
    python = runtime()
    times = interleaved(
        {name: partial(start_seconds, script, environment, python) for name, script in scripts.items()}
    )
    comparison(
        "The authorizer: from process start to first policy, CPU",
        "ms",
        {name: [seconds * 1000 for seconds in one] for name, one in times.items()},
    )


def main() -> None:
    """Print both tables."""
    if not (FUNCTION / "app.py").exists():
        raise SystemExit("nothing is built; run `make bench`")
    with ThreadingHTTPServer(("127.0.0.1", 0), KeyEndpoint) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        start(f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
    warm()


if __name__ == "__main__":
    main()
