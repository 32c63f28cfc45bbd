"""The page /docs of the front door: openapi.yaml in Swagger UI, with sign-in and requests to try.

Swagger UI's files come from a package. The page contacts no other host.
"""

import json
from importlib.metadata import distribution
from typing import Any, Final

import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from local.settings import PROJECT, Settings

PATH: Final = "/docs"
CLIENT_ID: Final = "timesheets-docs"

_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Timesheets API</title>
<link rel="icon" href="/docs/ui/favicon-32x32.png">
<link rel="stylesheet" href="/docs/ui/swagger-ui.css">
<div id="page"></div>
<script src="/docs/ui/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>
"""
_START: Final = """
const page = SwaggerUIBundle({
  dom_id: "#page",
  url: "/docs/openapi.json",
  deepLinking: true,
  oauth2RedirectUrl: location.origin + "/docs/ui/oauth2-redirect.html",
  validatorUrl: null, // the default is another host
});
page.initOAuth(OAUTH);
"""


def docs_app(settings: Settings) -> Starlette:
    """Return the application that serves the page and its files, for one stack."""
    # The package itself is not imported, because it imports Flask.
    ui = str(distribution("flask-swagger-ui").locate_file("flask_swagger_ui/dist"))
    flows = local_document(settings)["components"]["securitySchemes"]["oauth2"]["flows"]
    oauth = {
        "clientId": CLIENT_ID,
        "scopes": list(flows["authorizationCode"]["scopes"]),
        "usePkceWithAuthorizationCodeGrant": True,
        "additionalQueryStringParams": {"audience": settings.audience},
    }
    # Swagger UI writes styles into its elements, and fetches tokens from the issuer.
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
        f" connect-src 'self' {settings.issuer.rstrip('/')}; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )

    async def page(_request: Request) -> Response:
        return HTMLResponse(_PAGE, headers={"Content-Security-Policy": policy})

    async def start(_request: Request) -> Response:
        return Response(_START.replace("OAUTH", json.dumps(oauth)), media_type="text/javascript")

    async def document(_request: Request) -> Response:
        return JSONResponse(local_document(settings))

    return Starlette(
        routes=[
            Route(PATH, page),
            Route(f"{PATH}/start.js", start),
            Route(f"{PATH}/openapi.json", document),
            Mount(f"{PATH}/ui", StaticFiles(directory=ui)),
        ]
    )


def local_document(settings: Settings) -> dict[str, Any]:
    """Return openapi.yaml with the addresses of one stack."""
    document: dict[str, Any] = yaml.safe_load((PROJECT / "openapi.yaml").read_text())
    document["servers"] = [{"url": "/", "description": "This stack"}]
    for flow in document["components"]["securitySchemes"]["oauth2"]["flows"].values():
        for name in ("authorizationUrl", "tokenUrl"):
            if name in flow:
                flow[name] = flow[name].replace(Settings().issuer, settings.issuer)
    return document
