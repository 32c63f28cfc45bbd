"""seed.toml: each fault is reported in one line, with its place."""

from pathlib import Path

import pytest

from local.issuer.seed import SEED, Seed
from local.settings import LocalError

GOOD = SEED.read_text()
IMPORT_SECRET = 'secret = "local-import-secret"\n'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('role = "Manager"', 'role = "Boss"', "users have roles that are not in [roles]: Boss"),
        ('role = "Manager"', "", "users[2].role: Field required"),
        ('name = "Mia"', 'name = "Mia"\nnick = "m"', "users[2].nick: Extra inputs"),
        ('Employee = ["read', 'Employee = ["raed', "permissions that no API has: raed:timesheets"),
        ('grants = ["client_credentials"]', 'grants = ["password"]', "clients[2].grants[0]: Input should be"),
        (IMPORT_SECRET, "", "clients[2]: Value error, needs a secret for client_credentials"),
        ("callbacks = [", "callback = [", "clients[0].callback: Extra inputs"),
        (
            '= ["batch:upload"]',
            '= ["batch:uplaod"]',
            "client timesheets-import is granted scopes that no API has",
        ),
        ('expenses" = []', 'expense" = []', "client timesheets-import is granted scopes that no API has"),
        (
            "token_lifetime = 86_400 ",
            "token_lifetime = 0 ",
            "apis[0].token_lifetime: Input should",
        ),
        ("[roles]", "[roles", "line"),
        (GOOD, "", "apis: Field required"),
        ('id = "auth0|mia"', 'id = "auth0|ana"', "names must be unique: auth0|ana"),
        ("mia@exampleco.com", "ana@other.example", "names must be unique: ana"),
        ('id = "timesheets-web"', 'id = "timesheets-mobile"', "names must be unique: timesheets-mobile"),
        ("/expenses", "/timesheets", "names must be unique: https://api.exampleco.com/timesheets"),
        ('"Ana"', "[" * 9_999, "cannot be read"),
    ],
)
def test_a_fault_is_reported_with_its_place(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in GOOD
    path = tmp_path / "seed.toml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(LocalError) as told:
        Seed(path)
    assert said in str(told.value)
    assert str(path) in str(told.value)


def test_the_code_grant_needs_a_callback(tmp_path: Path) -> None:
    path = tmp_path / "seed.toml"
    lines = [line for line in GOOD.splitlines() if not line.startswith("callbacks")]
    path.write_text("\n".join(lines))
    with pytest.raises(LocalError, match="needs callbacks for authorization_code"):
        Seed(path)


def test_a_valid_edit_takes_effect_and_an_invalid_one_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "seed.toml"
    path.write_text(GOOD)
    seed = Seed(path)
    assert seed.directory.hinted("dora") is None
    path.write_text(GOOD.replace("mia@", "dora@"))
    seed.refresh()
    assert seed.directory.hinted("dora")
    for mistake in (lambda: path.write_text("nonsense"), path.unlink, lambda: path.write_bytes(b"\xff")):
        mistake()
        seed.refresh()
        seed.refresh()
        assert seed.directory.hinted("dora")
        assert len(capsys.readouterr().out.splitlines()) == 1, "said once"
    path.write_text(GOOD)
    seed.refresh()
    assert seed.directory.hinted("mia")


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match="cannot be read"):
        Seed(tmp_path / "seed.toml")
