"""`make erase`: the account is blocked first, and nothing is erased without that."""

from collections.abc import Callable
from typing import Any

import httpx2 as httpx
import pytest

from ops import erase
from ops.environment import Environment
from tests.unit.support import PENDING
from timesheets.model.errors import NotFound
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries

TOKEN = "management-token"
AUTH0 = {"AUTH0_DOMAIN": "exampleco.eu.auth0.com", "AUTH0_TOKEN": TOKEN}

type Run = Callable[..., tuple[int, str]]


@pytest.fixture
def database(table: None, dynamodb: Any) -> Table:  # noqa: ARG001 the table is there
    database = Table(dynamodb, "timesheets")
    Entries(database).add(PENDING)
    return database


@pytest.fixture
def run(
    database: Table, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Return a function that runs the command against an Auth0 that gives `answer`."""
    monkeypatch.setattr(Environment, "client", lambda *_: database.client)
    monkeypatch.setattr(Environment, "outputs", lambda _: {"TableName": database.name})

    def run_command(
        *arguments: str, answer: int | Exception = 500, requests: list[Any] | None = None, **environ: str
    ) -> tuple[int, str]:
        def patch(address: str, **options: Any) -> httpx.Response:
            if requests is not None:
                requests.append((address, options["json"], options["headers"]))
            if isinstance(answer, Exception):
                raise answer
            return httpx.Response(answer)

        monkeypatch.setattr(httpx, "patch", patch)
        for name in ("AUTH0_DOMAIN", "AUTH0_TOKEN", "BLOCKED"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        status = erase.main(["dev", "auth0|ana", *arguments])
        printed = "".join(capsys.readouterr())
        assert TOKEN not in printed
        return status, printed

    return run_command


def is_stored(database: Table) -> bool:
    try:
        return Entries(database).find(PENDING.id) == PENDING
    except NotFound:
        return False


def test_the_account_is_blocked_before_its_data_are_erased(run: Run, database: Table) -> None:
    requests: list[Any] = []
    assert run(answer=200, requests=requests, **AUTH0) == (
        0,
        "1 entries, 1 rows of the log, 0 signatures and 0 reminders erased\n",
    )
    assert requests == [
        (
            "https://exampleco.eu.auth0.com/api/v2/users/auth0%7Cana",
            {"blocked": True},
            {"Authorization": f"Bearer {TOKEN}"},
        )
    ]
    assert not is_stored(database)


def test_an_operator_may_have_blocked_the_account(run: Run, database: Table) -> None:
    requests: list[Any] = []
    assert run(requests=requests, BLOCKED="1")[0] == 0
    assert requests == []
    assert not is_stored(database)


@pytest.mark.parametrize(
    ("answer", "environ", "message"),
    [
        (200, {}, "Set AUTH0_DOMAIN"),
        (200, AUTH0 | {"AUTH0_TOKEN": ""}, "Set AUTH0_DOMAIN"),
        (200, AUTH0 | {"AUTH0_DOMAIN": "https://exampleco.eu.auth0.com/"}, "Set AUTH0_DOMAIN"),
        (401, AUTH0, "Get a new AUTH0_TOKEN"),
        (403, AUTH0, "needs the scope update:users"),
        (404, AUTH0, "There is no such account"),
        (302, AUTH0, "status 302"),
        (503, AUTH0, "Read Auth0's status page"),
        (httpx.ConnectError("no route"), AUTH0, "cannot be reached (ConnectError)"),
    ],
)
def test_nothing_is_erased_unless_the_account_is_blocked(
    answer: Any, environ: dict[str, str], message: str, run: Run, database: Table
) -> None:
    status, printed = run(answer=answer, **environ)
    assert (status, message in printed) == (1, True)
    assert is_stored(database)


def test_a_dry_run_blocks_and_erases_nothing(run: Run, database: Table) -> None:
    requests: list[Any] = []
    printed = "1 entries, 1 rows of the log, 0 signatures and 0 reminders would be erased\n"
    assert run("--dry-run", requests=requests) == (0, printed)
    assert requests == []
    assert is_stored(database)


def test_an_item_of_another_kind_is_not_left_silently(run: Run, database: Table) -> None:
    item: Any = {"PK": {"S": f"OWNER#{PENDING.id[24:]}"}, "SK": {"S": "PHOTO"}}
    database.client.put_item(TableName=database.name, Item=item)
    status, printed = run(BLOCKED="1")
    assert (status, "The item PHOTO is of a kind that this command cannot erase" in printed) == (1, True)
    assert is_stored(database)


@pytest.mark.parametrize("arguments", [["dev"], ["dev", ""]])
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        erase.main(arguments)
    assert "make erase ENV=prod USER=" in capsys.readouterr().err
