"""The authorization server's routes, at Auth0's paths."""

from typing import Final

from authlib.oauth2 import OAuth2Error
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from local.issuer.authorize import COOKIE, AuthorizationEndpoint
from local.issuer.endpoints import Logout, Revocation, bearer_token, userinfo
from local.issuer.grants import register_grants
from local.issuer.metadata import metadata
from local.issuer.pages import error_page, page, templates
from local.issuer.requests import MalformedRequest, body_request, query_request
from local.issuer.seed import Seed
from local.issuer.server import Server
from local.issuer.sessions import Sessions
from local.issuer.tokens import TokenIssuer

ROTATE_KEY: Final = "/api/v2/keys/signing/rotate"
"""Auth0's path. Here it needs no token: only programs on this machine reach it."""


def issuer_app(tokens: TokenIssuer, seed: Seed | None = None) -> Starlette:
    """Return the application. All its state is in memory.

    Raises
    ------
    LocalError
        If seed.toml is not valid.

    """
    seed = seed or Seed()
    endpoints = Endpoints(Server(seed, tokens))
    cross_origin = Starlette(
        routes=[
            Route("/oauth/token", endpoints.token, methods=["POST"]),
            Route("/oauth/revoke", endpoints.revoke, methods=["POST"]),
            Route("/userinfo", endpoints.userinfo, methods=["GET", "POST"]),
            Route("/.well-known/jwks.json", endpoints.jwks),
            Route("/.well-known/openid-configuration", endpoints.metadata),
            Route("/.well-known/oauth-authorization-server", endpoints.metadata),
        ],
        middleware=[
            Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
        ],
        exception_handlers={MalformedRequest: _malformed},
    )
    return Starlette(
        routes=[
            # Scripts of other origins may not read a code (RFC 9700, section 2.6).
            Route("/authorize", endpoints.authorize, methods=["GET", "POST"]),
            Route("/oidc/logout", endpoints.oidc_logout, methods=["GET", "POST"]),
            Route("/v2/logout", endpoints.logout),
            Route("/avatars/{name}.svg", endpoints.avatar),
            Route(ROTATE_KEY, endpoints.rotate_key, methods=["POST"]),
            Mount("/", cross_origin),
        ],
        middleware=[Middleware(_RefreshSeed, seed=seed)],
        exception_handlers={MalformedRequest: _malformed},
    )


class _RefreshSeed:
    """Reads an edited seed.toml again before each request."""

    def __init__(self, app: ASGIApp, seed: Seed) -> None:
        self._app = app
        self._seed = seed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._seed.refresh()
        await self._app(scope, receive, send)


class Endpoints:
    """One method for each endpoint, from HTTP request to HTTP response."""

    def __init__(self, server: Server) -> None:
        """Register grants and endpoints with one server."""
        register_grants(server)
        server.register_endpoint(Revocation)
        server.register_endpoint(Logout)
        self._server = server
        self._sessions = Sessions()
        self.authorize = AuthorizationEndpoint(server, self._sessions).respond

    async def token(self, request: Request) -> Response:
        """Issue tokens (RFC 6749, section 3.2)."""
        body = await body_request(request)
        if not body.payload.grant_type:
            raise MalformedRequest("Missing grant_type")
        response: Response = self._server.create_token_response(body)
        return response

    async def revoke(self, request: Request) -> Response:
        """Revoke a token (RFC 7009)."""
        response: Response = self._server.create_endpoint_response("revocation", await body_request(request))
        return response

    async def userinfo(self, request: Request) -> Response:
        """Return claims about the user (OpenID Connect Core 1.0, section 5.3)."""
        token = None
        try:
            token = await bearer_token(request)
            claims = userinfo(self._server, token)
        except OAuth2Error as error:
            # A request without any token gets no error code (RFC 6750, section 3.1).
            anonymous = token is None and "authorization" not in request.headers
            challenge = "Bearer" if anonymous else f'Bearer error="{error.error}"'
            body = {"error": error.error, "error_description": error.description}
            return JSONResponse(body, error.status_code, {"WWW-Authenticate": challenge})
        return JSONResponse(claims, headers={"Cache-Control": "no-store"})

    async def oidc_logout(self, request: Request) -> Response:
        """Sign the user out (OpenID Connect RP-Initiated Logout 1.0)."""
        asked = await body_request(request) if request.method == "POST" else query_request(request)
        try:
            logout = self._server.validate_endpoint_request("end_session", asked)
        except OAuth2Error as error:
            return self._sign_out(request, error_page(request, error.error, error.description))
        return self._leave(request, asked.form.get("post_logout_redirect_uri"), logout.redirect_uri)

    async def logout(self, request: Request) -> Response:
        """Sign the user out by Auth0's own endpoint, and redirect to `returnTo`."""
        return_to = request.query_params.get("returnTo")
        directory = self._server.directory
        client_id = request.query_params.get("client_id")
        clients = [client for client in directory.clients if client_id in (None, client.id)]
        address = (return_to or "").partition("?")[0]  # Auth0 does not compare the query
        allowed = any(client.may_log_out_to(address) for client in clients)
        return self._leave(request, return_to, return_to if allowed else None)

    def _leave(self, request: Request, requested: str | None, allowed: str | None) -> Response:
        if allowed:
            return self._sign_out(request, RedirectResponse(allowed, 302))
        if not requested:
            return self._sign_out(request, page(request, "signed_out.html", {}))
        text = f"You are signed out. {requested} is not one of the application's logout_urls in seed.toml."
        return self._sign_out(request, error_page(request, "invalid_request", text))

    def _sign_out(self, request: Request, response: Response) -> Response:
        """End the session, whatever the response is."""
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
            return Response("Scripts of web pages may not rotate keys\n", 403)
        keys = self._server.tokens.keys
        keys.rotate()
        return JSONResponse({"kid": keys.current.kid}, status_code=201)

    async def metadata(self, _request: Request) -> Response:
        """Describe this server (OpenID Connect Discovery 1.0, section 4; RFC 8414, section 3)."""
        return JSONResponse(metadata(self._server.tokens.issuer, self._server.directory))


async def _malformed(_request: Request, error: Exception) -> Response:
    body = {"error": "invalid_request", "error_description": str(error)}
    return JSONResponse(body, status_code=400)
