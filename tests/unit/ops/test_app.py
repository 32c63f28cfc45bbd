"""The mobile app's files, build and deployment: the parts that need neither Node nor a network."""

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from local.issuer.directory import Seed
from local.mobile_app import mobile_app
from local.settings import Settings
from ops import app_build, app_files, deploy_app
from ops.app_build import BuildError
from ops.deploy_app import AppEnvironment, client_finding, contents, deployment_findings
from tests.support import PROJECT

API_URL = "https://api.example.com/v1"


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """Make a folder of files such as `npm run build` leaves."""
    for name in ("index.html", "sw.js", "manifest.webmanifest", "icon.svg", "assets/index-a1.js"):
        (tmp_path / "dist" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dist" / name).write_text(name)
    (tmp_path / "secret.txt").touch()
    return tmp_path / "dist"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/", True),
        ("/callback", True),
        ("/week/2026-W47/", True),
        ("/.", True),
        ("/a.b/c", True),
        ("/index.html", False),
        ("/assets/index-a1.js", False),
        ("/manifest.webmanifest", False),
    ],
)
def test_a_path_without_an_extension_is_a_page(path: str, page: bool) -> None:  # noqa: FBT001
    assert app_files.is_page(path) == page


def test_cloudfront_tells_pages_by_the_same_rule() -> None:
    code = app_files.template()["Resources"]["Pages"]["Properties"]["FunctionCode"]
    found = re.search(r"!/(.+)/\.test\(request\.uri\)", code)
    assert found
    assert found[1] == app_files._EXTENSION.pattern


def test_every_file_of_the_build_has_a_type_and_a_lifetime() -> None:
    assert app_files.content_type("assets/a.js") == "text/javascript; charset=utf-8"
    assert app_files.content_type("manifest.webmanifest") == "application/manifest+json"
    assert app_files.content_type("assets/a.xyz") == "application/octet-stream"
    assert app_files.cache_control("assets/a.js").endswith("immutable")
    assert {app_files.cache_control(name) for name in ("index.html", "sw.js", "icon.svg")} == {"no-cache"}


def test_no_page_goes_up_before_what_it_loads(dist: Path) -> None:
    names = list(contents(dist, {"api": API_URL}))
    assert names[0] == "assets/index-a1.js"
    assert names[-2:] == ["index.html", "sw.js"]
    assert "config.json" in names


def test_the_local_server_hands_out_files_pages_and_nothing_else(dist: Path) -> None:
    client = TestClient(mobile_app(Settings(), dist))
    assert client.get("/new").text == "index.html"
    assert client.get("/assets/index-a1.js").text == "assets/index-a1.js"
    for path in ("/assets/b.js", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert client.head("/").status_code == 200
    assert client.post("/").status_code == 405


def test_the_issuers_page_lets_the_app_come_back() -> None:
    clients = {client.id: client for client in Seed().directory.clients}
    mobile = clients[Settings().app_client_id]
    assert "http://127.0.0.1/callback" in mobile.callbacks
    assert "http://127.0.0.1/" in mobile.logout_urls


# The build, with an npm that notes what it was asked for.


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Put a node and an npm onto PATH; return what tells, and forgets, which words npm got."""
    (tmp_path / "bin").mkdir()
    log = tmp_path / "asked"
    scripts = {
        "node": "echo v20.19.0",
        "npm": f'echo "$1 $2" >> {log}; mkdir -p node_modules dist; echo page > dist/index.html',
    }
    for name, script in scripts.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")

    def asked() -> list[str]:
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines

    return asked


@pytest.fixture
def mobile(tmp_path: Path) -> Path:
    folder = tmp_path / "mobile"
    (folder / "src").mkdir(parents=True)
    (folder / "package-lock.json").write_text("{}")
    (folder / "src/main.ts").write_text("1")
    return folder


CI, BUILD = "ci --ignore-scripts", "run build"


def test_the_app_is_built_when_its_sources_changed_and_packages_come_when_the_lock_did(
    npm: Callable[[], list[str]], mobile: Path
) -> None:
    assert app_build.build(mobile) == mobile / "dist"
    assert npm() == [CI, BUILD]
    app_build.build(mobile)
    (mobile / "template.yaml").touch()
    app_build.build(mobile)
    assert npm() == []
    (mobile / "src/main.ts").write_text("2")
    app_build.build(mobile)
    assert npm() == [BUILD]
    (mobile / "src/new.ts").touch()
    app_build.build(mobile)
    assert npm() == [BUILD]
    (mobile / "package-lock.json").write_text("{} ")
    app_build.build(mobile)
    assert npm() == [CI, BUILD]
    (mobile / "dist/index.html").unlink()
    app_build.build(mobile)
    assert npm() == [BUILD]


def test_a_step_that_fails_is_told_with_what_npm_said(
    npm: Callable[[], list[str]], mobile: Path, tmp_path: Path
) -> None:
    (tmp_path / "bin/npm").write_text("#!/bin/sh\necho main.ts: no; exit 1\n")
    with pytest.raises(BuildError, match=r"npm ci --ignore-scripts failed in .*\nmain.ts: no"):
        app_build.build(mobile)
    assert npm() == []


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("v18.2.0", "`node --version` says v18.2.0"),
        ("", "says nothing"),
        (None, "node and npm can't be found"),
    ],
)
def test_without_a_node_of_this_time_it_is_one_clear_line(
    version: str | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("node", "npm") if version is not None else ():
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BuildError, match=said) as caught:
        app_build.check_node()
    assert str(caught.value).startswith("The mobile app needs Node 20 or later")
    assert "\n" not in str(caught.value)


# The deployment's checks.


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_samconfig_has_an_app_for_each_environment_that_its_api_lets_in(name: str) -> None:
    environment = AppEnvironment.read(name, PROJECT / "samconfig.toml")
    assert environment.app.stack == f"timesheets-{name}-app"
    assert environment.app.region == environment.api.region
    found = list(deployment_findings(environment, API_URL, ""))
    for finding in (finding for finding in found if finding.kind == "fault"):
        assert "stands for your own; put it in" in finding.text
    assert found[-1].kind == ("note" if name == "dev" else "ok")


def an_environment(**parameters: str) -> AppEnvironment:
    environment = AppEnvironment.read("dev", PROJECT / "samconfig.toml")
    api = replace(environment.api, parameters={"TokenIssuer": "https://tenant.example/"} | parameters)
    return replace(environment, api=api)


@pytest.mark.parametrize(
    ("origins", "address", "kind"),
    [
        ("*", "https://d1.cloudfront.net", "ok"),
        ("https://x.example.com,https://d1.cloudfront.net", "https://d1.cloudfront.net", "ok"),
        ("https://x.example.com", "https://d1.cloudfront.net", "fault"),
        ("https://x.example.com", "", "note"),
    ],
)
def test_the_api_must_let_the_apps_pages_call_it(origins: str, address: str, kind: str) -> None:
    found = list(deployment_findings(an_environment(AllowedOrigins=origins), API_URL, address))
    assert found[-1].kind == kind


def test_the_api_is_deployed_first() -> None:
    (finding,) = deployment_findings(an_environment(), "", "")
    assert (finding.kind, finding.cure) == ("fault", "Deploy it first: make deploy ENV=dev")


def test_whom_the_app_talks_to_is_what_the_apis_environment_says() -> None:
    environment = an_environment(Audience="urn:api")
    assert environment.origins(API_URL) == {
        "ApiOrigin": "https://api.example.com",
        "IssuerOrigin": "https://tenant.example",
    }
    assert environment.configuration(API_URL) == {
        "issuer": "https://tenant.example/",
        "clientId": "CLIENT_ID",
        "audience": "urn:api",
        "api": API_URL,
    }
    assert client_finding("CLIENT_ID").kind == "fault"
    assert client_finding("aBcD").kind == "ok"


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("", "dev.app.parameters: stack_name and client_id must be there"),
        ('[dev.app.parameters]\nstack_name = "x"', "client_id must be there"),
        ('[dev.app.parameters]\nstack_name = "api"\nclient_id = "x"', "the app needs a stack of its own"),
    ],
)
def test_an_environment_without_a_stack_for_the_app_is_a_wrong_use(
    section: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "samconfig.toml"
    config.write_text(
        f'version = 0.1\n[dev.global.parameters]\nstack_name = "api"\nregion = "eu-west-1"\n{section}\n'
    )
    with pytest.raises(SystemExit) as caught:
        deploy_app.main(["dev", "--config-file", str(config)], {})
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_a_fault_ends_it_before_anything_is_touched(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*command: Any, **_: Any) -> None:
        raise AssertionError(command)

    monkeypatch.setattr(deploy_app, "_checks", lambda _: iter([client_finding("CLIENT_ID")]))
    monkeypatch.setattr(subprocess, "run", run)
    assert deploy_app.main(["dev"], {}) == 1
    assert "Nothing was touched" in capsys.readouterr().err


def test_the_configuration_goes_up_as_json(dist: Path) -> None:
    assert json.loads(contents(dist, {"api": API_URL})["config.json"]) == {"api": API_URL}
