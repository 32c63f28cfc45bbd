"""Check a live deployment from outside, over plain HTTP: who is let in, what an entry goes through.

The entries that it makes are of today, of the project "Smoke test", of a quarter of an hour, and are deleted,
after a fault or Ctrl-C, too; what could not be deleted is named. An importing program can't delete: of its
upload one entry stays, the same one each time (external id smoke-test, user smoke|test).
Neither a token nor a secret is printed. Ends with 0 if all is well, 1 after a fault, 2 for a wrong use.
"""

import argparse
import json
import os
import re
import secrets
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import httpx2 as httpx

from ops import findings
from ops.answers import (
    SENT,
    Answer,
    allows,
    closed_route,
    code_of_row,
    has_risen,
    has_status,
    is_entry,
    is_list,
    is_problem,
    is_taken,
    is_week,
    judged,
    leads_to,
    listed,
    next_page,
    total_hours,
    week_of,
)
from ops.authorization_server import Credentials, bare_token, discover, issuer_of, new_token
from ops.explanations import claims_of
from ops.findings import Finding, fault, shown
from timesheets.routes import (
    CREATE_TIMESHEET,
    DELETE_TIMESHEET,
    LIST_APPROVALS,
    LIST_TIMESHEETS,
    UPLOAD_TIMESHEETS,
)

PATIENCE: Final = 10
"""Seconds for a connection, and for each read: a cold start takes one or two."""
DEADLINE: Final = 60
"""Seconds after which nothing new is checked."""
MAX_BODY: Final = 1024 * 1024
"""Bytes of an answer."""
MAX_PAGES: Final = 20
"""Of a list."""

PROJECT: Final = "Smoke test"
HOURS: Final = Decimal("0.25")
IMPORTED: Final = {"user_id": "smoke|test", "external_id": "smoke-test"}
NOWHERE: Final = "/smoke-test-nothing-here"

READ: Final = LIST_TIMESHEETS.scope
CREATE: Final = CREATE_TIMESHEET.scope
DELETE: Final = DELETE_TIMESHEET.scope

HOW_TO_SIGN_IN: Final = (
    "Give one in the environment, as TOKEN (of the local stack: TOKEN=$(make token USER=ana) make smoke"
    " API_URL=http://127.0.0.1:3000), or as CLIENT_ID, CLIENT_SECRET, ISSUER and AUDIENCE of a"
    " machine-to-machine application."
)
THE_LOG: Final = "The functions' log group, the output FunctionLogGroup, says more."
UNREACHABLE: Final = (
    "Is API_URL right (the stack's output ApiUrl, its path included), and is the network between all right?"
)
ENDINGS: Final = (signal.SIGINT, signal.SIGTERM)
_SENDABLE: Final = re.compile("[!-~]+")
CORS: Final = "Deploy with the page's origin in AllowedOrigins."


class NoAnswer(Exception):
    """The API does not answer, or not in time: there is no use in asking on."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to check, and as whom."""

    api: str
    """The base address, without a slash at the end."""
    origin: str = ""
    """A web page's, which the API is to allow."""
    token: str = field(default="", repr=False)
    credentials: Credentials | None = None
    issuer: str = ""
    audience: str = ""


class Api:
    """Sends requests to one deployment, and nowhere else: redirects are not followed."""

    def __init__(self, client: httpx.Client, asked: Asked, token: str = "") -> None:
        """Speak for the holder of `token`, or for nobody."""
        self.url = asked.api
        self.origin = asked.origin
        self._client = client
        self._token = token
        self.allow(DEADLINE)

    def allow(self, seconds: float) -> None:
        """Set how long the requests from now on may take together."""
        self._until = time.monotonic() + seconds

    def __call__(
        self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send one request and return its answer.

        Raises
        ------
        NoAnswer
            If there is none in time.

        """
        sent = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        if self.origin:
            sent["Origin"] = self.origin
        if body is not None:
            sent["Content-Type"] = "application/json"
        try:
            with self._client.stream(
                method,
                self.url + path,
                headers=sent | dict(headers or {}),
                content=None if body is None else json.dumps(body),
                timeout=min(PATIENCE, self._left()),
            ) as answer:
                received = self._read(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            told = f"{type(error).__name__} {shown(self._hidden(str(error)))}"
            raise NoAnswer(f"{method} {path}: no answer, or none in time: {told}") from None
        headers = httpx.Headers([(name, self._hidden(value)) for name, value in answer.headers.multi_items()])
        text = self._hidden(received.decode(errors="replace"))
        return Answer(self.url + path, answer.status_code, headers, text)

    def _read(self, answer: httpx.Response) -> bytes:
        received = b""
        for chunk in answer.iter_bytes():
            received += chunk
            if len(received) > MAX_BODY:
                raise httpx.ReadError("the answer is too long")
            self._left()
        return received

    def _left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("all of it together takes too long")
        return left

    def _hidden(self, text: str) -> str:
        """Take the token out of what the other side repeats."""
        return text.replace(self._token, "(hidden)") if self._token else text


def anonymous(api: Api) -> Generator[Finding, None, bool]:
    """Check what strangers get; return whether they are kept out, as they are from the API in question."""
    cure = f"These answers are API Gateway's own: are they as template.yaml has them? {THE_LOG}"
    for what, authorization in (
        ("without a token", ""),
        ("with junk for a token", "Bearer junk"),
        ("with junk that looks like a token", "Bearer anVuaw.anVuaw.anVuaw"),
    ):
        headers = {"Authorization": authorization} if authorization else {}
        answer = api("GET", "/timesheets", headers=headers)
        wrong = is_problem(answer, "invalid_token", api.origin)
        yield judged(f"{what}: GET /timesheets is 401", wrong, cure)
        kept_out = answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    answer = api("GET", NOWHERE)
    yield judged(f"an unknown path: GET {NOWHERE} is 404", is_problem(answer, "not_found", api.origin), cure)
    asked = {
        "Origin": api.origin or "https://smoke-test.invalid",
        "Access-Control-Request-Method": CREATE_TIMESHEET.method,
        "Access-Control-Request-Headers": ",".join(SENT),
    }
    answer = api("OPTIONS", CREATE_TIMESHEET.path, headers=asked)
    of = f" of {api.origin}" if api.origin else ""
    wrong = allows(answer, CREATE_TIMESHEET, api.origin)
    yield judged(f"a page's preflight{of}: {CREATE_TIMESHEET} is allowed", wrong, CORS)
    return kept_out


def closed(api: Api, scopes: frozenset[str]) -> Iterator[Finding]:
    """Check that a token does not open what its scopes don't."""
    route = closed_route(scopes)
    if route is None:
        yield Finding("note", "403: not checked, since the token's scopes open every route")
        return
    body: object = {} if route.method in {"POST", "PUT", "PATCH"} else None
    answer = api(route.method, route.path.replace("{id}", "smoke-test"), body)
    taken = answer.status != HTTPStatus.UNAUTHORIZED
    yield judged(
        f"with the token: {route} is 403, since its scopes lack {route.scope}",
        is_problem(answer, "insufficient_scope", api.origin),
        THE_LOG if taken else "The API does not take the token: make check-issuer says why.",
    )


class Entries:
    """An entry's life, as someone logs, corrects and deletes it."""

    def __init__(self, api: Api, scopes: frozenset[str]) -> None:
        """Do what these scopes permit."""
        self._api = api
        # Handlers name an origin only to a page of it, so where none is given nothing is expected.
        self._origin = api.origin or None
        self._may_read = READ in scopes
        self._lacking = sorted({CREATE, DELETE} - scopes)
        today = datetime.now().astimezone().date()
        self._day = today.isoformat()
        self._week = f"/timesheets/weeks/{week_of(today)}"
        self._mark = f"Made by make smoke, {secrets.token_hex(8)}"
        self._made: list[str] = []
        self._may_be_more = False

    def checks(self) -> Iterator[Finding]:
        """Go through it."""
        before = None
        if self._may_read:
            week = self._api("GET", self._week)
            before = total_hours(week)
            yield judged(f"read: GET {self._week} is 200, with a total", is_week(week), THE_LOG)
            answer = self._api("GET", "/timesheets")
            yield judged(f"read: {LIST_TIMESHEETS} is 200, a list", is_list(answer, self._origin), THE_LOG)
        else:
            yield Finding("note", f"read: not checked, since the token lacks {READ}")
        if self._lacking:
            lacking = " and ".join(self._lacking)
            yield Finding(
                "note",
                f"create, correct, delete: not checked, since the token lacks {lacking}; no entry is made",
            )
            return
        key = secrets.token_hex(16)
        created = self._create(key)
        yield judged(
            f"create: {CREATE_TIMESHEET} is 201, the entry",
            is_entry(created, 201, self._origin, project=PROJECT, hours=HOURS, date=self._day, version=1),
            THE_LOG,
        )
        entry_id = _id_of(created)
        if entry_id is None:
            yield Finding("note", "the rest of an entry's life: not checked, since there is no entry")
            return
        path = f"/timesheets/{quote(entry_id)}"
        yield judged("create: its Location leads to it", leads_to(created, self._api.url, path))
        again = self._create(key)
        yield judged(
            "create: the same again under the same Idempotency-Key is the same entry",
            is_entry(again, 201, self._origin, id=entry_id),
        )
        yield from self._lived(path, entry_id, before)

    def _lived(self, path: str, entry_id: str, before: Decimal | None) -> Iterator[Finding]:
        if self._may_read:
            yield judged("read: the list holds it, once", self._listed(entry_id))
            answer = self._api("GET", path)
            yield judged("read: GET by its id is 200", is_entry(answer, 200, self._origin, id=entry_id))
        notes = f"{self._mark}, corrected"
        change, first = {"notes": notes}, {"If-Match": '"1"'}
        answer = self._api("PATCH", path, change, headers=first)
        yield judged(
            "correct: PATCH with If-Match is 200",
            is_entry(answer, 200, self._origin, id=entry_id, notes=notes, version=2),
        )
        answer = self._api("PATCH", path, change, headers=first)
        yield judged(
            "correct: PATCH with a stale If-Match is 412",
            is_problem(answer, "version_mismatch", self._origin),
        )
        if before is not None:
            after = total_hours(self._api("GET", self._week))
            yield judged(f"read: the week's total has risen by {HOURS}", has_risen(before, after, HOURS))
        answer = self._api("DELETE", path)
        if answer.status == HTTPStatus.NO_CONTENT:
            self._made.remove(entry_id)
        yield judged("delete: DELETE is 204", has_status(answer, 204), THE_LOG)
        if self._may_read:
            answer = self._api("GET", path)
            yield judged("delete: then GET is 404", is_problem(answer, "not_found", self._origin))
            yield judged("delete: the list no longer holds it", self._listed())

    def _create(self, key: str) -> Answer:
        body = {"date": self._day, "project": PROJECT, "hours": float(HOURS), "notes": self._mark}
        known, self._may_be_more = self._may_be_more, True
        answer = self._api("POST", CREATE_TIMESHEET.path, body, headers={"Idempotency-Key": key})
        made = _id_of(answer)
        if made is not None:
            self._may_be_more = known
            self._made += [made] if made not in self._made else []
        return answer

    def _listed(self, *expected: str) -> Iterator[str]:
        """Compare what the list holds of this run."""
        try:
            found = self._find()
        except ValueError as error:
            yield str(error)
            return
        if sorted(found) != sorted(expected):
            yield f"expected {shown(expected)} in it; came {shown(found)}"

    def _find(self) -> list[str]:
        """Return the ids of this run's entries, from the list, page by page."""
        query = {"from": self._day, "to": self._day, "project": PROJECT, "limit": "100"}
        path = f"/timesheets?{urlencode(query)}"
        found = []
        for _ in range(MAX_PAGES):
            answer = self._api("GET", path)
            found += [
                str(entry.get("id"))
                for entry in listed(answer)
                if str(entry.get("notes")).startswith(self._mark)
            ]
            following = next_page(answer, self._api.url)
            if following is None:
                return found
            path = following
        raise ValueError(f"the list does not end: {MAX_PAGES} pages, each with a Link to the next")

    def clean_up(self) -> Iterator[Finding]:
        """Delete what is left of this run; name what could not be deleted."""
        self._api.allow(2 * PATIENCE)
        if self._may_be_more:
            try:
                self._made += [found for found in self._find() if found not in self._made]
            except (NoAnswer, ValueError) as error:
                yield fault(
                    f"clean-up: an entry may be left, which the list does not tell: {error}",
                    f"Look for one of {self._day}, project {PROJECT}, notes {self._mark}, and delete it.",
                )
        for entry_id in self._made:
            came = self._deleted(entry_id)
            if came:
                yield fault(
                    f"clean-up: the entry {shown(entry_id)} is left: {came}",
                    f"Delete it: curl -X DELETE {self._api.url}/timesheets/{quote(entry_id)}"
                    ' -H "Authorization: Bearer $TOKEN"',
                )
            else:
                yield Finding("note", f"clean-up: the entry {shown(entry_id)} is deleted")

    def _deleted(self, entry_id: str) -> str:
        """Return nothing, or what came instead."""
        came = ""
        for pause in (1, 0):
            try:
                answer = self._api("DELETE", f"/timesheets/{quote(entry_id)}")
            except NoAnswer as error:
                came = str(error)
            else:
                if answer.status in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_FOUND}:
                    return ""
                came = f"DELETE answers {answer}"
            time.sleep(pause)
        return came


def _id_of(answer: Answer) -> str | None:
    given = answer.member("id") if HTTPStatus(200) <= answer.status < HTTPStatus(300) else None
    return given if isinstance(given, str) and given else None


def approvals(api: Api) -> Iterator[Finding]:
    """Check what a manager reads; nothing is decided."""
    answer = api("GET", LIST_APPROVALS.path)
    yield judged(f"approvals: {LIST_APPROVALS} is 200, a list", is_list(answer, api.origin or None), THE_LOG)


def upload(api: Api) -> Iterator[Finding]:
    """Check what an importing program does: one row, always the same entry's."""
    row = IMPORTED | {
        "date": datetime.now().astimezone().date().isoformat(),
        "project": PROJECT,
        "hours": float(HOURS),
    }
    answer = api("POST", UPLOAD_TIMESHEETS.path, [row])
    if code_of_row(answer) == "entry_locked":
        yield Finding(
            "warning",
            "upload: refused, since someone has approved the smoke test's entry",
            f"Reopen it (DELETE /approvals/ID) as a manager: user {IMPORTED['user_id']}, project {PROJECT}.",
        )
        return
    yield judged(
        f"upload: {UPLOAD_TIMESHEETS} of one row is 207; created, updated or unchanged",
        is_taken(answer, "created", "updated", "unchanged"),
        THE_LOG,
    )
    again = api("POST", UPLOAD_TIMESHEETS.path, [row])
    yield judged("upload: the same row again is unchanged", is_taken(again, "unchanged"), THE_LOG)
    told = f"user {IMPORTED['user_id']}, external id {IMPORTED['external_id']}, project {PROJECT}"
    yield Finding("note", f"upload: one entry stays, the same each time ({told}): programs can't delete")


def check(asked: Asked, tell: Callable[[Finding], None]) -> None:
    """Check all that can be checked, and leave nothing behind."""
    with httpx.Client(headers={"User-Agent": "timesheets-smoke-test"}) as client:
        cleanups: list[Entries] = []
        try:
            for finding in _checks(client, asked, cleanups):
                tell(finding)
        except NoAnswer as error:
            tell(fault(f"{error}; the rest is not checked", UNREACHABLE))
        except KeyboardInterrupt:
            tell(fault("interrupted; the rest is not checked"))
        finally:
            with _undisturbed():
                found = [finding for entries in cleanups for finding in entries.clean_up()]
            for finding in found:
                tell(finding)


def _checks(client: httpx.Client, asked: Asked, cleanups: list[Entries]) -> Iterator[Finding]:
    kept_out = yield from anonymous(Api(client, asked))
    if not kept_out:
        yield Finding("note", "token: not sent, since whatever is there lets strangers in, or is no such API")
        return
    token = asked.token
    if not token and asked.credentials:
        metadata, found = discover(asked.issuer)
        yield from (finding for finding in found if finding.kind == "fault")
        token, finding = new_token(metadata.get("token_endpoint", ""), asked.credentials, asked.audience)
        yield finding
        if not _SENDABLE.fullmatch(token):
            return
    if not token:
        yield Finding("note", "token: none given, so only what strangers get was checked", HOW_TO_SIGN_IN)
        return
    api = Api(client, asked, token)
    scope = claims_of(token).get("scope")
    scopes = frozenset(scope.split(" ") if isinstance(scope, str) else ())
    yield from closed(api, scopes)
    if not scopes.isdisjoint({READ, CREATE, DELETE}):
        entries = Entries(api, scopes)
        cleanups.append(entries)
        yield from entries.checks()
    if LIST_APPROVALS.scope in scopes:
        yield from approvals(api)
    if UPLOAD_TIMESHEETS.scope in scopes:
        yield from upload(api)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no second Ctrl-C leave entries behind; the deadline ends it anyhow."""
    if threading.current_thread() is not threading.main_thread():  # which alone is told of signals
        yield
        return
    before = {ending: signal.signal(ending, signal.SIG_IGN) for ending in ENDINGS}
    try:
        yield
    finally:
        for ending, handler in before.items():
            signal.signal(ending, handler)


def main(arguments: list[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the checks and print what they find."""
    asked, as_json = _asked(arguments, environ)
    found: list[Finding] = []

    def tell(finding: Finding) -> None:
        found.append(finding)
        if not as_json:
            findings.show(finding)

    check(asked, tell)
    faults = findings.faults(found)
    if as_json:
        told = {"api": asked.api, "good": not faults, "findings": [asdict(finding) for finding in found]}
        print(json.dumps(told, indent=2))
    else:
        print(f"\nFaults: {faults}." if faults else "\nNo fault.")
    return 1 if faults else 0


def _asked(arguments: list[str] | None, environ: Mapping[str, str]) -> tuple[Asked, bool]:
    parser = argparse.ArgumentParser(
        prog="python -m ops.smoke",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="The environment may hold TOKEN, or CLIENT_ID, CLIENT_SECRET, ISSUER and AUDIENCE to get one"
        " with, and ORIGIN,\na web page's origin that the API is to allow.",
    )
    parser.add_argument("api", metavar="API_URL", type=api_of, help="the stack's output ApiUrl")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    given, others = parser.parse_known_args(arguments)
    if others:  # which one, argparse would say: it might be a token
        parser.error("give API_URL, and no other words")
    token, origin = bare_token(environ.get("TOKEN", "")), environ.get("ORIGIN", "")
    if token and not _SENDABLE.fullmatch(token):
        parser.error("TOKEN holds characters that no header field takes")
    if origin and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", origin):
        parser.error("ORIGIN must be one such as https://app.example.com, without a path or slash at the end")
    try:
        credentials = None if token else Credentials.from_environment(environ)
        if credentials is None:
            return Asked(api=given.api, origin=origin, token=token), given.json
        if not (environ.get("ISSUER") and environ.get("AUDIENCE")):
            parser.error("CLIENT_ID and CLIENT_SECRET need ISSUER and AUDIENCE, to get a token with")
        issuer = issuer_of(environ["ISSUER"])
    except (ValueError, argparse.ArgumentTypeError) as error:
        parser.error(str(error))
    return Asked(
        api=given.api, origin=origin, credentials=credentials, issuer=issuer, audience=environ["AUDIENCE"]
    ), given.json


def api_of(address: str) -> str:
    """Return an API's base address, without a slash at the end.

    Raises
    ------
    ArgumentTypeError
        Unless it is https, or http on this machine: tokens are sent there.

    """
    url = urlsplit(address) if re.fullmatch(r"[!-~]+", address) else urlsplit("")
    here = url.hostname in {"127.0.0.1", "::1", "localhost"} or str(url.hostname).endswith(".localhost")
    if not (url.hostname and (url.scheme == "https" or (url.scheme == "http" and here))):
        raise argparse.ArgumentTypeError("must be an https address (http on this machine only)")
    if url.query or url.fragment or "@" in url.netloc:
        raise argparse.ArgumentTypeError("must be an address without a query, fragment or user")
    return address.rstrip("/")


if __name__ == "__main__":
    for ending in ENDINGS:  # a shell's background jobs start with SIGINT ignored
        signal.signal(ending, signal.default_int_handler)
    sys.exit(main())
