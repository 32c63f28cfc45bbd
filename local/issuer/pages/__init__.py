"""The few pages of the authorization server."""

from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.templating import Jinja2Templates

# No script, nothing from elsewhere, in nobody's frame (RFC 6819, section 5.2.2.6).
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"

templates: Final = Jinja2Templates(directory=Path(__file__).parent)


def page(request: Request, name: str, shown: dict[str, Any], status: int = 200) -> Response:
    """Return one page."""
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return templates.TemplateResponse(request, name, shown, status, headers)


def message_page(request: Request, data: str, origin: str, nonce: str) -> Response:
    """Post a message to the window of an origin that opened this page or frames it."""
    policy = f"default-src 'none'; script-src 'nonce-{nonce}'; frame-ancestors {origin}"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    shown = {"data": data, "nonce": nonce}
    return templates.TemplateResponse(request, "web_message.html", shown, headers=headers)


def error_page(request: Request, error: str, description: str) -> Response:
    """Tell whoever looks what is wrong, where no application can be told."""
    return page(request, "error.html", {"error": error, "description": description}, 400)
