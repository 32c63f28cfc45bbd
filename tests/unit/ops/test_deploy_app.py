"""Deploying the app: its settings, and the order and headers of the upload."""

import json
from pathlib import Path
from unittest.mock import MagicMock

import pytest
from botocore.exceptions import ClientError

from ops import deploy_app
from tests.support import PROJECT


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_samconfig_has_an_app_that_lacks_only_its_client_id(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match=rf"Set client_id in \[{name}.app.parameters\]"):
        deploy_app.settings(name)
    text = (PROJECT / "samconfig.toml").read_text().replace('"CLIENT_ID"', '"aBcD"')
    (tmp_path / "samconfig.toml").write_text(text)
    monkeypatch.setattr(deploy_app, "PROJECT", tmp_path)
    shared, app = deploy_app.settings(name)
    assert (shared["stack_name"], app["stack_name"]) == (f"timesheets-{name}", f"timesheets-{name}-app")


@pytest.mark.parametrize(
    ("environment", "section", "message"),
    [
        ("other", "", "has no environment 'other'"),
        ("dev", 'client_id = "x"', "needs a stack_name of its own"),
        ("dev", 'stack_name = "api"\nclient_id = "x"', "needs a stack_name of its own"),
        ("dev", 'stack_name = "x"', "Set client_id"),
    ],
)
def test_incomplete_settings_are_refused(
    environment: str, section: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f'[dev.global.parameters]\nstack_name = "api"\n[dev.app.parameters]\n{section}\n'
    (tmp_path / "samconfig.toml").write_text(text)
    monkeypatch.setattr(deploy_app, "PROJECT", tmp_path)
    with pytest.raises(SystemExit, match=message):
        deploy_app.main([environment])


@pytest.mark.parametrize(
    ("found", "message"),
    [
        ({"return_value": {}}, "run: make deploy ENV=dev"),
        ({"side_effect": ClientError({"Error": {"Code": "AccessDenied"}}, "DescribeStacks")}, "AccessDenied"),
    ],
)
def test_without_the_api_stack_nothing_is_deployed(
    found: dict[str, object], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stacks = {"region": "eu-west-1", "stack_name": "api"}, {"stack_name": "app", "client_id": "x"}
    monkeypatch.setattr(deploy_app, "settings", lambda _: stacks)
    monkeypatch.setattr(deploy_app, "stack_values", MagicMock(**found))
    monkeypatch.setattr(deploy_app, "run", MagicMock(side_effect=AssertionError))
    with pytest.raises(SystemExit, match=message):
        deploy_app.main(["dev"])


def test_upload_puts_assets_first_and_the_service_worker_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy_app, "PROJECT", tmp_path)
    for name in ("index.html", "sw.js", "icon.xyz", "assets/index-a1.js"):
        (tmp_path / "app/dist" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "app/dist" / name).write_text(name)
    session = MagicMock()
    deploy_app.upload(session, {"BucketName": "b", "DistributionId": "d"}, {"api": "https://api.example"})
    calls = [call.kwargs for call in session.client.return_value.put_object.call_args_list]
    assert [(call["Key"], call["ContentType"], call["CacheControl"]) for call in calls] == [
        ("assets/index-a1.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("config.json", "application/json", "no-cache"),
        ("icon.xyz", "application/octet-stream", "no-cache"),
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("sw.js", "text/javascript; charset=utf-8", "no-cache"),
    ]
    assert json.loads(calls[1]["Body"]) == {"api": "https://api.example"}
    session.client.return_value.create_invalidation.assert_called_once()
