"""app/template.yaml and its files, as an operator deploys them: at first, again, and where it must not."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from ops import app_files
from tests.local.rehearsal.conftest import Rehearsal

pytestmark = pytest.mark.long

API_URL = "https://api1234567.execute-api.eu-west-1.amazonaws.com/v1"
API_STACK = "timesheets-dev"
APP_STACK = "timesheets-dev-app"

# Stands for the API's stack: all that the app asks of it is its address.
API_TEMPLATE = {
    "Resources": {"Nothing": {"Type": "AWS::CloudFormation::WaitConditionHandle"}},
    "Outputs": {"ApiUrl": {"Value": API_URL}},
}
SAMCONFIG = """
version = 0.1
[dev.global.parameters]
stack_name = "{api_stack}"
region = "eu-west-1"
[dev.deploy.parameters]
resolve_s3 = true
confirm_changeset = false
tags = ["application=timesheets"]
parameter_overrides = ["TokenIssuer={issuer}", "AllowedOrigins={origins}", "LogRetention=7"]
[dev.app.parameters]
stack_name = "{app_stack}"
client_id = "timesheets-mobile"
parameter_overrides = []
"""
PACKAGE = {"name": "stand-in", "version": "1.0.0", "scripts": {"build": "rm -rf dist && cp -r made dist"}}
LOCK = {
    "name": "stand-in",
    "version": "1.0.0",
    "lockfileVersion": 3,
    "packages": {"": {"name": "stand-in", "version": "1.0.0"}},
}


@dataclass(frozen=True)
class Deployed:
    """The app behind the local CloudFront."""

    rehearsal: Rehearsal
    said: str

    def outputs(self) -> dict[str, str]:
        cloudformation = self.rehearsal.client("cloudformation")
        (stack,) = cloudformation.describe_stacks(StackName=APP_STACK)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def get(self, path: str, scheme: str = "https", method: str = "GET") -> httpx.Response:
        address = urlsplit(self.outputs()["AppUrl"])
        headers = {"Host": address.netloc, "X-Forwarded-Proto": scheme}
        with httpx.Client(base_url=self.rehearsal.settings.aws_url, headers=headers) as client:
            return client.request(method, path)


def fit_template(path: Path) -> None:
    """Leave out what MiniStack misunderstands: it takes CloudFront's own requests for plain http."""
    template = path.read_text()
    start, end = template.index("          - Sid: TlsOnly\n"), template.index("\n  AccessControl:\n")
    path.write_text(template[:start] + template[end:])


def write_app(mobile: Path, release: str) -> None:
    """Write an app that builds without any package, and has what the real one has."""
    files = {
        "index.html": f'<!doctype html><script src="/assets/index-{release}.js"></script>',
        f"assets/index-{release}.js": f"// {release}",
        "sw.js": f"// {release}",
        "manifest.webmanifest": "{}",
        "icon.svg": "<svg/>",
    }
    shutil.rmtree(mobile / "made", ignore_errors=True)
    for name, text in files.items():
        (mobile / "made" / name).parent.mkdir(parents=True, exist_ok=True)
        (mobile / "made" / name).write_text(text)
    (mobile / "package.json").write_text(json.dumps(PACKAGE))
    (mobile / "package-lock.json").write_text(json.dumps(LOCK))


def command(rehearsal: Rehearsal, *options: str, origins: str = "*") -> list[str]:
    """Return what an operator types, with an environment written for it."""
    config = rehearsal.checkout / "app.toml"
    config.write_text(
        SAMCONFIG.format(
            api_stack=API_STACK, app_stack=APP_STACK, issuer=rehearsal.settings.issuer, origins=origins
        )
    )
    return [".venv/bin/python", "-m", "ops.deploy_app", "dev", "--config-file", "app.toml", *options]


@pytest.fixture(scope="module")
def api(rehearsal: Rehearsal) -> Rehearsal:
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("no node and npm on PATH: they build the app, and run CloudFront's function")
    cloudformation = rehearsal.client("cloudformation")
    cloudformation.create_stack(StackName=API_STACK, TemplateBody=json.dumps(API_TEMPLATE))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=API_STACK, WaiterConfig={"Delay": 1})
    fit_template(rehearsal.checkout / "app/template.yaml")
    write_app(rehearsal.checkout / "app", "one")
    return rehearsal


@pytest.fixture(scope="module")
def deployed(api: Rehearsal) -> Deployed:
    dry = api.run(*command(api, "--dry-run"))
    assert "Nothing was touched" in dry
    stacks = api.client("cloudformation").list_stacks()["StackSummaries"]
    assert APP_STACK not in {stack["StackName"] for stack in stacks}
    return Deployed(api, api.run(*command(api)))


def test_its_own_checks_find_it_well(deployed: Deployed) -> None:
    address = deployed.outputs()["AppUrl"]
    assert "ok      app: / is the page" in deployed.said
    assert "ok      app: /assets/index-one.js is what was deployed" in deployed.said
    assert f"ok      origin: the API lets {address} call it" in deployed.said
    assert f"{address}/callback after signing in" in deployed.said
    assert "\nfault" not in deployed.said


def test_every_answer_has_the_headers_of_make_app_and_https_for_two_years(deployed: Deployed) -> None:
    issuer = deployed.rehearsal.settings.issuer
    expected = app_files.security_headers(
        api_origin=API_URL.removesuffix("/v1"), issuer_origin=issuer.rstrip("/")
    )
    for path in ("/", "/config.json", "/sw.js", "/assets/index-one.js", "/assets/missing.js"):
        headers = deployed.get(path).headers
        assert {name: headers.get(name) for name in expected} == expected, path
        assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


@pytest.mark.parametrize(
    "path", ["/", "/callback?code=x", "/deep/er/path", "/week/2026-W47/", "/.", "/?list-type=2"]
)
def test_every_path_without_an_extension_is_the_page(deployed: Deployed, path: str) -> None:
    answer = deployed.get(path)
    assert answer.status_code == 200
    assert answer.text.startswith("<!doctype html>")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/assets/missing.js", "/missing.png"])
def test_a_file_that_is_missing_is_no_page(deployed: Deployed, path: str) -> None:
    answer = deployed.get(path)
    assert answer.status_code == 403  # on AWS 404: MiniStack does not look who may list the bucket
    assert "<!doctype html>" not in answer.text


def test_the_configuration_is_the_environments(deployed: Deployed) -> None:
    answer = deployed.get("/config.json")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (
        "application/json",
        "no-cache",
    )
    assert answer.json() == {
        "issuer": deployed.rehearsal.settings.issuer,
        "clientId": "timesheets-mobile",
        "audience": "https://api.exampleco.com/timesheets",
        "api": API_URL,
    }


def test_only_https_and_only_reading(deployed: Deployed) -> None:
    moved = deployed.get("/new", scheme="http")
    assert (moved.status_code, moved.headers["location"]) == (301, f"{deployed.outputs()['AppUrl']}/new")
    assert deployed.get("/", method="POST").status_code == 403


def test_the_bucket_is_private_versioned_and_encrypted(deployed: Deployed) -> None:
    s3, bucket = deployed.rehearsal.client("s3"), deployed.outputs()["BucketName"]
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    for statement in policy["Statement"]:
        assert statement["Principal"] == {"Service": "cloudfront.amazonaws.com"}
        arn = statement["Condition"]["StringEquals"]["AWS:SourceArn"]
        assert arn.endswith(f":distribution/{deployed.outputs()['DistributionId']}")


def test_an_open_page_finds_its_files_after_the_next_deployment(deployed: Deployed) -> None:
    rehearsal = deployed.rehearsal
    write_app(rehearsal.checkout / "app", "two")
    rehearsal.run(*command(rehearsal))
    assert "index-two.js" in deployed.get("/").text
    assert deployed.get("/sw.js").text == "// two"
    for release in ("one", "two"):
        answer = deployed.get(f"/assets/index-{release}.js")
        assert (answer.status_code, answer.text) == (200, f"// {release}")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_it_stops_where_the_api_would_refuse_the_apps_pages(deployed: Deployed) -> None:
    options = command(deployed.rehearsal, origins="https://app.exampleco.com")
    with pytest.raises(AssertionError, match="is not among the API's AllowedOrigins") as caught:
        deployed.rehearsal.run(*options)
    assert "Nothing was touched" in str(caught.value)


def test_removed_it_leaves_the_bucket_alone(deployed: Deployed) -> None:
    bucket = deployed.outputs()["BucketName"]
    cloudformation = deployed.rehearsal.client("cloudformation")
    cloudformation.delete_stack(StackName=APP_STACK)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=APP_STACK, WaiterConfig={"Delay": 1})
    assert deployed.rehearsal.client("cloudfront").list_distributions()["DistributionList"]["Quantity"] == 0
    assert deployed.rehearsal.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] > 0
