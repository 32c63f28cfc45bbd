"""`make deploy-app`: its settings, and the order and headers of the upload."""

import json
from contextlib import suppress
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from ops import deploy_app
from ops.environment import Environment

API = '[dev.global.parameters]\nstack_name = "api"\nregion = "eu-west-1"\n[dev.app.parameters]\n'


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_samconfig_lacks_only_the_client_id(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        deploy_app.main([name])
    assert f"Set client_id in [{name}.app.parameters] of samconfig.toml" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('client_id = "x"', "needs a stack_name of its own"),
        ('stack_name = "app"\nclient_id = "x"', "There is no stack api; run: make deploy ENV=dev"),
    ],
)
def test_nothing_is_deployed_without_its_settings_and_the_api(
    text: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "samconfig.toml").write_text(API + text)
    monkeypatch.setattr(Environment, "describe", lambda _: {})
    monkeypatch.setattr(deploy_app, "run", MagicMock(side_effect=AssertionError))
    with suppress(SystemExit):
        assert deploy_app.main(["dev", "--config-file", str(tmp_path / "samconfig.toml")]) == 1
    assert fault in capsys.readouterr().err


def test_upload_puts_assets_first_and_the_service_worker_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy_app, "PROJECT", tmp_path)
    (tmp_path / "app/dist/assets").mkdir(parents=True)
    for name in ("index.html", "sw.js", "icon.xyz", "assets/index-a1.js"):
        (tmp_path / "app/dist" / name).write_text(name)
    app = MagicMock(client_id="app")
    app.outputs.return_value = {"BucketName": "b", "DistributionId": "d"}
    deploy_app.upload(app, {"TokenIssuer": "i", "Audience": "a", "ApiUrl": "https://api.example"})
    calls = [call.kwargs for call in app.client.return_value.put_object.call_args_list]
    assert [(call["Key"], call["ContentType"], call["CacheControl"]) for call in calls] == [
        ("assets/index-a1.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("config.json", "application/json", "no-cache"),
        ("icon.xyz", "application/octet-stream", "no-cache"),
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("sw.js", "text/javascript; charset=utf-8", "no-cache"),
    ]
    expected = {"issuer": "i", "clientId": "app", "audience": "a", "api": "https://api.example"}
    assert json.loads(calls[1]["Body"]) == expected
    app.client.return_value.create_invalidation.assert_called_once()
