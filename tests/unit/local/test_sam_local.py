"""`make sam-local`: the functions of the fixtures, and the template for the containers."""

from pathlib import Path

import pytest
import yaml

from local import sam_local
from local.sam_local import function_of
from local.settings import LocalError, Settings
from tests.support import PROJECT

EVENTS = sorted(path.name for path in (PROJECT / "events").glob("*.json"))


def test_every_fixture_has_its_function() -> None:
    functions = {function_of(f"events/{name}") for name in EVENTS}
    assert len(functions) == len(EVENTS)
    assert function_of("events/list_timesheets.json") == "ListTimesheetsFunction"
    assert function_of("events/authorizer.json") == "AuthorizerFunction"


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(LocalError, match=r"EVENT=x\.json"):
        function_of("x.json")


@pytest.mark.parametrize(
    ("changes", "jwks_uri"),
    [
        ({}, "http://host.docker.internal:3001/.well-known/jwks.json"),
        ({"other_issuer": "https://tenant.example/"}, ""),
        (
            {"other_issuer": "https://tenant.example/", "jwks_uri": "https://keys.example/"},
            "https://keys.example/",
        ),
        ({"jwks_uri": "https://keys.example/"}, "https://keys.example/"),
    ],
)
def test_containers_find_the_keys(
    changes: dict[str, str], jwks_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = {
        "Parameters": {name: {} for name in Settings().template_parameters},
        "Globals": {"Function": {"Environment": {"Variables": {}}}},
    }
    (tmp_path / "template.yaml").write_text(yaml.safe_dump(built))
    monkeypatch.setattr(sam_local, "BUILD", tmp_path)
    settings = Settings(**changes)  # type: ignore[arg-type]
    template = yaml.safe_load(sam_local._template_for_containers(settings).read_text())
    assert template["Parameters"]["JwksUri"]["Default"] == jwks_uri
    assert template["Parameters"]["TokenIssuer"]["Default"] == settings.issuer
