"""The authorizer's cost, against that of what it stands on, and that of other libraries."""

import base64
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bench.measure import BUILD, LAYER, ROUNDS, table, timed_start

FUNCTION = BUILD / "AuthorizerFunction"
sys.path[:0] = [str(FUNCTION), str(LAYER)]  # what ships is what is measured

import jwt  # noqa: E402
from jwt.algorithms import RSAAlgorithm  # noqa: E402

ISSUER, AUDIENCE = "https://exampleco.example/", "https://api.exampleco.com/timesheets"
METHOD_ARN = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/v1/GET/timesheets"
KEY = rsa.generate_private_key(65537, 2048)
JWKS = {
    "keys": [
        RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "k1", "use": "sig", "alg": "RS256"}
    ]
}


def token(n: int, issuer: str = ISSUER) -> str:
    """Return the n-th token, as Auth0 issues them."""
    now = int(time.time())
    claims = {
        "https://api.exampleco.com/email": "ana@exampleco.com",
        "iss": issuer,
        "sub": f"auth0|{n:024}",
        "aud": [AUDIENCE, f"{issuer}userinfo"],
        "iat": now,
        "exp": now + 86400,
        "azp": "timesheets-mobile",
        "scope": "openid profile email read:timesheets create:timesheets",
        "permissions": ["read:timesheets", "create:timesheets"],
    }
    return jwt.encode(claims, KEY, "RS256", headers={"kid": "k1"})


def event(bearer: str) -> dict[str, str]:
    """Return what API Gateway sends."""
    return {"type": "TOKEN", "authorizationToken": f"Bearer {bearer}", "methodArn": METHOD_ARN}


def warm() -> None:
    """Compare one warm call with a raw verification, and with the same job by others."""
    os.environ |= {
        "TOKEN_ISSUER": ISSUER,
        "AUDIENCE": AUDIENCE,
        "CLAIMS_NAMESPACE": "https://api.exampleco.com",
    }
    os.environ |= {"POWERTOOLS_SERVICE_NAME": "bench", "POWERTOOLS_METRICS_NAMESPACE": "bench"}
    from tokens import jwks  # noqa: PLC0415

    jwks._fetch = lambda uri: json.dumps(JWKS).encode()  # noqa: ARG005, SLF001 no network
    import app  # noqa: PLC0415

    tokens = [token(n) for n in range(200)]
    events = [event(t) for t in tokens]
    jobs = {"raw RSA-2048 verification (cryptography)": raw_verification(tokens)}
    jobs["this authorizer: event in, policy out"] = lambda: [app.lambda_handler(e, None) for e in events]
    jobs |= others(tokens, events, app.lambda_handler(events[0], None)["policyDocument"])
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            started = time.perf_counter()
            job()
            times[name].append((time.perf_counter() - started) / len(tokens) * 1e6)
    table("One warm call with a fresh token", "µs", times)


def raw_verification(tokens: list[str]) -> Callable[[], object]:
    """Return a job that does nothing but the signatures."""
    public = KEY.public_key()
    scheme, digest = padding.PKCS1v15(), hashes.SHA256()
    parts = [t.rpartition(".") for t in tokens]
    signed = [(p[0].encode(), base64.urlsafe_b64decode(p[2] + "==")) for p in parts]
    return lambda: [public.verify(signature, data, scheme, digest) for data, signature in signed]


def others(tokens: list[str], events: list[Any], policy: Any) -> dict[str, Callable[[], object]]:  # noqa: ANN401
    """Return the same job by other libraries: the token checked, the claims read, a policy made."""
    from authlib.jose import JsonWebKey, JsonWebToken  # noqa: PLC0415
    from joserfc import jwt as joserfc_jwt  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    public = KEY.public_key()
    checks: dict[str, Any] = {"algorithms": ["RS256"], "audience": AUDIENCE, "issuer": ISSUER}

    def answer(claims: Any) -> dict[str, Any]:  # noqa: ANN401
        return {"principalId": claims["sub"], "policyDocument": policy, "context": {"sub": claims["sub"]}}

    client = jwt.PyJWKClient(f"{ISSUER}.well-known/jwks.json")
    client.fetch_data = lambda: JWKS  # type: ignore[method-assign]
    key_set = KeySet.import_key_set(JWKS)  # type: ignore[arg-type]
    registry = joserfc_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": AUDIENCE}
    )

    def by_joserfc(text: str) -> Any:  # noqa: ANN401
        decoded = joserfc_jwt.decode(text, key_set, algorithms=["RS256"])
        registry.validate(decoded.claims)
        return decoded.claims

    authlib_keys, authlib_jwt = JsonWebKey.import_key_set(JWKS), JsonWebToken(["RS256"])

    def by_authlib(text: str) -> Any:  # noqa: ANN401
        options = {"iss": {"essential": True, "value": ISSUER}, "aud": {"essential": True, "value": AUDIENCE}}
        claims = authlib_jwt.decode(text, authlib_keys, claims_options=options)
        claims.validate()
        return claims

    jobs: dict[str, Callable[[], object]] = {
        "jwt.decode, key at hand": lambda: [answer(jwt.decode(t, public, **checks)) for t in tokens],
        "jwt.decode, key by PyJWKClient": lambda: [
            answer(jwt.decode(t, client.get_signing_key_from_jwt(t), **checks)) for t in tokens
        ],
        "joserfc": lambda: [answer(by_joserfc(t)) for t in tokens],
        "Authlib": lambda: [answer(by_authlib(t)) for t in tokens],
    }
    return jobs | powertools_auth_alpha(events)


def powertools_auth_alpha(events: list[Any]) -> dict[str, Callable[[], object]]:
    """Return Powertools' own authorizer, its keys at hand."""
    from aws_lambda_powertools.utilities.auth_alpha.jwt.verifier import JWTVerifier  # noqa: PLC0415

    verifier = JWTVerifier(
        issuer=ISSUER, audience=AUDIENCE, algorithms=["RS256"], required_claims=["sub"], jwks=JWKS
    )
    return {"Powertools auth_alpha": lambda: [verifier.authorize(e, response_format="iam") for e in events]}


class KeyEndpoint(BaseHTTPRequestHandler):
    """The issuer's keys over loopback."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(JWKS).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def start(issuer: str) -> None:
    """Compare process start to first policy with importing what it stands on."""
    baseline = "import jwt\nfrom cryptography.hazmat.primitives.asymmetric import rsa\n"
    at_hand = (
        "import app, keys\n"
        "keys._fetch = lambda _: jwks\n"
        f"os.environ.update(TOKEN_ISSUER={ISSUER!r}, AUDIENCE={AUDIENCE!r})\n"
        f"assert app.lambda_handler(event({token(0)!r}), None)['principalId']\n"
    )
    fetched = (
        f"os.environ.update(TOKEN_ISSUER={issuer!r}, AUDIENCE={AUDIENCE!r})\n"
        "import app\n"
        f"assert app.lambda_handler(event({token(0, issuer)!r}), None)['principalId']\n"
    )
    scripts = {
        "import jwt, and cryptography's RSA": baseline,
        "first policy, keys at hand": at_hand,
        "first policy, keys fetched over loopback": fetched,
    }
    wall: dict[str, list[float]] = {name: [] for name in scripts}
    cpu: dict[str, list[float]] = {name: [] for name in scripts}
    for _ in range(ROUNDS):
        for name, script in scripts.items():
            times = timed_policy(script)
            wall[name].append(times[0])
            cpu[name].append(times[1])
    table("From start (after awslambdaric) to the first policy, CPU", "ms", cpu)
    table("The same by the clock on the wall", "ms", wall)


def timed_policy(script: str) -> tuple[float, float]:
    """Return the milliseconds, wall and CPU, that a script takes which has the keys and events at hand."""
    prelude = (
        f"jwks = {json.dumps(JWKS).encode()!r}\n"
        "event = lambda t: {'type': 'TOKEN', 'authorizationToken': 'Bearer ' + t, "
        f"'methodArn': {METHOD_ARN!r}}}\n"
    )
    environment = {
        name: value for name, value in os.environ.items() if name not in ("TOKEN_ISSUER", "AUDIENCE")
    } | {"PYTHONPATH": f"{FUNCTION}{os.pathsep}{LAYER}"}
    return timed_start(script, environment, prelude=prelude)


def runtime(issuer: str) -> None:
    """Time 1,000 distinct good tokens and 1,000 bad ones in a row under Lambda's own runtime."""
    import samcli  # noqa: PLC0415

    processor = "arm64" if os.uname().machine in ("arm64", "aarch64") else "x86_64"
    emulator = Path(samcli.__file__).parent / "local" / "rapid" / f"aws-lambda-rie-{processor}"
    address, api = "127.0.0.1:9200", "127.0.0.1:9201"
    environment = os.environ | {
        "PYTHONPATH": f"{FUNCTION}{os.pathsep}{LAYER}",
        "TOKEN_ISSUER": issuer,
        "AUDIENCE": AUDIENCE,
        "AWS_LAMBDA_FUNCTION_TIMEOUT": "30",
    }
    options = ["--runtime-interface-emulator-address", address, "--runtime-api-address", api]
    process = subprocess.Popen(
        [emulator, *options, sys.executable, "-m", "awslambdaric", "app.lambda_handler"],
        env=environment,
        cwd=FUNCTION,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    print("\nUnder Lambda's runtime (aws-lambda-rie), one after another\n")
    print("| 1,000 tokens | requests per second | p50, ms | p99, ms |\n| --- | ---: | ---: | ---: |")
    try:
        url = f"http://{address}/2015-03-31/functions/function/invocations"
        invoke_when_up(url, event(token(0, issuer)))
        good = [token(n, issuer) for n in range(1000)]
        bad = [f"{t[:-10]}AAAAAAAAAA"[: len(t)] for t in good]
        for name, tokens, expected in (("good", good, b"principalId"), ("bad", bad, b"Unauthorized")):
            times = []
            for one in tokens:
                began = time.perf_counter()
                assert expected in invoke(url, event(one))  # noqa: S101
                times.append((time.perf_counter() - began) * 1000)
            cuts = statistics.quantiles(times, n=100)
            print(f"| {name} | {1000 / sum(times) * 1000:.0f} | {cuts[49]:.2f} | {cuts[98]:.2f} |")
    finally:
        process.terminate()
        process.wait()


def invoke(url: str, payload: dict[str, str]) -> bytes:
    """Invoke the function once."""
    request = urllib.request.Request(url, json.dumps(payload).encode())  # noqa: S310 loopback
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
        body: bytes = response.read()
    return body


def invoke_when_up(url: str, payload: dict[str, str]) -> None:
    """Wait for the emulator to listen, and start the function."""
    for _ in range(100):
        try:
            invoke(url, payload)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("aws-lambda-rie did not start")


def main() -> None:
    """Print all three tables."""
    if not (FUNCTION / "app.py").exists():
        raise SystemExit("nothing is built; run `make bench`")
    warm()
    with ThreadingHTTPServer(("127.0.0.1", 0), KeyEndpoint) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        issuer = f"http://127.0.0.1:{server.server_port}/"
        start(issuer)
        runtime(issuer)
        server.shutdown()


if __name__ == "__main__":
    main()
