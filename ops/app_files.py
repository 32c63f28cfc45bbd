"""The mobile app's files as they are served: types, caching, order, and the headers beside them.

Production and `make app` serve the same, because both ask here; the headers stand in app/template.yaml.
"""

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

from samcli.yamlhelper import yaml_parse

TEMPLATE: Final = Path(__file__).resolve().parent.parent / "app/template.yaml"
INDEX: Final = "index.html"
WORKER: Final = "sw.js"
CONFIGURATION: Final = "config.json"

ASK_AGAIN: Final = "no-cache"
FOREVER: Final = "public, max-age=31536000, immutable"

_EXTENSION: Final = re.compile(r"\.[A-Za-z0-9]+$")
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def is_page(path: str) -> bool:
    """Tell a page of the app, which is index.html, from a file; app/template.yaml has the same rule."""
    return not _EXTENSION.search(path)


def content_type(name: str) -> str:
    """Return what a browser is told that a file is; it takes no script and no style of another type."""
    return _TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")


def cache_control(name: str) -> str:
    """Return how long a file is kept: one in assets/ has its content's hash in its name and never changes."""
    return FOREVER if name.startswith("assets/") else ASK_AGAIN


def in_order(names: Iterable[str]) -> list[str]:
    """Sort files so that each finds those that it names already there.

    The page comes after all that it loads. The service worker comes after the page: a browser that sees a new
    one fetches the page, and keeps what it gets.
    """
    return sorted(
        names, key=lambda name: (name == WORKER, name == INDEX, not name.startswith("assets/"), name)
    )


def origin_of(address: str) -> str:
    """Return scheme, host and port: what a browser calls an origin."""
    url = urlsplit(address)
    return f"{url.scheme}://{url.netloc}"


def configuration(*, issuer: str, client_id: str, audience: str, api: str) -> dict[str, str]:
    """Return config.json's content, which the app fetches when it starts."""
    return {"issuer": issuer, "clientId": client_id, "audience": audience, "api": api}


def template() -> dict[str, Any]:
    """Return app/template.yaml, its short forms (`!Ref`) spelled out."""
    parsed: dict[str, Any] = yaml_parse(TEMPLATE.read_text())
    return parsed


def security_headers(*, api_origin: str, issuer_origin: str) -> dict[str, str]:
    """Return the headers of every answer, as app/template.yaml says them; none that is for https only."""
    resource = template()["Resources"]["Headers"]["Properties"]["ResponseHeadersPolicyConfig"]
    security = resource["SecurityHeadersConfig"]
    policy: str = security["ContentSecurityPolicy"]["ContentSecurityPolicy"]["Fn::Sub"]
    headers = {
        "Content-Security-Policy": policy.replace("${ApiOrigin}", api_origin).replace(
            "${IssuerOrigin}", issuer_origin
        ),
        "X-Content-Type-Options": "nosniff",  # all that ContentTypeOptions can mean
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
    }
    return headers | {item["Header"]: item["Value"] for item in resource["CustomHeadersConfig"]["Items"]}
