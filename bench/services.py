"""The API and the authorization server as fakes with fixed data, for the app's benchmark."""

from datetime import timedelta
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.settings import Settings
from tests.browser.support import MONDAY

ENTRIES: Final = 1_000
"""In the person's own week."""
PEOPLE: Final = 500
PENDING: Final = 20 * PEOPLE
"""Entries of the people, who have four finished weeks of five days each."""
PAGE: Final = 100
ME: Final = "auth0|mia"


def sign_in(settings: Settings) -> dict[str, Any]:
    """Return a sign-in as the app stores it."""
    claims = {"sub": ME, "name": "Mia", "email": "mia@exampleco.com"}
    scope = "openid read:timesheets create:timesheets delete:timesheets approve:timesheets"
    return {"issuer": settings.issuer, "claims": claims, "scope": scope, "version": "1", "refreshToken": "1"}


def services(settings: Settings) -> Starlette:
    """Return the API and the authorization server."""
    metadata = {
        "issuer": settings.issuer,
        "authorization_endpoint": f"{settings.issuer}authorize",
        "token_endpoint": f"{settings.issuer}oauth/token",
    }
    tokens = {"access_token": "access", "token_type": "Bearer", "expires_in": 86_400}
    own = [entry(number, ME, number % 5) for number in range(ENTRIES)]
    others = [
        entry(number, f"auth0|person-{number // 20}", number % 5 - 7 * (1 + number // 5 % 4))
        for number in range(PENDING)
    ]

    async def timesheets(request: Request) -> Response:
        return listed(request, [] if "status" in request.query_params else own)

    async def approvals(request: Request) -> Response:
        return listed(request, others)

    async def board(request: Request) -> Response:
        return listed(request, [row(request.path_params["week"], f"auth0|person-{n}") for n in range(PEOPLE)])

    async def week(_request: Request) -> Response:
        return JSONResponse({"submitted": None}, headers={"ETag": '"1"'})

    return Starlette(
        routes=[
            Route("/.well-known/openid-configuration", lambda _: JSONResponse(metadata)),
            Route("/oauth/token", lambda _: JSONResponse(tokens), methods=["POST"]),
            Route("/timesheets", timesheets),
            Route("/timesheets/weeks/{week}", week),
            Route("/approvals", approvals),
            Route("/approvals/weeks/{week}", board),
        ],
        middleware=[
            Middleware(
                CORSMiddleware, allow_origins=["*"], allow_headers=["*"], expose_headers=["Link", "ETag"]
            )
        ],
    )


def listed(request: Request, entries: list[dict[str, Any]]) -> Response:
    """Return a page of a list, with the link to the next one."""
    start = int(request.query_params.get("cursor", "0"))
    following = request.url.include_query_params(cursor=start + PAGE)
    more = start + PAGE < len(entries)
    links = {"Link": f'<{following.path}?{following.query}>; rel="next"'} if more else {}
    return JSONResponse(entries[start : start + PAGE], headers=links)


def row(week: str, owner: str) -> dict[str, Any]:
    """Return a person's week on the board, not signed."""
    hours = {"total_hours": 40, "by_day": {}, "by_status": {"pending": 40}}
    return {"user_id": owner, "week": week, **hours, "missing": False}


def entry(number: int, owner: str, day: int) -> dict[str, Any]:
    """Return an entry, so many days after this week's Monday."""
    date = (MONDAY + timedelta(day)).isoformat()
    return {
        "id": f"{number:032}",
        "user_id": owner,
        "user_email": f"{owner.removeprefix('auth0|')}@exampleco.com",
        "user_name": owner.removeprefix("auth0|").title(),
        "date": date,
        "project": f"Store {number % 40}",
        "hours": 8 if owner != ME else 0.1,
        "notes": "Till firmware and training",
        "status": "pending",
        "approved": False,
        "created_at": f"{date}T08:00:00.000Z",
        "modified_at": f"{date}T08:00:00.000Z",
        "version": 1,
    }
