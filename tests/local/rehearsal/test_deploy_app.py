"""`make deploy-app` on MiniStack: the first deployment, the next one, and the responses of CloudFront."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from local import aws
from local.ports import free_ports
from local.settings import PROJECT, Settings
from ops import deploy, deploy_app
from ops.environment import Environment

# Stands in for the API's stack, of which the app uses only parameters and outputs.
API = {"TokenIssuer": "https://tenant.example/", "Audience": "urn:api", "AllowedOrigins": "*"}
API_TEMPLATE = {
    "Parameters": {name: {"Type": "String", "Default": value} for name, value in API.items()},
    "Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}},
    "Outputs": {"ApiUrl": {"Value": "https://api.example/v1"}},
}
pytestmark = pytest.mark.long


class App:
    """The app of a stand-in project."""

    def __init__(self, project: Path, aws_url: str) -> None:
        self.project, self.aws_url = project, aws_url
        self.stack = Environment.read("dev", project / "samconfig.toml", "app")

    def deploy(self, release: str) -> None:
        files = {f"assets/{release}.js": release, "index.html": f"<!doctype html>{release}", "sw.js": ""}
        for name, text in files.items():
            (self.project / "app/dist" / name).write_text(text)
        assert deploy_app.main(["dev", "--config-file", str(self.stack.config_file)]) == 0

    def get(self, path: str, scheme: str = "https") -> httpx.Response:
        host = urlsplit(self.stack.outputs()["AppUrl"]).netloc
        return httpx.get(self.aws_url + path, headers={"Host": host, "X-Forwarded-Proto": scheme})


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    if not shutil.which("node"):
        pytest.skip("no node on PATH, which runs the CloudFront function")
    project = tmp_path_factory.mktemp("project")
    (project / "app/dist/assets").mkdir(parents=True)
    (project / "Makefile").write_text("app-build:\n\t@:\n")
    (project / ".venv").symlink_to(PROJECT / ".venv")
    # MiniStack refuses CloudFront's own requests to the bucket under the statement TlsOnly.
    template = (PROJECT / "app/template.yaml").read_text()
    start, end = template.index("          - Sid: TlsOnly\n"), template.index("\n  AccessControl:\n")
    (project / "app/template.yaml").write_text(template[:start] + template[end:])
    config = (PROJECT / "samconfig.toml").read_text().replace('"CLIENT_ID"', '"app"')
    (project / "samconfig.toml").write_text(config)
    settings = Settings(aws_port=free_ports(1)[0])
    with pytest.MonkeyPatch.context() as patch, aws.ministack(settings):
        aws.await_ready(settings)
        for module in (deploy, deploy_app):
            patch.setattr(module, "PROJECT", project)
        for name, value in (settings.aws_environment | {"CI": "true"}).items():
            patch.setenv(name, value)
        app, template = App(project, settings.aws_url), json.dumps(API_TEMPLATE)
        app.stack.client("cloudformation").create_stack(StackName="timesheets-dev", TemplateBody=template)
        app.deploy("one")
        yield app


@pytest.mark.parametrize("path", ["/", "/config.json", "/sw.js", "/assets/one.js", "/assets/missing.js"])
def test_responses_have_the_headers_of_the_template(app: App, path: str) -> None:
    headers = app.get(path).headers
    origins = "connect-src 'self' https://api.example https://tenant.example;"
    assert origins in headers["content-security-policy"]
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert app.get(path, scheme="http").status_code == 301


@pytest.mark.parametrize("path", ["/", "/callback?code=x", "/week/2026-W47/", "/.", "/?list-type=2"])
def test_a_path_without_an_extension_is_the_page(app: App, path: str) -> None:
    response = app.get(path)
    assert (response.status_code, response.text[:15]) == (200, "<!doctype html>")
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"


def test_the_next_deployment_replaces_the_page_and_keeps_old_assets(app: App) -> None:
    app.deploy("two")
    assert app.get("/").text == "<!doctype html>two"
    assert [app.get(f"/assets/{name}.js").text for name in ("one", "two")] == ["one", "two"]
    assert app.get("/assets/three.js").status_code == 403  # 404 on AWS, where s3:ListBucket counts


def test_the_bucket_is_private_and_survives_the_stack(app: App) -> None:
    s3, bucket = app.stack.client("s3"), app.stack.outputs()["BucketName"]
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    name, cloudformation = app.stack.stack, app.stack.client("cloudformation")
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] > 0
