"""`make smoke` against small servers: one that is well, and ones with something wrong."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ops import smoke
from ops.answers import EXPOSED, SENT
from tests.loopback.serving import served
from tests.support import PROJECT
from timesheets.model.errors import Code, Problem
from timesheets.routes import ROUTES
from timesheets.routes import Route as ApiRoute
from timesheets.web.problems import HEADERS, STATUSES, problem_json

if TYPE_CHECKING:
    from tests.support import Issuer

EMPLOYEE = "openid read:timesheets create:timesheets delete:timesheets"
CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": ", ".join(EXPOSED)}

type Alter = Callable[[Request, Response], Response | None]


class Small:
    """What the API is to the smoke test, in memory; `alter` makes something of it wrong."""

    def __init__(self) -> None:
        self.scopes = EMPLOYEE.split()
        self.entries: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, str] = {}
        self.rows: dict[str, Any] = {}
        self.alter: Alter = lambda _, answer: answer
        self.asked: list[str] = []
        self._ids = itertools.count(1)

    def application(self) -> Starlette:
        async def serve(request: Request) -> Response:
            body = await request.body()
            path = request.url.path.removeprefix("/v1")
            self.asked.append(f"{request.method} {path}")
            try:
                answer = self.serve(request, path, json.loads(body) if body else None)
            except Problem as problem:
                answer = JSONResponse(
                    problem_json(problem),
                    STATUSES[problem.code],
                    headers={**HEADERS.get(problem.code, {}), "Content-Type": "application/problem+json"},
                )
            answer.headers.update(CORS)
            altered = self.alter(request, answer)
            assert altered is not None
            return altered

        methods = ["GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]
        return Starlette(routes=[Route("/{path:path}", serve, methods=methods)])

    def serve(self, request: Request, path: str, body: Any) -> Response:
        if request.method == "OPTIONS":
            allowed = {"Methods": "GET,POST,PATCH,DELETE", "Headers": ",".join(SENT)}
            return Response(
                headers={f"Access-Control-Allow-{kind}": value for kind, value in allowed.items()}
            )
        route = self.route(request.method, path)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if len(token) < 100:
            raise refused("invalid_token")
        if route.scope not in self.scopes:
            raise refused("insufficient_scope")
        served: dict[str, Callable[[], Response]] = {
            "GET /timesheets": lambda: JSONResponse([*self.entries.values()]),
            "GET /approvals": lambda: JSONResponse([]),
            "GET /timesheets/weeks/{week}": self.week,
            "POST /timesheets": lambda: self.create(request, body),
            "POST /timesheets/upload": lambda: self.upload(body),
        }
        if str(route) in served:
            return served[str(route)]()
        return self.one(request, path.rpartition("/")[2], body)

    def one(self, request: Request, entry_id: str, change: Any) -> Response:
        if entry_id not in self.entries:
            raise refused("not_found")
        entry = self.entries[entry_id]
        if request.method == "DELETE":
            del self.entries[entry_id]
            return Response(status_code=204)
        if request.method == "PATCH":
            if request.headers["if-match"] != f'"{entry["version"]}"':
                raise refused("version_mismatch")
            entry |= change | {"version": entry["version"] + 1}
        return tagged(entry)

    def week(self) -> Response:
        return JSONResponse({"total_hours": 7.5 + sum(entry["hours"] for entry in self.entries.values())})

    def upload(self, body: Any) -> Response:
        (row,) = body
        status = "unchanged" if self.rows.get(row["external_id"]) == row else "created"
        self.rows[row["external_id"]] = row
        return JSONResponse({"results": [{"index": 0, "status": status, "id": "t0"}]}, 207)

    def create(self, request: Request, body: Any) -> Response:
        key = request.headers["idempotency-key"]
        if key not in self.keys:
            self.keys[key] = f"t{next(self._ids)}"
            entry = {"id": self.keys[key], "version": 1, "status": "pending"}
            self.entries[self.keys[key]] = body | entry
        answer = tagged(self.entries[self.keys[key]], 201)
        answer.headers["Location"] = f"timesheets/{self.keys[key]}"
        return answer

    @staticmethod
    def route(method: str, path: str) -> ApiRoute:
        parts = path.split("/")
        for route in sorted(ROUTES, key=lambda route: "{id}" in route.path):
            names = route.path.split("/")
            same = (a == b or a.startswith("{") for a, b in zip(names, parts, strict=False))
            if route.method == method and len(names) == len(parts) and all(same):
                return route
        raise refused("not_found")


def refused(code: Code) -> Problem:
    return Problem(code, "no")


def tagged(entry: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(entry, status, headers={"ETag": f'"{entry["version"]}"'})


@pytest.fixture
def small() -> Small:
    return Small()


@pytest.fixture
def address(small: Small) -> Iterator[str]:
    with served(lambda _: small.application()) as address:
        yield f"{address}v1"


@pytest.fixture
def token(issuer: "Issuer") -> str:
    return issuer.token(scope=EMPLOYEE)


type Check = Callable[..., tuple[int, str]]


@pytest.fixture
def check(address: str, token: str, capsys: pytest.CaptureFixture[str]) -> Check:
    """Return what runs the command and returns its exit code and what it printed."""

    def run(*options: str, **environ: str) -> tuple[int, str]:
        environ = {"TOKEN": token} | environ
        code = smoke.main([address, *options], environ)
        said = capsys.readouterr()
        assert not said.err
        assert "eyJ" not in said.out
        return code, said.out

    return run


def test_a_server_that_is_well_has_no_fault_whatever_its_stage_path(check: Check, small: Small) -> None:
    code, said = check(ORIGIN="https://app.example")
    assert (code, said.count("fault ")) == (0, 0)
    assert said.count("ok ") == 19
    assert small.entries == {}


def only(method: str, path: str, make: Callable[[Response], Response | None], nth: int = 0) -> Alter:
    """Alter the answers to some requests; from the nth on, if one is named."""
    seen = itertools.count(1)

    def alter(request: Request, answer: Response) -> Response | None:
        if request.method == method and request.url.path.removeprefix("/v1").startswith(path):
            return make(answer) if next(seen) >= nth else answer
        return answer

    return alter


def without(*names: str) -> Callable[[Response], Response]:
    def make(answer: Response) -> Response:
        for name in names:
            del answer.headers[name]
        return answer

    return make


def having(status: int = 0, **headers: str) -> Callable[[Response], Response]:
    def make(answer: Response) -> Response:
        answer.status_code = status or answer.status_code
        answer.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
        return answer

    return make


def saying(body: object, status: int = 200) -> Callable[[Response], Response]:
    def make(answer: Response) -> Response:
        kept = {name: value for name, value in answer.headers.items() if not name.startswith("content-")}
        return JSONResponse(body, status, headers=kept)

    return make


def forbidden(_: Request, answer: Response) -> Response:
    return JSONResponse({"message": "Forbidden"}, 403) if answer.status_code == 401 else answer


FAULTS: dict[str, tuple[Alter, list[str]]] = {
    "403 instead of 401": (
        forbidden,
        [
            "without a token: GET /timesheets is 401: expected 401 invalid_token; came 403",
            "with junk for a token",
            'expected WWW-Authenticate: Bearer error="invalid_token"; came none',
        ],
    ),
    "no CORS at all": (
        lambda _, answer: without("access-control-allow-origin", "access-control-expose-headers")(answer),
        [
            "expected Access-Control-Allow-Origin: https://app.example or *; came none",
            "Access-Control-Expose-Headers lacks link, etag, location, retry-after",
        ],
    ),
    "another origin": (
        lambda _, answer: having(access_control_allow_origin="https://other.example")(answer),
        ['came "https://other.example"'],
    ),
    "a preflight that needs a token": (
        only("OPTIONS", "/", having(401)),
        ["preflight of https://app.example"],
    ),
    "a preflight without headers": (
        only("OPTIONS", "/", without("access-control-allow-headers")),
        ["Access-Control-Allow-Headers lacks authorization, content-type, idempotency-key, if-match"],
    ),
    "no challenge": (
        lambda _, a: without("www-authenticate")(a) if a.status_code == 403 else a,
        ['expected WWW-Authenticate: Bearer error="insufficient_scope"; came none'],
    ),
    "a closed route that is open": (
        only("GET", "/approvals", saying([])),
        ["GET /approvals is 403, since its scopes lack approve:timesheets: expected 403 insufficient_scope"],
    ),
    "a list without the entry": (
        only(
            "GET",
            "/timesheets",
            lambda a: saying([])(a) if a.status_code == 200 and a.body[:1] == b"[" else a,
        ),
        ['the list holds it, once: expected ["t1"] in it; came []'],
    ),
    "a list that is none": (
        only("GET", "/timesheets", lambda a: saying({})(a) if a.body[:1] == b"[" else a),
        ["GET /timesheets is 200, a list: expected 200 and a JSON array; came 200"],
    ),
    "a list that leads elsewhere": (
        only("GET", "/timesheets", having(link='<https://other.example/?cursor=x>; rel="next"')),
        ["expected a Link to the list's next page"],
    ),
    "a list without an end": (
        only("GET", "/timesheets", having(link='<?cursor=x>; rel="next"')),
        ["the list does not end"],
    ),
    "a Location that leads elsewhere": (
        only("POST", "/timesheets", having(location="https://other.example/v1/timesheets/t1")),
        ["expected a Location that leads to /timesheets/t1"],
    ),
    "a Location that is no address": (
        only("POST", "/timesheets", having(location="https://[")),
        ["expected a Location that leads to /timesheets/t1"],
    ),
    "a Location that holds at one stage": (
        only("POST", "/timesheets", having(location="/v1/timesheets/t1")),
        ["expected a Location relative to the request"],
    ),
    "no Location": (
        only("POST", "/timesheets", lambda a: without("location")(a) if a.status_code == 201 else a),
        ["expected a Location; came none"],
    ),
    "no ETag": (
        only("PATCH", "/timesheets/", lambda a: without("etag")(a) if a.status_code == 200 else a),
        ['PATCH with If-Match is 200: expected ETag: "2"; came none'],
    ),
    "another entry": (
        only("POST", "/timesheets", saying({"id": "t1", "version": 1, "hours": 0.3, "project": "x"}, 201)),
        ['expected hours "0.25"; came "0.3"', 'expected project "Smoke test"; came "x"'],
    ),
    "a week that stays": (
        only("GET", "/timesheets/weeks", saying({"total_hours": 7.5})),
        ["the week's total has risen by 0.25: expected 7.75; came 7.5"],
    ),
    "a week that is none": (only("GET", "/timesheets/weeks", saying({})), ["expected 200 and a total_hours"]),
    "an entry that can't be read": (
        only("GET", "/timesheets/t", saying({}, 404)),
        ["GET by its id is 200: expected 200; came 404"],
    ),
    "a creation refused": (
        only("POST", "/timesheets", saying({"code": "invalid_entry"}, 422)),
        ['expected 201; came 422 "{\\"code\\":\\"invalid_entry\\"}"'],
    ),
    "a redirect": (
        only("GET", "/timesheets/weeks", lambda _: RedirectResponse("https://other.example/")),
        ["expected 200 and a total_hours; came 307"],
    ),
    "a 500 in the middle": (
        only("PATCH", "/timesheets/", saying({"code": "internal_error"}, 500)),
        [
            "PATCH with If-Match is 200: expected 200; came 500",
            "stale If-Match is 412: expected 412 version_mismatch",
        ],
    ),
    "nesting": (
        only("GET", "/timesheets/weeks", lambda _: Response("[" * 100_000)),
        ["expected 200 and a total_hours; came 200"],
    ),
    "too much": (
        only("GET", "/timesheets/weeks", lambda _: Response(b"x" * 2_000_000)),
        ["the answer is too long", "the rest is not checked"],
    ),
}


@pytest.mark.parametrize(("alter", "told"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_told_and_nothing_is_left(
    alter: Alter, told: list[str], small: Small, check: Check
) -> None:
    small.alter = alter
    code, said = check(ORIGIN="https://app.example")
    assert code == 1
    faults = [line for line in said.splitlines() if line.startswith("fault   ")]
    for text in told:
        assert any(text in line for line in faults), said
    assert small.entries == {}


def test_a_list_is_read_to_its_end(small: Small, check: Check) -> None:
    def in_pages(request: Request, answer: Response) -> Response:
        first = request.url.path == "/v1/timesheets" and "cursor" not in request.query_params
        if not (first and small.entries):
            return answer
        return having(link='<?project=Smoke+test&cursor=x>; rel="next"')(saying([])(answer))

    small.alter = lambda request, answer: answer if request.method != "GET" else in_pages(request, answer)
    assert check()[0] == 0


def test_a_creation_whose_answer_is_lost_is_found_in_the_list_and_deleted(small: Small, check: Check) -> None:
    small.alter = only("POST", "/timesheets", saying({}, 500))
    code, said = check()
    assert code == 1
    assert "the rest of an entry's life: not checked" in said
    assert 'clean-up: the entry "t1" is deleted' in said
    assert small.entries == {}


def test_what_a_broken_idempotency_key_made_is_told_and_deleted(small: Small, check: Check) -> None:
    def forget(_: Request, answer: Response) -> Response:
        small.keys.clear()
        return answer

    small.alter = forget
    code, said = check()
    assert code == 1
    assert 'under the same Idempotency-Key is the same entry: expected id "t1"; came "t2"' in said
    assert 'the list holds it, once: expected ["t1"] in it; came ["t1", "t2"]' in said
    assert small.entries == {}


def test_an_entry_that_can_not_be_deleted_is_named_with_the_command_to_do_it(
    small: Small, check: Check, address: str
) -> None:
    small.alter = only("DELETE", "/timesheets/", saying({}, 500))
    small.serve = refuse_deletes(small.serve)  # type: ignore[method-assign]
    code, said = check()
    assert code == 1
    assert 'fault   clean-up: the entry "t1" is left: DELETE answers 500' in said
    assert f'curl -X DELETE {address}/timesheets/t1 -H "Authorization: Bearer $TOKEN"' in said


def refuse_deletes(serve: Callable[..., Response]) -> Callable[..., Response]:
    def refusing(request: Request, path: str, body: Any) -> Response:
        return Response() if request.method == "DELETE" else serve(request, path, body)

    return refusing


def test_a_deletion_that_fails_once_is_tried_again(small: Small, check: Check) -> None:
    failures = iter([saying({}, 500)] * 2)
    small.serve = refuse_deletes(serve := small.serve)  # type: ignore[method-assign]

    def fail(request: Request, answer: Response) -> Response:
        make = next(failures, None) if request.method == "DELETE" else saying_nothing_else
        if make is None:
            return serve(request, request.url.path.removeprefix("/v1"), None)
        return make(answer)

    small.alter = fail
    code, said = check()
    assert code == 1
    assert 'note    clean-up: the entry "t1" is deleted' in said
    assert small.entries == {}


def saying_nothing_else(answer: Response) -> Response:
    return answer


def test_a_server_that_repeats_the_token_does_not_get_it_printed(
    small: Small, check: Check, token: str
) -> None:
    def repeat(request: Request, answer: Response) -> Response:
        given = request.headers.get("authorization", "")
        return having(x=given)(saying({"you sent": given}, 500)(answer)) if token in given else answer

    small.alter = repeat
    code, said = check()
    assert code == 1
    assert 'came 500 "{\\"you sent\\":\\"Bearer (hidden)\\"}"' in said
    assert token not in said
    assert token not in check("--json")[1]


def test_no_token_is_sent_to_what_lets_strangers_in(small: Small, check: Check) -> None:
    small.alter = lambda _, answer: saying([], 200)(answer)
    code, said = check()
    assert code == 1
    assert "note    token: not sent" in said
    assert small.entries == {}
    assert len(small.asked) == 5


def test_a_token_that_is_not_taken_is_told_where_to_look(small: Small, check: Check) -> None:
    small.alter = lambda _, answer: answer if answer.status_code in {200, 404} else unauthorized()
    code, said = check()
    assert code == 1
    assert "make check-issuer says why" in said


def unauthorized() -> Response:
    problem = refused("invalid_token")
    headers = {**HEADERS.get(problem.code, {}), **CORS, "Content-Type": "application/problem+json"}
    return JSONResponse(problem_json(problem), 401, headers=headers)


def test_a_token_without_claims_opens_nothing(check: Check) -> None:
    code, said = check(TOKEN="opaque" * 20)
    assert code == 1
    assert "with the token: GET /timesheets is 403" in said


ROW_FAULTS: dict[str, tuple[Callable[[Response], Response], str]] = {
    "refused": (
        saying({"results": [{"index": 0, "status": "rejected", "problem": {"code": "invalid_entry"}}]}, 207),
        "expected created or updated or unchanged; came",
    ),
    "taken anew each time": (
        saying({"results": [{"index": 0, "status": "created", "id": "t0"}]}, 207),
        'the same row again is unchanged: expected unchanged; came {"index": 0, "status": "created"',
    ),
    "no result": (saying({"results": []}, 207), "expected 207 and one result; came 207"),
    "no answer of that kind": (saying([], 500), "expected 207 and one result; came 500"),
}


@pytest.mark.parametrize(("make", "told"), ROW_FAULTS.values(), ids=ROW_FAULTS)
def test_faults_of_an_upload_are_told(
    make: Callable[[Response], Response], told: str, small: Small, check: Check, issuer: "Issuer"
) -> None:
    small.scopes = ["batch:upload"]
    small.alter = only("POST", "/timesheets/upload", make)
    code, said = check(TOKEN=issuer.token(scope="batch:upload", sub="timesheets-import@clients"))
    assert code == 1
    assert told in said
    assert small.entries == {}


def test_a_token_for_everything_is_refused_nowhere(small: Small, check: Check, issuer: "Issuer") -> None:
    small.scopes = [route.scope for route in ROUTES]
    code, said = check(TOKEN=issuer.token(scope=" ".join(sorted(set(small.scopes)))))
    assert code == 0
    assert "note    403: not checked" in said
    assert "ok      approvals: GET /approvals is 200, a list" in said
    assert small.entries == {}


def test_a_server_that_hangs_is_given_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(smoke, "PATIENCE", 0.5)
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        code = smoke.main([f"http://127.0.0.1:{silent.getsockname()[1]}"], {})
    assert code == 1
    assert time.monotonic() - began < 5
    assert "the rest is not checked" in capsys.readouterr().out


def test_a_server_that_hangs_in_the_middle_is_given_up_and_what_it_made_is_deleted(
    small: Small, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "PATIENCE", 0.5)
    small.alter = only("PATCH", "/timesheets/", slow)
    code, said = check()
    assert code == 1
    assert "PATCH /timesheets/t1: no answer, or none in time: ReadTimeout" in said
    assert "the rest is not checked" in said
    assert small.entries == {}


def slow(answer: Response, seconds: float = 1) -> Response:
    time.sleep(seconds)
    return answer


def test_all_of_it_together_has_a_deadline(
    small: Small, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smoke, "DEADLINE", 0.5)
    small.alter = lambda _, answer: slow(answer, 0.2)
    code, said = check(ORIGIN="https://app.example")
    assert code == 1
    assert "no answer, or none in time" in said
    assert small.entries == {}


def test_an_address_where_nothing_is_is_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke.main(["http://127.0.0.1:1/"], {}) == 1
    assert "ConnectError" in capsys.readouterr().out


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_deletes_what_it_made(
    ending: signal.Signals, small: Small, address: str, token: str
) -> None:
    reached = threading.Event()

    def reach(answer: Response) -> Response:
        reached.set()
        return slow(answer)

    small.alter = only("PATCH", "/timesheets/", reach)
    environment = os.environ | {"TOKEN": token, "PYTHONPATH": "authorizer:layers/shared"}
    with subprocess.Popen(
        [sys.executable, "-m", "ops.smoke", address],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        assert reached.wait(30)
        running.send_signal(ending)
        said, _ = running.communicate(timeout=30)
    assert running.returncode == 1
    assert "fault   interrupted; the rest is not checked" in said
    assert 'clean-up: the entry "t1" is deleted' in said
    assert small.entries == {}


def test_an_issuer_with_faults_is_sent_no_secret(check: Check) -> None:
    environ = {
        "CLIENT_ID": "x",
        "CLIENT_SECRET": "s3cret",
        "ISSUER": "http://127.0.0.1:1/",
        "AUDIENCE": "urn:x",
    }
    code, said = check(TOKEN="", **environ)
    assert code == 1
    assert "fault   discovery: http://127.0.0.1:1/" in said
    assert "a server with faults is sent no secret" in said
    assert "s3cret" not in said


def test_programs_read_json(check: Check, address: str) -> None:
    code, said = check("--json")
    told = json.loads(said)
    assert (code, told["api"], told["good"]) == (0, address, True)
    assert {"kind": "ok", "text": "delete: DELETE is 204", "cure": ""} in told["findings"]
