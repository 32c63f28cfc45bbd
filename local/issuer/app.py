"""The authorization server's endpoints, at Auth0's paths."""

import json
from pathlib import Path
from typing import Any

from authlib.oauth2 import OAuth2Error
from starlette.applications import Starlette
from starlette.formparsers import MultiPartException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from local.issuer.directory import Directory
from local.issuer.server import FormRequest, Server
from local.issuer.tokens import OPENID_SCOPES, TokenIssuer

pages = Jinja2Templates(directory=Path(__file__).parent)


def issuer_app(tokens: TokenIssuer, directory: Directory | None = None) -> Starlette:
    """Return the application; it keeps its state in memory and forgets it at the end."""
    directory = directory or Directory.load()
    server = Server(directory, tokens)

    async def authorize(request: Request) -> Response:
        """Sign a user in (RFC 6749, section 3.1): at once if `login_hint` names one, else by a page."""
        query = request.query_params
        asked = FormRequest(request.method, str(request.url), query, request.headers)
        try:
            grant = server.get_consent_grant(asked)
        except ValueError as error:  # Authlib does not take just any character into its error texts
            shown = {"error": "invalid_request", "description": str(error)}
            return pages.TemplateResponse(request, "error.html", {"error": shown}, status_code=400)
        except OAuth2Error as error:
            if error.redirect_uri:
                response: Response = server.handle_error_response(asked, error)
                return response
            return pages.TemplateResponse(request, "error.html", {"error": error}, status_code=400)
        user = directory.user(query.get("login_hint"))
        if user:
            signed_in: Response = server.create_authorization_response(asked, grant_user=user, grant=grant)
            return signed_in
        choices = [(u, request.url.include_query_params(login_hint=u.email)) for u in directory.users]
        return pages.TemplateResponse(request, "sign_in.html", {"client": grant.client, "choices": choices})

    async def token(request: Request) -> Response:
        """Issue a token (RFC 6749, section 3.2), for a form or, as Auth0 takes it too, a JSON body."""
        try:
            parameters = await _parameters(request)
            asked = FormRequest(request.method, str(request.url), parameters, request.headers)
            response: Response = server.create_token_response(asked)
        except (ValueError, RecursionError, MultiPartException):
            body = {"error": "invalid_request", "error_description": "The request is malformed"}
            return JSONResponse(body, status_code=400)
        return response

    async def jwks(_request: Request) -> Response:
        return JSONResponse(tokens.jwks())

    async def discovery(_request: Request) -> Response:
        return JSONResponse(_metadata(tokens.issuer, directory))

    return Starlette(
        routes=[
            Route("/authorize", authorize),
            Route("/oauth/token", token, methods=["POST"]),
            Route("/.well-known/jwks.json", jwks),
            Route("/.well-known/openid-configuration", discovery),
        ],
        middleware=[
            Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
        ],
    )


async def _parameters(request: Request) -> dict[str, str]:
    if request.headers.get("content-type", "").startswith("application/json"):
        body = json.loads(await request.body())
        if not isinstance(body, dict):
            raise ValueError("The body must be a JSON object")
        return {name: str(value) for name, value in body.items() if value is not None}
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def _metadata(issuer: str, directory: Directory) -> dict[str, Any]:
    """Return OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2."""
    permissions = {p for user in directory.users for p in user.permissions}
    granted = {s for client in directory.clients for s in client.scopes}
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}authorize",
        "token_endpoint": f"{issuer}oauth/token",
        "jwks_uri": f"{issuer}.well-known/jwks.json",
        "scopes_supported": sorted({*OPENID_SCOPES, *permissions, *granted}),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }
