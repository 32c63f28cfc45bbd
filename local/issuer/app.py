"""The authorization server's endpoints, at Auth0's paths."""

import json
import re
from typing import Any

from authlib.oauth2 import OAuth2Error
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from local.issuer.authorize import COOKIE, PROMPTS, RESPONSE_MODES, AuthorizationEndpoint
from local.issuer.directory import OPENID_SCOPES, Directory, Seed
from local.issuer.endpoints import Logout, Revocation, userinfo
from local.issuer.grants import ANY_CLIENT, register_grants
from local.issuer.pages import error_page, page, templates
from local.issuer.server import FormRequest, Server
from local.issuer.sessions import Sessions
from local.issuer.tokens import TokenIssuer

ROTATE_KEY = "/api/v2/keys/signing/rotate"
"""Auth0's path. Here it takes no token: whoever reaches loopback may ask."""


def issuer_app(tokens: TokenIssuer, seed: Seed | None = None) -> Starlette:
    """Return the application; it keeps its state in memory and forgets it at the end.

    Raises
    ------
    LocalError
        If seed.toml is not what it should be.

    """
    seed = seed or Seed()
    endpoints = Endpoints(Server(seed, tokens))
    for_scripts = Starlette(
        routes=[
            Route("/oauth/token", endpoints.token, methods=["POST"]),
            Route("/oauth/revoke", endpoints.revoke, methods=["POST"]),
            Route("/userinfo", endpoints.userinfo, methods=["GET", "POST"]),
            Route("/.well-known/jwks.json", endpoints.jwks),
            Route("/.well-known/openid-configuration", endpoints.discovery),
        ],
        middleware=[
            Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
        ],
        exception_handlers={MalformedRequest: _malformed},
    )
    return Starlette(
        routes=[
            # Not for other pages' scripts (RFC 9700, section 2.6): a code is for the redirect alone.
            Route("/authorize", endpoints.authorize, methods=["GET", "POST"]),
            Route("/oidc/logout", endpoints.oidc_logout, methods=["GET", "POST"]),
            Route("/v2/logout", endpoints.logout),
            Route("/avatars/{name}.svg", endpoints.avatar),
            Route(ROTATE_KEY, endpoints.rotate_key, methods=["POST"]),
            Mount("/", for_scripts),
        ],
        middleware=[Middleware(_Refreshed, seed=seed)],
        exception_handlers={MalformedRequest: _malformed},
    )


class _Refreshed:
    """Has each request see seed.toml as it is."""

    def __init__(self, app: ASGIApp, seed: Seed) -> None:
        self._app = app
        self._seed = seed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._seed.refresh()
        await self._app(scope, receive, send)


class Endpoints:
    """HTTP in, HTTP out: each method is one endpoint."""

    def __init__(self, server: Server) -> None:
        """Put one server's rules behind addresses."""
        register_grants(server)
        server.register_endpoint(Revocation)
        server.register_endpoint(Logout)
        self._server = server
        self._sessions = Sessions()
        self.authorize = AuthorizationEndpoint(server, self._sessions).respond

    async def token(self, request: Request) -> Response:
        """Issue tokens (RFC 6749, section 3.2)."""
        asked = await _asked(request)
        if not asked.payload.grant_type:
            raise MalformedRequest("Missing grant_type")
        response: Response = self._server.create_token_response(asked)
        return response

    async def revoke(self, request: Request) -> Response:
        """Revoke a token (RFC 7009)."""
        response: Response = self._server.create_endpoint_response("revocation", await _asked(request))
        return response

    async def userinfo(self, request: Request) -> Response:
        """Tell an application who its user is (OpenID Connect Core 1.0, section 5.3)."""
        header = request.headers.get("authorization", "")
        try:
            claims = userinfo(self._server, header)
        except OAuth2Error as error:
            # Who brought nothing made no mistake (RFC 6750, section 3.1).
            challenge = f'Bearer error="{error.error}"' if header else "Bearer"
            told = {"error": error.error, "error_description": error.description}
            return JSONResponse(told, error.status_code, {"WWW-Authenticate": challenge})
        return JSONResponse(claims, headers={"Cache-Control": "no-store"})

    async def oidc_logout(self, request: Request) -> Response:
        """Sign the user out (OpenID Connect RP-Initiated Logout 1.0)."""
        asked = await _asked(request) if request.method == "POST" else _asked_by_query(request)
        try:
            logout = self._server.validate_endpoint_request("end_session", asked)
        except OAuth2Error as error:
            return self._signed_out(request, error_page(request, error.error, error.description))
        return self._gone(request, asked.form.get("post_logout_redirect_uri"), logout.redirect_uri)

    async def logout(self, request: Request) -> Response:
        """Sign the user out, in Auth0's own way: `returnTo` is where to go then."""
        return_to = request.query_params.get("returnTo")
        directory = self._server.directory
        client_id = request.query_params.get("client_id")
        clients = [client for client in directory.clients if client_id in (None, client.id)]
        address = (return_to or "").partition("?")[0]  # Auth0 does not compare the query
        allowed = any(client.may_log_out_to(address) for client in clients)
        return self._gone(request, return_to, return_to if allowed else None)

    def _gone(self, request: Request, wanted: str | None, allowed: str | None) -> Response:
        if allowed:
            return self._signed_out(request, RedirectResponse(allowed, 302))
        if not wanted:
            return self._signed_out(request, page(request, "signed_out.html", {}))
        text = f"You are signed out. {wanted} is not among the application's logout_urls in seed.toml."
        return self._signed_out(request, error_page(request, "invalid_request", text))

    def _signed_out(self, request: Request, response: Response) -> Response:
        """End the session, wherever the answer leads."""
        self._sessions.end(request.cookies.get(COOKIE))
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    async def avatar(self, request: Request) -> Response:
        """Draw a user's picture: the first letter of the name."""
        user = self._server.directory.hinted(request.path_params["name"])
        if not user:
            return Response(status_code=404)
        initial = {"initial": user.name[0].upper()}
        return templates.TemplateResponse(request, "avatar.svg", initial, media_type="image/svg+xml")

    async def jwks(self, _request: Request) -> Response:
        """Publish the keys (RFC 7517)."""
        return JSONResponse(self._server.tokens.keys.jwks())

    async def rotate_key(self, request: Request) -> Response:
        """Sign with the next key from now on."""
        if "origin" in request.headers:
            return Response("Not for a page's script\n", 403)
        keys = self._server.tokens.keys
        keys.rotate()
        return JSONResponse({"kid": keys.current.kid}, status_code=201)

    async def discovery(self, _request: Request) -> Response:
        """Describe this server (OpenID Connect Discovery 1.0, section 4)."""
        return JSONResponse(_metadata(self._server.tokens.issuer, self._server.directory))


class MalformedRequest(Exception):
    """A body that is neither a form nor a JSON object of strings, each named once."""


async def _malformed(_request: Request, error: Exception) -> Response:
    body = {"error": "invalid_request", "error_description": str(error)}
    return JSONResponse(body, status_code=400)


async def _asked(request: Request) -> FormRequest:
    """Read what a form or, as Auth0 takes it too, a JSON body asks for.

    Raises
    ------
    MalformedRequest
        If it is neither.

    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        parameters = _json_members(await request.body())
    elif kind == "application/x-www-form-urlencoded":
        try:
            parameters = (await request.form()).multi_items()
        except HTTPException as error:  # more fields than Starlette takes
            raise MalformedRequest(error.detail) from None
    else:
        raise MalformedRequest("Content-Type must be application/x-www-form-urlencoded or application/json")
    if not all(isinstance(value, str) and _is_unicode(value) for _, value in parameters):
        raise MalformedRequest("Each parameter must be a string of Unicode characters")
    asked = FormRequest(request.method, parameters, request.headers)
    if asked.repeated:
        raise MalformedRequest("Each parameter must be there once")  # RFC 6749, section 3.2
    return asked


def _asked_by_query(request: Request) -> FormRequest:
    return FormRequest(request.method, request.query_params.multi_items(), request.headers)


def _is_unicode(text: str) -> bool:
    """Tell text from JSON's lone surrogates (RFC 8259, section 8.2)."""
    return not re.search("[\ud800-\udfff]", text)


def _json_members(body: bytes) -> list[tuple[str, Any]]:
    try:
        members = json.loads(body, object_pairs_hook=tuple)  # an object is a tuple then, and nothing else is
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, tuple):
        raise MalformedRequest("The body must be a JSON object, as its Content-Type says")
    return [(name, value) for name, value in members if value is not None]


def _metadata(issuer: str, directory: Directory) -> dict[str, Any]:
    """Return OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2."""
    permissions = {permission for api in directory.apis for permission in api.permissions}
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}authorize",
        "token_endpoint": f"{issuer}oauth/token",
        "userinfo_endpoint": f"{issuer}userinfo",
        "revocation_endpoint": f"{issuer}oauth/revoke",
        "end_session_endpoint": f"{issuer}oidc/logout",
        "jwks_uri": f"{issuer}.well-known/jwks.json",
        "scopes_supported": [*OPENID_SCOPES, *sorted(permissions)],
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": list(ANY_CLIENT),
        "revocation_endpoint_auth_methods_supported": list(ANY_CLIENT),
        "code_challenge_methods_supported": ["S256"],
        "prompt_values_supported": list(PROMPTS),
        "claims_supported": [
            *("sub", "iss", "aud", "iat", "exp", "auth_time", "nonce"),
            *("name", "nickname", "picture", "updated_at", "email", "email_verified"),
        ],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
