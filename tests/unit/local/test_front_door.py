"""The front door: the responses that it gives in API Gateway's place, and the requests that it passes on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2 as httpx
import pytest
from starlette.responses import PlainTextResponse

from local import front_door
from local.front_door import FrontDoor
from local.settings import Settings
from local.stage import Stage

FAILURE: Any = {
    "statusCode": "503",
    "responseParameters": {
        "gatewayresponse.header.Content-Type": "'application/problem+json'",
        "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
        "gatewayresponse.header.Retry-After": "'1'",
    },
    "responseTemplates": {"application/json": '{"code": "service_unavailable"}'},
}

type Upstream = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]


@pytest.fixture
def stages(monkeypatch: pytest.MonkeyPatch) -> list[Stage]:
    """Return the deployed stage, now and after the API was replaced."""
    listed = [Stage(name, b"/v1", FAILURE) for name in (b"old", b"new")]
    reads = iter(listed)
    monkeypatch.setattr(front_door, "deployed_stage", lambda _settings: next(reads))
    return listed


class Gateway(httpx.AsyncBaseTransport):
    """Answers like a server, whose responses are read from a stream."""

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._upstream(request)
        answer = await answer if isinstance(answer, Awaitable) else answer

        async def chunks() -> AsyncIterator[bytes]:
            yield answer.content

        return httpx.Response(answer.status_code, headers=answer.headers, content=chunks())


@asynccontextmanager
async def started(upstream: Upstream) -> AsyncIterator[FrontDoor]:
    """Start a front door whose API Gateway is a function."""
    door = FrontDoor(Settings(), PlainTextResponse("documentation"))
    door._client = httpx.AsyncClient(transport=Gateway(upstream))
    messages: asyncio.Queue[Any] = asyncio.Queue()
    lifespan = asyncio.create_task(door({"type": "lifespan"}, messages.get, asyncio.Queue[Any]().put))
    await messages.put({"type": "lifespan.startup"})
    await asyncio.sleep(0)
    yield door
    await messages.put({"type": "lifespan.shutdown"})
    await lifespan


async def get(door: FrontDoor, path: str = "/timesheets", headers: Any = ()) -> httpx.Response:
    transport = httpx.ASGITransport(door)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:3000") as client:
        return await client.get(path, headers=headers)


def response_to(upstream: Upstream, **options: Any) -> httpx.Response:
    async def run() -> httpx.Response:
        async with started(upstream) as door:
            return await get(door, **options)

    return asyncio.run(run())


def is_unavailable(response: httpx.Response) -> bool:
    headers = response.headers
    return (response.status_code, response.text) == (503, '{"code": "service_unavailable"}') and (
        (headers["content-type"], headers["access-control-allow-origin"], headers["retry-after"])
        == ("application/problem+json", "*", "1")
    )


@pytest.mark.usefixtures("stages")
def test_a_response_is_passed_on() -> None:
    response = response_to(lambda _: httpx.Response(201, json={"id": "1"}, headers={"ETag": '"1"'}))
    assert (response.status_code, response.json(), response.headers["etag"]) == (201, {"id": "1"}, '"1"')


@pytest.mark.usefixtures("stages")
def test_a_function_that_failed_to_run_is_the_apis_own_503() -> None:
    assert is_unavailable(response_to(lambda _: httpx.Response(502, json={"message": "Worker process died"})))


@pytest.mark.usefixtures("stages")
def test_an_api_gateway_that_does_not_answer_is_the_apis_own_503() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    assert is_unavailable(response_to(refuse))


def test_requests_in_flight_get_a_503_when_the_stack_stops(stages: list[Stage]) -> None:  # noqa: ARG001
    async def run() -> tuple[httpx.Response, httpx.Response]:
        reached = asyncio.Event()

        async def hang(_request: httpx.Request) -> httpx.Response:
            reached.set()
            await asyncio.sleep(60)
            raise AssertionError

        async with started(hang) as door:
            in_flight = asyncio.create_task(get(door))
            await asyncio.wait_for(reached.wait(), timeout=10)
            door.stop()
            return await in_flight, await get(door)

    assert all(map(is_unavailable, asyncio.run(run())))


def test_a_replaced_api_is_found_under_its_new_id(stages: list[Stage]) -> None:
    def upstream(request: httpx.Request) -> httpx.Response:
        if request.headers["host"] == stages[0].host.decode():
            return httpx.Response(404, content=Stage.NO_API)
        return httpx.Response(200)

    assert response_to(upstream).status_code == 200


@pytest.mark.usefixtures("stages")
def test_the_apis_own_404_is_passed_on() -> None:
    response = response_to(lambda _: httpx.Response(404, json={"code": "not_found"}))
    assert response.json() == {"code": "not_found"}


@pytest.mark.parametrize(
    ("target", "passed_on"),
    [
        (b"/timesheets", b"/v1/timesheets"),
        (b"/timesheets/a%2Fb", b"/v1/timesheets/a%2Fb"),
        (b"http://127.0.0.1:3000/timesheets", b"/v1/timesheets"),
        (b"HTTP://localhost/timesheets", b"/v1/timesheets"),
        (b"http://127.0.0.1:3000", b"/v1/"),
        (b"/http://127.0.0.1", b"/v1/http://127.0.0.1"),
    ],
)
@pytest.mark.usefixtures("stages")
def test_a_target_in_absolute_form_loses_its_origin(target: bytes, passed_on: bytes) -> None:
    targets = []

    def upstream(request: httpx.Request) -> httpx.Response:
        targets.append(request.extensions["target"])
        return httpx.Response(200)

    async def run() -> None:
        async with started(upstream) as door:
            scope = {
                "type": "http",
                "method": "GET",
                "path": "/timesheets",
                "raw_path": target,
                "query_string": b"limit=1",
                "headers": [],
                "server": ("127.0.0.1", 3000),
                "scheme": "http",
            }

            async def receive() -> dict[str, Any]:
                return {"type": "http.request", "body": b""}

            async def send(_message: Any) -> None:
                return None

            await door(scope, receive, send)

    asyncio.run(run())
    assert targets == [passed_on + b"?limit=1"]


@pytest.mark.parametrize(
    ("headers", "closed"),
    [
        ([("Transfer-Encoding", "chunked"), ("Content-Length", "3")], True),
        ([("Content-Length", "0")], False),
        ([("Transfer-Encoding", "chunked")], False),
    ],
)
@pytest.mark.usefixtures("stages")
def test_ambiguous_framing_closes_the_connection(headers: list[tuple[str, str]], closed: bool) -> None:  # noqa: FBT001
    """RFC 9112, section 6.3."""
    response = response_to(lambda _: httpx.Response(200), headers=headers)
    assert ("close" in response.headers.get("connection", "")) is closed
