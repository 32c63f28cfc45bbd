"""How an authorization response reaches the application: by redirect, by form or by message."""

import json
import secrets
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from local.issuer.pages import script_page
from local.issuer.requests import FormRequest

RESPONSE_MODES: Final = ("query", "form_post", "web_message")


def deliver(request: Request, asked: FormRequest, response: Response, issuer: str) -> Response:
    """Send the parameters of a redirect as `response_mode` says, with `iss` (RFC 9207) among them."""
    location = urlsplit(response.headers["location"])
    parameters = [*parse_qsl(location.query, keep_blank_values=True), ("iss", issuer)]
    nonce = secrets.token_urlsafe(16)
    match asked.payload.data.get("response_mode"):
        case "form_post":
            # OAuth 2.0 Form Post Response Mode 1.0. The redirect URI's own query stays in the address.
            action = asked.payload.redirect_uri
            own = parse_qsl(urlsplit(action).query, keep_blank_values=True)
            shown = {"action": action, "parameters": parameters[len(own) :]}
            return script_page(request, "form_post.html", shown, nonce, "'none'")
        case "web_message":
            origin = f"{location.scheme}://{location.netloc}"
            message = {"type": "authorization_response", "response": dict(parameters)}
            # No text may end the script element.
            data = json.dumps({"message": message, "origin": origin}).replace("<", "\\u003c")
            return script_page(request, "web_message.html", {"data": data}, nonce, origin)
    address = urlunsplit(location._replace(query=urlencode(parameters)))
    return RedirectResponse(address, response.status_code, {"Cache-Control": "no-store"})
