"""Conditional requests and relative references: ETag, If-Match, Location and Link."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import httpx2 as httpx
import pytest

from local.aws import session
from tests.local.callers import MANAGER, Caller, Newcomers

if TYPE_CHECKING:
    from tests.local.support import Stack

REJECT = {"approved": False, "reason": "No"}

type Write = Callable[[dict[str, Any], str], httpx.Response]
"""Sends a write to an entry with an If-Match header."""


@pytest.fixture(scope="module")
def ana(newcomers: Newcomers) -> Caller:
    return newcomers.person("ana")


@pytest.fixture(scope="module")
def mia(newcomers: Newcomers) -> Caller:
    return newcomers.person("mia", MANAGER)


@pytest.fixture(params=["correct", "delete", "approve", "reject", "reopen"])
def write(request: pytest.FixtureRequest, ana: Caller, mia: Caller) -> Write:
    who, method, collection, body = {
        "correct": (ana, "PATCH", "timesheets", {"hours": 1}),
        "delete": (ana, "DELETE", "timesheets", None),
        "approve": (mia, "PUT", "approvals", None),
        "reject": (mia, "PUT", "approvals", REJECT),
        "reopen": (mia, "DELETE", "approvals", None),
    }[request.param]

    def send(entry: dict[str, Any], if_match: str) -> httpx.Response:
        path = f"/{collection}/{entry['id']}"
        return who(method, path, headers={"If-Match": if_match}, **({"json": body} if body else {}))

    return send


def at_version_2(ana: Caller, mia: Caller) -> dict[str, Any]:
    """Return a rejected entry, which accepts all five writes except an approval."""
    answer = mia("PUT", f"/approvals/{ana.entry()['id']}", json=REJECT)
    entry: dict[str, Any] = answer.json()
    assert entry["version"] == 2
    return entry


@pytest.mark.parametrize("if_match", ['"2"', "*", '"1", "2"', '"2","3"', '"2" ,"1"', 'W/"1", "2"'])
def test_a_write_with_the_current_version_succeeds(
    if_match: str, write: Write, ana: Caller, mia: Caller
) -> None:
    answer = write(at_version_2(ana, mia), if_match)
    if (
        answer.status_code == 409
    ):  # approving a rejected entry: the version matches, the state does not permit it
        assert answer.json()["code"] == "conflict"
    else:
        assert answer.status_code in {200, 204}, answer.text


def test_a_write_without_the_current_version_is_412(write: Write, ana: Caller, mia: Caller) -> None:
    entry = at_version_2(ana, mia)
    forms = [
        '"1"',
        '"3"',
        '"1", "3"',
        '"02"',
        'W/"2"',
        '""',
        '"*"',
        '"two"',
        '"2,1"',
        '"' + "9" * 99 + '"',
    ]
    answers = {form: write(entry, form) for form in forms}
    assert {form: (a.status_code, a.json()["code"]) for form, a in answers.items()} == dict.fromkeys(
        forms, (412, "version_mismatch")
    )
    assert ana("GET", f"/timesheets/{entry['id']}").json() == entry


def test_a_malformed_if_match_never_writes(write: Write, ana: Caller, mia: Caller) -> None:
    entry = at_version_2(ana, mia)
    forms = ["2", '"2 "', '"2', "'2'", '"1" "2"', "*, *", '"2";', 'w/"2"', "W/2"]
    answers = {form: write(entry, form) for form in forms}
    assert {form: (a.status_code, a.json()["code"]) for form, a in answers.items()} == dict.fromkeys(
        forms, (400, "malformed_request")
    )
    assert ana("GET", f"/timesheets/{entry['id']}").json() == entry


def test_the_etag_of_an_entry_is_its_version(ana: Caller, mia: Caller, newcomers: Newcomers) -> None:
    entry = ana.entry()
    own, approval = f"/timesheets/{entry['id']}", f"/approvals/{entry['id']}"
    key = {"Idempotency-Key": "etag"}
    body = {name: entry[name] for name in ("date", "project", "hours")}
    row = body | {"user_id": ana.sub, "external_id": "etag"}
    program = newcomers.program()
    answers = [
        ana("POST", json=body),
        ana("POST", json=body, headers=key),
        ana("POST", json=body, headers=key),
        ana("GET", own),
        ana("PATCH", own, json={"hours": 2}),
        ana("PATCH", own, json={"hours": 2}),
        mia("PUT", approval, json=REJECT),
        mia("PUT", approval, json=REJECT),
        mia("DELETE", approval),
        mia("DELETE", approval),
        mia("PUT", approval),
        *(
            program("POST", "/timesheets/upload", json=row | change)
            for change in ({}, {}, {"hours": 1}, {"user_id": mia.sub, "hours": 1})
        ),
    ]
    assert [a.status_code for a in answers] == [201, 201, 201, *[200] * 8, 201, 200, 200, 200]
    versions = [a.json()["version"] for a in answers]
    assert versions[:12] == [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 1]
    assert [a.headers["etag"] for a in answers] == [f'"{version}"' for version in versions]


def test_an_etag_works_as_if_match(ana: Caller) -> None:
    path = f"/timesheets/{ana.entry()['id']}"
    etag = ana("GET", path).headers["etag"]
    changed = ana("PATCH", path, json={"hours": 3}, headers={"if-match": etag})
    assert changed.status_code == 200
    assert ana("DELETE", path, headers={"if-match": etag}).status_code == 412
    assert ana("DELETE", path, headers={"if-match": changed.headers["etag"]}).status_code == 204


@pytest.fixture(params=["the API's own address", "a stage"])
def collection(request: pytest.FixtureRequest, stack: "Stack") -> Iterator[tuple[httpx.Client, str]]:
    """Return a client and the address of /timesheets: at the front door or at API Gateway's stage."""
    settings = stack.settings
    if request.param == "the API's own address":
        address, host = f"{settings.api_url}/timesheets", {}
    else:
        gateway = session(settings).client("apigateway", endpoint_url=settings.aws_url)
        (api,) = gateway.get_rest_apis()["items"]
        (stage,) = gateway.get_stages(restApiId=api["id"])["item"]
        address = f"{settings.aws_url}/{stage['stageName']}/timesheets"
        host = {"Host": f"{api['id']}.execute-api.localhost:{settings.aws_port}"}
    with httpx.Client(timeout=60, headers=host) as client:
        yield client, address


def test_location_and_link_work_behind_any_prefix(
    collection: tuple[httpx.Client, str], newcomers: Newcomers
) -> None:
    client, address = collection
    client.headers["Authorization"] = f"Bearer {newcomers.person('ana', MANAGER).token}"
    ids = []
    for day in range(1, 6):
        body = {"date": f"2026-11-0{day}", "project": "a&b=c #1 / ü", "hours": 1}
        created = client.post(address, json=body)
        assert created.status_code == 201, created.text
        found = client.get(urljoin(address, created.headers["location"]))
        assert found.json() == created.json()
        ids.append(found.json()["id"])
    query = {"limit": "2", "project": "a&b=c #1 / ü", "from": "2026-11-01"}
    url: str | None = str(httpx.URL(address, params=query))
    listed = []
    while url:
        assert url.startswith(address)
        page = client.get(url)
        assert page.status_code == 200, page.text
        listed += [entry["id"] for entry in page.json()]
        url = urljoin(url, page.links["next"]["url"]) if "next" in page.links else None
    assert listed == ids[::-1]


@pytest.mark.parametrize("path", ["/timesheets", "/approvals"])
def test_the_pages_of_a_list_are_complete_and_in_order(path: str, newcomers: Newcomers) -> None:
    ana, mia = newcomers.person("ana"), newcomers.person("mia", MANAGER)
    # Approvals list everyone's entries and are filtered after reading; only this test uses these dates.
    ids = [ana.entry(date=f"2001-10-{1 + n // 3:02}")["id"] for n in range(12)]
    who, query = (
        (ana, {})
        if path == "/timesheets"
        else (mia, {"user_id": ana.sub, "from": "2001-10-01", "to": "2001-10-31"})
    )
    in_order = ids[::-1] if path == "/timesheets" else ids
    backwards = "asc" if path == "/timesheets" else "desc"
    for limit in ("1", "5", "100"):
        forwards = [entry["id"] for entry in who.every(path, query | {"limit": limit})]
        assert forwards == in_order
        other = [entry["id"] for entry in who.every(path, query | {"limit": limit, "order": backwards})]
        assert other == in_order[::-1]


def test_changes_between_two_pages_do_not_shift_the_list(newcomers: Newcomers) -> None:
    ana = newcomers.person("ana")
    old = [ana.entry(date=f"2026-11-{day:02}") for day in range(1, 7)]
    first = ana("GET", "/timesheets?limit=3")
    ana.entry(date="2026-11-30")
    ana("DELETE", f"/timesheets/{old[3]['id']}")
    following = urljoin(str(first.url), first.links["next"]["url"])
    assert [*first.json(), *ana("GET", following).json()] == old[::-1]
