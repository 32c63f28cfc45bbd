"""Check an authorization server for this API: its description, its keys, and one token.

The token is judged by the authorizer's own code. Neither it nor a secret is printed.
Ends with 0 if all is well, 1 after a fault, 2 for a wrong use.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app import Authorizer
from ops import findings
from ops.authorization_server import Credentials, bare_token, discover, issuer_of, keys_finding, new_token
from ops.explanations import claims_of, refusal_finding
from ops.findings import Finding
from tokens.errors import ConfigurationError, InvalidToken, KeysUnavailable
from tokens.settings import Settings

NAMESPACE: Final = "https://api.exampleco.com"
"""The template's ClaimsNamespace."""

HOW_TO_GIVE_ONE: Final = (
    "Give one in the environment, as TOKEN, or as CLIENT_ID and CLIENT_SECRET of a machine-to-machine"
    " application; or in a file: python -m ops.check_issuer ... --token-file FILE (- for standard input)."
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to check."""

    issuer: str
    audience: str
    namespace: str = NAMESPACE
    token: str = field(default="", repr=False)
    credentials: Credentials | None = None

    def settings(self, jwks_uri: str = "") -> Settings:
        """Return the authorizer's settings for this server, as the template would make them.

        Raises
        ------
        ConfigurationError
            If the authorizer would not take them.

        """
        return Settings(
            {
                "TOKEN_ISSUER": self.issuer,
                "AUDIENCE": self.audience,
                "JWKS_URI": jwks_uri or f"{self.issuer.rstrip('/')}/.well-known/jwks.json",
                "CLAIMS_NAMESPACE": self.namespace,
            }
        )


def main(arguments: list[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the check and print what it finds."""
    asked = _asked(arguments, environ)
    found, jwks_uri = check(asked)
    for finding in found:
        findings.show(finding)
    faults = findings.faults(found)
    print()
    if faults:
        print(f"Faults: {faults}. Mend them and run this again; it will say what to deploy with.")
        return 1
    print("No fault. On AWS, and on this machine:")
    for command in findings.deployment(asked.issuer, asked.audience, jwks_uri, asked.namespace, NAMESPACE):
        print(f"    {command}")
    return 0


def _asked(arguments: list[str] | None, environ: Mapping[str, str]) -> Asked:
    parser = argparse.ArgumentParser(
        prog="python -m ops.check_issuer",
        description=__doc__,
        epilog="The environment may hold TOKEN, or CLIENT_ID and CLIENT_SECRET to get one with.",
    )
    parser.add_argument(
        "issuer", metavar="DOMAIN", type=issuer_of, help="tenant.eu.auth0.com, or a whole issuer address"
    )
    parser.add_argument("audience", metavar="AUDIENCE", help="the API's identifier")
    parser.add_argument("--token-file", metavar="FILE", help="holds an access token; - for standard input")
    parser.add_argument(
        "--claims-namespace",
        metavar="URL",
        default=environ.get("CLAIMS_NAMESPACE") or NAMESPACE,
        help="the prefix of custom claims",
    )
    given, others = parser.parse_known_args(arguments)
    if others:  # which one, argparse would say: it might be a token
        parser.error("give DOMAIN and AUDIENCE, and no other words")
    try:
        token = bare_token(_read(given.token_file) if given.token_file else environ.get("TOKEN", ""))
        asked = Asked(
            issuer=given.issuer,
            audience=given.audience,
            namespace=given.claims_namespace,
            token=token,
            credentials=None if token else Credentials.from_environment(environ),
        )
        asked.settings()
    except (ConfigurationError, ValueError) as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(f"the token file can't be read: {error.strerror}")
    if given.token_file and not asked.token:
        parser.error("the token file is empty")
    return asked


def _read(name: str) -> str:
    return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8", errors="replace")


def check(asked: Asked) -> tuple[list[Finding], str]:
    """Find out, and where the keys are."""
    metadata, found = discover(asked.issuer)
    settings = asked.settings(metadata.get("jwks_uri", ""))
    found.append(keys_finding(settings))
    token = asked.token
    if not token and asked.credentials:
        token, finding = new_token(metadata.get("token_endpoint", ""), asked.credentials, asked.audience)
        found.append(finding)
    elif not token:
        found.append(Finding("note", "token: none given, so none was checked", HOW_TO_GIVE_ONE))
    if token:
        found += _judged(token, settings)
    return found, settings.jwks_uri


def _judged(token: str, settings: Settings) -> Iterator[Finding]:
    """Say what the authorizer itself makes of a token."""
    try:
        identity = Authorizer(settings).identify(token)
    except InvalidToken as refusal:
        yield refusal_finding(refusal.reason, token, settings)
    except KeysUnavailable:
        yield Finding("note", "token: not judged, since there are no keys to judge it by")
    else:
        yield from findings.identity_findings(identity, claims_of(token), settings)


if __name__ == "__main__":
    sys.exit(main())
