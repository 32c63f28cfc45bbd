"""Settings of the local stack: ports, identity provider, DynamoDB engine."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
PROJECT: Final = Path(__file__).resolve().parent.parent


class LocalError(Exception):
    """A fault that the developer can fix; the text says how."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One local stack. Every port can be moved, so that several run side by side."""

    api_port: int = 3000
    issuer_port: int = 3001
    aws_port: int = 4566
    app_port: int = 3002
    stack_name: str = "timesheets"
    region: str = "eu-west-1"
    app_client_id: str = "timesheets-mobile"
    """The client id with which the mobile app signs in."""
    other_issuer: str = ""
    """The `iss` of another identity provider; empty for the local authorization server."""
    audience: str = "https://api.exampleco.com/timesheets"
    jwks_uri: str = ""
    dynamodb_endpoint: str = ""
    """Another DynamoDB engine's address; empty for MiniStack's own."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the overrides of ports, identity provider, the app's client id and DynamoDB's address.

        Raises
        ------
        LocalError
            For a port or an issuer that is not valid.

        """
        issuer = environ.get("TOKEN_ISSUER", "")
        if issuer and not issuer.startswith(("https://", "http://")):
            raise LocalError(
                f"TOKEN_ISSUER={issuer} is not a URL; set it to an issuer such as https://TENANT/"
            )
        return cls(
            api_port=_port(environ, "API_PORT", cls.api_port),
            issuer_port=_port(environ, "ISSUER_PORT", cls.issuer_port),
            aws_port=_port(environ, "AWS_PORT", cls.aws_port),
            app_port=_port(environ, "APP_PORT", cls.app_port),
            app_client_id=environ.get("APP_CLIENT_ID") or cls.app_client_id,
            other_issuer=issuer,
            audience=environ.get("AUDIENCE") or cls.audience,
            jwks_uri=environ.get("JWKS_URI", ""),
            dynamodb_endpoint=environ.get("AWS_ENDPOINT_URL_DYNAMODB", ""),
        )

    @property
    def api_url(self) -> str:
        """The base address of the API."""
        return f"http://{HOST}:{self.api_port}"

    @property
    def app_url(self) -> str:
        """The address of the mobile app, if it runs with the stack."""
        return f"http://{HOST}:{self.app_port}"

    @property
    def local_issuer(self) -> str:
        """The `iss` of the local authorization server; like Auth0's, it ends with a slash."""
        return f"http://{HOST}:{self.issuer_port}/"

    @property
    def issuer(self) -> str:
        """The `iss` whose tokens the API accepts."""
        return self.other_issuer or self.local_issuer

    @property
    def aws_url(self) -> str:
        """The endpoint of every AWS service."""
        return f"http://{HOST}:{self.aws_port}"

    @property
    def state(self) -> Path:
        """The folder of this stack's logs and temporary files."""
        return PROJECT / ".local" / str(self.aws_port)

    @property
    def architecture(self) -> str:
        """This machine's processor, by Lambda's name for it."""
        return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"

    @property
    def template_parameters(self) -> dict[str, str]:
        """The values of the template's parameters that differ from its defaults."""
        return {
            "Architecture": self.architecture,
            "TokenIssuer": self.issuer,
            "Audience": self.audience,
            "JwksUri": self.jwks_uri,
            "ProtectData": "false",
            # MiniStack initialises every published version at once when it is on, all twelve together.
            "SnapStart": "false",
            # A load test must find this machine's limit, not the gateway's.
            "RequestRate": "1000",
            "UploadRate": "1000",
        }

    @property
    def aws_environment(self) -> dict[str, str]:
        """The environment for AWS clients of the local stack, without the developer's own AWS settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return kept | {
            "AWS_ENDPOINT_URL": self.aws_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "SAM_CLI_TELEMETRY": "0",
            "SAM_CLI_POLL_DELAY": "0.1",  # seconds
        }


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < 2**16):
        raise LocalError(f"{name}={text} is not a port; set a number from 1 to 65535")
    return int(text)
