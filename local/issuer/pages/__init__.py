"""The pages of the authorization server."""

from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

# No script, no other host, no frame (RFC 6819, section 5.2.2.6).
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"

templates: Final = Jinja2Templates(directory=Path(__file__).parent)


def page(request: Request, name: str, values: dict[str, Any], status: int = 200) -> Response:
    """Return a page without scripts."""
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return templates.TemplateResponse(request, name, values, status, headers)


def script_page(request: Request, name: str, values: dict[str, Any], nonce: str, ancestors: str) -> Response:
    """Return a page that runs its own script; only `ancestors` may frame it."""
    policy = f"default-src 'none'; script-src 'nonce-{nonce}'; frame-ancestors {ancestors}"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return templates.TemplateResponse(request, name, values | {"nonce": nonce}, headers=headers)


def error_page(request: Request, error: str, description: str) -> Response:
    """Show the user an error that cannot be sent to the application."""
    return page(request, "error.html", {"error": error, "description": description}, 400)
