"""No id, parameter, header, body or key gives access to another person's entry."""

import string
from collections.abc import Callable

import pytest

from tests.local.attempts.approvals import MANY, OWN_APPROVALS, SELF_APPROVAL
from tests.local.attempts.entries import BODIES, BY_ID, HEADERS, IDS, IMPORTS, PARAMETERS, WEEKS
from tests.local.attempts.scopes import WITHOUT_SCOPE
from tests.local.attempts.world import GOOD, HIDDEN, REJECT, Row, World
from tests.local.callers import EXPORT, MANAGER, Newcomers


@pytest.fixture(scope="module")
def world(newcomers: Newcomers) -> World:
    callers = {name: newcomers.person(name) for name in ("ana", "carl")}
    callers |= {name: newcomers.person(name, MANAGER) for name in ("mia", "max")}
    callers["deleter"] = newcomers.person("deleter", "delete:timesheets")
    callers["approver"] = newcomers.person("approver", "approve:timesheets")
    callers |= {"program": newcomers.program(), "rival": newcomers.program("rival")}
    callers["payroll"] = newcomers.program("payroll", EXPORT)
    row = GOOD | {"user_id": callers["ana"].sub, "external_id": "x-1"}
    imported = callers["program"]("POST", "/timesheets/upload", json=row)
    keyed = callers["ana"]("POST", json=GOOD, headers={"Idempotency-Key": "ana-s-key"})
    undecided, approved, rejected = (callers["mia"].entry() for _ in range(3))
    callers["max"]("PUT", f"/approvals/{approved['id']}")
    callers["max"]("PUT", f"/approvals/{rejected['id']}", json=REJECT)
    entry_id = keyed.json()["id"]
    path = "/timesheets/weeks/2026-W47"
    state = {"If-Match": callers["ana"]("GET", path).headers["ETag"]}
    signed = callers["ana"]("PUT", f"{path}/submission", headers=state)
    return World(
        callers,
        {
            "id": entry_id,
            "ID": entry_id.swapcase(),
            "head": entry_id[:-1],
            "tail": entry_id[1:],
            "encoded": "".join(f"%{ord(letter):02x}" for letter in entry_id),
            "imported": imported.json()["id"],
            "own": callers["carl"].entry()["id"],
            "undecided": undecided["id"],
            "approved": approved["id"],
            "rejected": rejected["id"],
            "ana": callers["ana"].sub,
            "carl": callers["carl"].sub,
            "mia": callers["mia"].sub,
            "client": callers["program"].client_id,
            "week": signed.headers["ETag"],
        },
    )


@pytest.mark.parametrize(
    "rows",
    [
        BY_ID,
        WITHOUT_SCOPE,
        SELF_APPROVAL,
        OWN_APPROVALS,
        MANY,
        PARAMETERS,
        WEEKS,
        HEADERS,
        BODIES,
        IDS,
        IMPORTS,
    ],
    ids=[
        "by its id",
        "without the scope",
        "a manager's own entry",
        "a manager's own entry in a list",
        "by a decision among many",
        "by a parameter",
        "by a week",
        "by a header",
        "by a body",
        "by a variation of its id",
        "by an import",
    ],
)
def test_no_attempt_reaches_an_entry_of_another_person(rows: list[Row], world: World) -> None:
    before = world.entries()
    wrong = []
    for row in rows:
        answer = world.attempt(row)
        code = answer.json()["code"] if answer.status_code >= 400 else None
        shown = any(world.names[name] in answer.text for name in HIDDEN)
        if (answer.status_code, code) != row[-1] or shown:
            wrong.append((row, answer.status_code, answer.text))
    assert wrong == []
    assert world.entries() == before  # an undone change would show in the version


LOOKALIKES: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "a letter less": lambda sub: sub[:-1],
    "a letter more": lambda sub: f"{sub}x",
    "more behind a #": lambda sub: f"{sub}#2026-11-20",
    "a key's prefix": lambda sub: f"user#{sub}",
    "encoded": lambda sub: sub.replace("|", "%7C"),
    "a wildcard": lambda sub: f"{sub[:-1]}*",
    "a digit of another script": lambda sub: sub.translate(str.maketrans(string.digits, "٠١٢٣٤٥٦٧٨٩")),
    "a letter of another script": lambda sub: sub.replace("a", "\u0430"),
    "another accent": lambda sub: sub.replace("é", "è"),
}


@pytest.mark.parametrize("lookalike", LOOKALIKES.values(), ids=LOOKALIKES)
def test_a_similar_sub_is_another_person(lookalike: Callable[[str], str], newcomers: Newcomers) -> None:
    ana = newcomers.person("ana")
    ana = newcomers.person("ana", sub=f"{ana.sub}-é")
    other = newcomers.person("other", sub=lookalike(ana.sub))
    manager = newcomers.person("manager", MANAGER)
    entry = ana.entry(date="2001-01-01")
    path = f"/timesheets/{entry['id']}"
    assert other("GET").json() == []
    assert [other(method, path, json={}).status_code for method in ("GET", "PATCH", "DELETE")] == [404] * 3
    theirs = other.entry(date="2001-01-01")
    assert ana("GET").json() == [entry]
    assert other("GET").json() == [theirs]
    assert manager.every("/approvals", {"user_id": ana.sub, "from": "2001-01-01", "to": "2001-01-01"}) == [
        entry
    ]
    assert manager.every("/approvals", {"user_id": other.sub, "from": "2001-01-01", "to": "2001-01-01"}) == [
        theirs
    ]


@pytest.mark.parametrize("mark", ["#", "|", ":", "/", ",", "%23", " "])
def test_joined_names_do_not_collide(mark: str, newcomers: Newcomers) -> None:
    """The name and the key of one caller, joined, must not equal those of another caller."""
    base = newcomers.person("ana").sub
    people = {"c": newcomers.person("", sub=f"{base}{mark}b"), f"b{mark}c": newcomers.person("", sub=base)}
    answers = [who("POST", json=GOOD, headers={"Idempotency-Key": key}) for key, who in people.items()]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]
    client = newcomers.program().client_id
    programs = {
        "c": newcomers.program(client_id=f"{client}{mark}b"),
        f"b{mark}c": newcomers.program(client_id=client),
    }
    answers = [
        program("POST", "/timesheets/upload", json=GOOD | {"user_id": base, "external_id": key})
        for key, program in programs.items()
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]
