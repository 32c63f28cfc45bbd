"""Where the parts of the local stack listen, and whose tokens they take."""

import os
import platform
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

HOST: Final = "127.0.0.1"
PROJECT: Final = Path(__file__).resolve().parent.parent


class LocalError(Exception):
    """Something a developer can mend; the text says how, in one line."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One local stack. Every port can be moved, so that several run side by side."""

    api_port: int = 3000
    issuer_port: int = 3001
    aws_port: int = 4566
    app_port: int = 3002
    app_client_id: str = "timesheets-mobile"
    """As what the mobile app signs in."""
    other_issuer: str = ""
    """The `iss` of another identity provider; empty for the local authorization server."""
    audience: str = "https://api.exampleco.com/timesheets"
    jwks_uri: str = ""
    dynamodb_endpoint: str = ""
    """Another DynamoDB engine's address; empty for MiniStack's own."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the overrides: ports, the identity provider and the app's name there, DynamoDB.

        Raises
        ------
        LocalError
            For a port or an issuer that isn't one.

        """
        issuer = environ.get("TOKEN_ISSUER", "")
        if issuer and not issuer.startswith(("https://", "http://")):
            raise LocalError(f"TOKEN_ISSUER={issuer} is no issuer; set it to one such as https://TENANT/")
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
        """The address of the mobile app, where it runs beside the stack."""
        return f"http://{HOST}:{self.app_port}"

    @property
    def local_issuer(self) -> str:
        """The `iss` of the local authorization server, with the slash at the end, as Auth0's."""
        return f"http://{HOST}:{self.issuer_port}/"

    @property
    def issuer(self) -> str:
        """The `iss` whose tokens the API takes."""
        return self.other_issuer or self.local_issuer

    @property
    def aws_url(self) -> str:
        """Where AWS itself is."""
        return f"http://{HOST}:{self.aws_port}"

    @property
    def state(self) -> Path:
        """The folder of this stack's own files: logs, scratch space."""
        return PROJECT / ".local" / str(self.aws_port)

    @property
    def architecture(self) -> str:
        """This machine's processor, as Lambda names it: the functions run here."""
        return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"

    @cached_property
    def sam(self) -> dict[str, Any]:
        """The defaults that `sam` itself takes from samconfig.toml: stack name and region."""
        config = tomllib.loads((PROJECT / "samconfig.toml").read_text())
        parameters: dict[str, Any] = config["default"]["global"]["parameters"]
        return parameters

    @property
    def template_parameters(self) -> dict[str, str]:
        """The template's parameters, where they differ from its defaults."""
        return {
            "Architecture": self.architecture,
            "TokenIssuer": self.issuer,
            "Audience": self.audience,
            "JwksUri": self.jwks_uri,
            "ProtectData": "false",
            # What this machine can do is what a test of load shall find.
            "RequestRate": "1000",
            "UploadRate": "1000",
        }

    @property
    def aws_environment(self) -> dict[str, str]:
        """An environment in which every AWS client means the local stack, whatever the developer's says."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return kept | {
            "AWS_ENDPOINT_URL": self.aws_url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": self.sam["region"],
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
