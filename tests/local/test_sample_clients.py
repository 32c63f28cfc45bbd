"""The requests of Auth0's published sample clients succeed unchanged."""

import json
import socket
from collections.abc import Callable
from http.client import HTTPResponse
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest
from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from local.sign_in import CLIENT_ID, REDIRECT_URI
from tests.local.callers import MANAGER, Caller, Newcomers

if TYPE_CHECKING:
    from tests.local.support import Stack

# The Android app, by okhttp 2.7.5. org.json writes its java.util.Date as Date.toString() does.
ANDROID_ENTRY = """\
POST /timesheets HTTP/1.1
Authorization: Bearer {token}
Content-Type: application/json; charset=utf-8
Content-Length: 79
Host: {host}
Connection: Keep-Alive
Accept-Encoding: gzip
User-Agent: okhttp/2.7.5

{{"project":"StoreZero","date":"Wed May 10 17:40:20 GMT+02:00 2017","hours":"5"}}"""
ANDROID_LIST = """\
GET /timesheets HTTP/1.1
Authorization: Bearer {token}
Host: {host}
Connection: Keep-Alive
Accept-Encoding: gzip
User-Agent: okhttp/2.7.5

"""
# The lines of Auth0.Android's requests for tokens, by the same okhttp.
ANDROID_TOKEN = """\
POST /oauth/token HTTP/1.1
Accept-Language: en_US
Content-Type: application/json; charset=utf-8
Content-Length: {length}
Host: {host}
Connection: Keep-Alive
Accept-Encoding: gzip
User-Agent: okhttp/2.7.5

{body}"""
# The Angular app, by angular2-jwt and Angular 4 in Chrome.
ANGULAR_ENTRY = """\
POST /timesheets HTTP/1.1
Host: {host}
Connection: keep-alive
Content-Length: 55
Accept: application/json, text/plain, */*
Origin: http://localhost:4200
Authorization: Bearer {token}
Content-Type: application/json
Referer: http://localhost:4200/timesheets/add
Accept-Encoding: gzip, deflate, br

{{"date":"2017-05-10","project":"StoreZero","hours":7.5}}"""
ANGULAR_APPROVAL = """\
PUT /approvals/{entry_id} HTTP/1.1
Host: {host}
Connection: keep-alive
Content-Length: 2
Accept: application/json, text/plain, */*
Origin: http://localhost:4200
Authorization: Bearer {token}
Content-Type: application/json
Referer: http://localhost:4200/approval
Accept-Encoding: gzip, deflate, br

{{}}"""

JOB_ROW = {"user_id": "007", "date": "2017-05-10T17:40:20.095Z", "project": "StoreZero", "hours": 5}


@pytest.fixture(scope="module")
def employee(newcomers: Newcomers) -> Caller:
    return newcomers.person("employee")


@pytest.fixture(scope="module")
def manager(newcomers: Newcomers) -> Caller:
    return newcomers.person("manager", MANAGER)


@pytest.fixture(scope="module")
def job(import_token: str, http: httpx.Client) -> Callable[..., httpx.Response]:
    """Return a function that uploads a body as the batch job, with its client credentials."""
    headers = {"Authorization": f"Bearer {import_token}"}

    def upload(body: Any) -> httpx.Response:
        return http.post("/timesheets/upload", json=body, headers=headers)

    return upload


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_the_mobile_app_sends_hours_as_text_and_server_fields(content_type: str, employee: Caller) -> None:
    body = {
        "id": "",
        "user_id": "auth0|somebody",
        "project": "StoreZero",
        "date": "2017-05-10T17:40:20.095Z",
        "hours": "8",
        "approved": False,
    }
    answer = employee("POST", json=body, headers={"Content-Type": content_type})
    assert answer.status_code == 201
    entry = answer.json()
    kept = {"user_id": employee.sub, "project": "StoreZero", "date": "2017-05-10", "hours": 8}
    assert entry == entry | kept | {"approved": False}
    assert isinstance(entry["id"], str)
    assert entry["id"]
    listed = employee("GET").json()
    assert isinstance(listed, list)
    assert entry in listed


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2017-05-10", "2017-05-10"),
        ("2017-05-10T17:40:20.095Z", "2017-05-10"),
        ("2017-05-10T17:40:20Z", "2017-05-10"),
        ("2017-05-10T23:59:59-12:00", "2017-05-10"),
        ("2017-05-10T00:30:00+14:00", "2017-05-10"),
        ("2017-05-10T17:40:20", "2017-05-10"),
        ("2016-02-29T00:00:00.000Z", "2016-02-29"),
        ("Wed May 10 17:40:20 GMT+02:00 2017", "2017-05-10"),
        ("Wed May 10 17:40:20 CEST 2017", "2017-05-10"),
        ("20170510T174020Z", "2017-05-10"),
    ],
)
def test_a_date_time_keeps_its_calendar_date(written: str, day: str, employee: Caller) -> None:
    assert employee.entry(date=written)["date"] == day


@pytest.mark.parametrize(
    "date",
    [
        "May 10, 2017",
        "Thu May 10 17:40:20 GMT+02:00 2017",
        "Wed, 10 May 2017 17:40:20 GMT",
        "10/05/2017",
        "10.05.2017",
        "2017/05/10",
        "2017-5-1",
        "2017-05",
        "2017-02-29",
        "2017-05-10 or so",
        "2017-05-10T25:00:00Z",
        "today",
        "1494438020095",
        1494438020,
        "",
        None,
    ],
)
def test_a_date_in_another_form_is_422(date: object, employee: Caller) -> None:
    answer = employee("POST", json={"date": date, "project": "StoreZero", "hours": "8"})
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["code"] == "invalid_entry"
    assert [error["pointer"] for error in problem["errors"]] == ["/date"]
    assert problem["message"] == problem["detail"]


def test_the_batch_job_uploads_one_object_for_a_named_user(
    job: Callable[..., httpx.Response], newcomers: Newcomers
) -> None:
    answer = job(JOB_ROW)
    assert answer.status_code == 201
    entry = answer.json()
    kept = {"user_id": "007", "date": "2017-05-10", "project": "StoreZero", "hours": 5, "approved": False}
    assert entry == entry | kept | {"source": "timesheets-import"}
    assert answer.headers["etag"] == '"1"'
    bond = newcomers.person("bond", sub="007")
    assert entry in bond.every()
    assert bond("GET", f"/timesheets/{entry['id']}").json() == entry


def test_a_row_without_an_external_id_creates_an_entry_each_time(
    job: Callable[..., httpx.Response],
) -> None:
    assert job(JOB_ROW).json()["id"] != job(JOB_ROW).json()["id"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"content": b"", "headers": {"Content-Type": "application/json"}},
        {"json": {}},
        {"json": {"approved": True}},
    ],
    ids=["no body", "an empty body", "an empty object", "approved"],
)
def test_the_manager_approves_an_uploaded_entry(
    body: dict[str, Any],
    employee: Caller,
    manager: Caller,
    job: Callable[..., httpx.Response],
) -> None:
    entry = job(JOB_ROW | {"user_id": employee.sub}).json()
    query = {"user_id": employee.sub, "from": "2017-05-10", "to": "2017-05-10"}
    assert isinstance(manager("GET", "/approvals").json(), list)
    assert entry in manager.every("/approvals", query)
    answer = manager("PUT", f"/approvals/{entry['id']}", **body)
    assert answer.status_code == 200
    assert answer.json() == answer.json() | {"approved": True, "reviewed_by": manager.sub}
    assert entry not in manager.every("/approvals", query)
    assert employee("GET", f"/timesheets/{entry['id']}").json()["approved"] is True


def test_an_approval_of_nothing_is_404(manager: Caller) -> None:
    answer = manager("PUT", "/approvals/1")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.fixture(scope="module")
def send(stack: "Stack") -> Callable[..., Any]:
    """Return a function that sends raw request bytes and returns the decoded body of a success."""

    def send_request(request: str, caller: Caller | None = None, *, to: str = "", **values: object) -> Any:
        address = urlsplit(to or stack.settings.api_url)
        token = caller.token if caller else ""
        text = request.format(host=address.netloc, token=token, **values)
        head, blank, body = text.partition("\n\n")
        with socket.create_connection((address.hostname, address.port), timeout=120) as connection:
            connection.sendall((head + blank).replace("\n", "\r\n").encode() + body.encode())
            response = HTTPResponse(connection)
            response.begin()
            content = response.read()
        assert response.status in {200, 201}, content
        return json.loads(content)

    return send_request


def test_the_android_app_logs_and_lists_hours(send: Callable[..., Any], employee: Caller) -> None:
    entry = send(ANDROID_ENTRY, employee)
    assert (entry["date"], entry["hours"], entry["user_id"]) == ("2017-05-10", 5, employee.sub)
    assert entry in send(ANDROID_LIST, employee)


def test_the_android_app_exchanges_its_code_and_refreshes(send: Callable[..., Any], stack: "Stack") -> None:
    verifier = generate_token(43)
    query = {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": REDIRECT_URI,
        "audience": stack.settings.audience,
        "scope": "openid offline_access read:timesheets",
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
        "login_hint": "ana",
    }
    answer = httpx.get(f"{stack.settings.issuer}authorize", params=query)
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]

    def token(**members: str) -> Any:
        body = json.dumps({"client_id": CLIENT_ID} | members, separators=(",", ":"))
        return send(ANDROID_TOKEN, to=stack.settings.issuer, length=len(body), body=body)

    first = token(
        grant_type="authorization_code", code=code, code_verifier=verifier, redirect_uri=REDIRECT_URI
    )
    second = token(grant_type="refresh_token", refresh_token=first["refresh_token"])
    for tokens in (first, second):
        assert tokens["token_type"] == "Bearer"
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert httpx.get(f"{stack.settings.api_url}/timesheets", headers=headers).status_code == 200


def test_the_angular_app_logs_hours_and_approves_them(
    send: Callable[..., Any], employee: Caller, manager: Caller
) -> None:
    entry = send(ANGULAR_ENTRY, employee)
    assert (entry["date"], entry["hours"]) == ("2017-05-10", 7.5)
    approved = send(ANGULAR_APPROVAL, manager, entry_id=entry["id"])
    assert (approved["approved"], approved["reviewed_by"]) == (True, manager.sub)
