"""What `make deploy` checks before it touches anything: the parts that need no network."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from local.settings import Settings
from ops import deploy, findings, smoke
from ops.deploy import Environment, git_finding
from ops.findings import Finding
from ops.parameters import MAX_ORIGINS, parameter_findings
from tests.support import PROJECT
from tokens.settings import Settings as AuthorizerSettings

ENVIRONMENTS = ("dev", "staging", "prod")
TENANT = {"TokenIssuer": "https://exampleco.eu.auth0.com/"}
DECLARED: dict[str, dict[str, Any]] = {
    "TokenIssuer": {"Type": "String", "AllowedPattern": "https?://.+", "Description": "The exact iss."},
    "Audience": {"Type": "String", "Default": "urn:api", "MinLength": 1, "MaxLength": 9},
    "TokenAlgorithm": {"Type": "String", "Default": "RS256", "AllowedValues": ["RS256", "HS256"]},
    "TokenSecretArn": {"Type": "String", "Default": ""},
    "TokenLeeway": {"Type": "Number", "Default": 5, "MinValue": 0, "MaxValue": 60},
    "LogRetention": {"Type": "Number", "Default": 30, "AllowedValues": [7, 30]},
    "JwksUri": {"Type": "String", "Default": ""},
    "AllowedOrigins": {"Type": "CommaDelimitedList", "Default": "*"},
    "ProtectData": {"Type": "String", "Default": False, "AllowedValues": [True, False]},
    "Words": {
        "Type": "CommaDelimitedList",
        "Default": "",
        "AllowedPattern": "[a-z]*",
        "ConstraintDescription": "small letters only",
    },
    "DomainName": {"Type": "String", "Default": ""},
    "CertificateArn": {"Type": "String", "Default": ""},
}


def told(given: dict[str, str], environment: str = "dev") -> list[Finding]:
    return parameter_findings(TENANT | given, DECLARED, environment)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"TokenLeeway": "0"},
        {"TokenLeeway": "60", "LogRetention": "7", "ProtectData": "true", "Words": "a,b"},
        {"TokenIssuer": "http://127.0.0.1:3001/"},
        {"TokenIssuer": "https://login.example.com/realms/x", "JwksUri": "https://login.example.com/keys"},
        {"AllowedOrigins": "https://app.exampleco.com,http://localhost:5173"},
        {"TokenAlgorithm": "HS256", "TokenSecretArn": "arn:aws:secretsmanager:eu-west-1:1:secret:x"},
        {"DomainName": "api.example.com", "CertificateArn": "arn:aws:acm:eu-west-1:1:certificate/x"},
    ],
)
def test_what_the_template_takes_is_all_right(given: dict[str, str]) -> None:
    (finding,) = told(given)
    assert finding.kind == "ok"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"TokenIsuer": "x"}, 'TokenIsuer is "x": the template has no such parameter; it has AllowedOrigins'),
        ({"TokenIssuer": "https://TENANT.eu.auth0.com/"}, "TENANT stands for your own; put it in"),
        ({"TokenIssuer": "https://TENANT-dev.eu.auth0.com/"}, "TENANT stands for your own; put it in"),
        ({"TokenIssuer": "https://exampleco.eu.auth0.com"}, "without a slash at the end"),
        ({"TokenIssuer": "http://exampleco.eu.auth0.com/"}, "must be https"),
        ({"TokenIssuer": "exampleco.eu.auth0.com/"}, "must match https?://.+"),
        ({"TokenIssuer": "https://"}, "must be an address such as https://tenant.eu.auth0.com/"),
        ({"TokenIssuer": "https://x:port/"}, "must be an address such as"),
        ({"TokenIssuer": "https://user@x/"}, "must be an address such as"),
        ({"Audience": ""}, "must be 1 characters or more"),
        ({"Audience": "urn:much-too-long"}, "must be 9 characters or fewer"),
        ({"TokenAlgorithm": "ES256"}, "must be one of RS256, HS256"),
        ({"TokenAlgorithm": "HS256"}, "TokenSecretArn is missing"),
        ({"TokenLeeway": "61"}, "must be 60 or less"),
        ({"TokenLeeway": "-1"}, "must be 0 or more"),
        ({"TokenLeeway": "five"}, "must be a number"),
        ({"TokenLeeway": "NaN"}, "must be a number"),
        ({"LogRetention": "8"}, "must be one of 7, 30"),
        ({"ProtectData": "yes"}, "must be one of true, false"),
        ({"Words": "a,B"}, "small letters only"),
        ({"AllowedOrigins": "https://app.exampleco.com/"}, "has a path or a slash at the end"),
        ({"AllowedOrigins": "https://app.exampleco.com/app"}, "has a path"),
        ({"AllowedOrigins": "https://App.exampleco.com"}, "has capitals"),
        ({"AllowedOrigins": "app.exampleco.com"}, "is no origin"),
        ({"AllowedOrigins": "https://*.exampleco.com"}, "is no origin"),
        ({"AllowedOrigins": "*,https://app.exampleco.com"}, "lets in every origin"),
        ({"AllowedOrigins": "https://" + "a" * MAX_ORIGINS}, "180 characters or fewer"),
        ({"DomainName": "api.example.com"}, "DomainName and CertificateArn go together"),
        ({"CertificateArn": "arn:x"}, "DomainName and CertificateArn go together"),
    ],
)
def test_each_wrong_parameter_is_named_with_what_is_wrong(given: dict[str, str], said: str) -> None:
    (finding,) = (f for f in told(given) if f.kind == "fault")
    assert said in finding.text


def test_what_is_missing_is_named_with_the_templates_own_words() -> None:
    (finding,) = parameter_findings({}, DECLARED, "dev")
    assert finding.text == "parameters: TokenIssuer is missing, and has no default"
    assert finding.cure == "The exact iss."


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert len(told({"TokenLeeway": "61", "LogRetention": "8", "Nothing": ""})) == 3


def test_production_is_asked_for_more() -> None:
    kinds = {finding.kind for finding in told({}, "prod")}
    assert kinds == {"fault", "warning"}  # any origin, and data that anybody deletes
    good = {"AllowedOrigins": "https://app.exampleco.com", "ProtectData": "true"}
    assert [finding.kind for finding in told(good, "prod")] == ["ok"]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_samconfig_names_only_the_templates_parameters_and_only_the_placeholders_are_wrong(name: str) -> None:
    environment = Environment.read(name, PROJECT / "samconfig.toml")
    assert environment.stack == f"timesheets-{name}"
    found = parameter_findings(environment.parameters, deploy.template_parameters(), name)
    assert {finding.kind for finding in found} == {"fault"}
    for finding in found:
        assert finding.text.endswith(" stands for your own; put it in"), finding.text
    own = {
        key: value.replace("TENANT", "x").replace("TEAM", "x")
        for key, value in environment.parameters.items()
    }
    (finding,) = parameter_findings(own, deploy.template_parameters(), name)
    assert finding.kind == "ok"


def test_the_environments_differ_in_stack_and_in_parameters_only() -> None:
    read = [Environment.read(name, PROJECT / "samconfig.toml") for name in ENVIRONMENTS]
    assert len({environment.stack for environment in read} | {Settings().sam["stack_name"]}) == 4
    assert {environment.region for environment in read} == {Settings().sam["region"]}
    assert len({environment.parameters["Audience"] for environment in read}) == 1
    issuers = [environment.parameters["TokenIssuer"] for environment in read]
    assert len(set(issuers)) == 3


SAMCONFIG = """
version = 0.1
[default.global.parameters]
stack_name = "timesheets"
[dev.global.parameters]
stack_name = "timesheets-dev"
region = "eu-west-1"
[dev.deploy.parameters]
parameter_overrides = {overrides}
"""


@pytest.mark.parametrize(
    ("overrides", "parameters"),
    [
        ('["A=1", "B=https://x,https://y"]', {"A": "1", "B": "https://x,https://y"}),
        ('"A=1 B=2"', {"A": "1", "B": "2"}),
        ('"ParameterKey=A,ParameterValue=1"', {"A": "1"}),
        ('["A=\\"a b\\""]', {"A": "a b"}),
        ("[]", {}),
    ],
)
def test_parameters_are_read_as_sam_reads_them(
    overrides: str, parameters: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "samconfig.toml").write_text(SAMCONFIG.format(overrides=overrides))
    assert Environment.read("dev", tmp_path / "samconfig.toml").parameters == parameters


@pytest.mark.parametrize(
    ("name", "overrides", "said"),
    [
        ("live", "[]", "ENV must be one of default, dev"),
        ("version", "[]", "ENV must be one of default, dev"),
        ("default", "[]", "default: region must be there"),
        ("dev", '["A="]', "A= is not a valid format"),
        ("dev", "[", "samconfig.toml: Invalid value (at end of document)"),
    ],
)
def test_an_environment_that_can_not_be_read_is_a_wrong_use(
    name: str, overrides: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "samconfig.toml").write_text(SAMCONFIG.format(overrides=overrides))
    with pytest.raises(SystemExit) as caught:
        deploy.main([name, "--config-file", str(tmp_path / "samconfig.toml")], {})
    assert caught.value.code == 2
    assert said in capsys.readouterr().err


def test_production_takes_only_what_a_commit_holds(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=x", "-c", "user.email=x@example.com")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    assert git_finding("dev", tmp_path).text == "git: no commit"
    git("init")
    git("commit", "--allow-empty", "-m", "x")
    assert git_finding("prod", tmp_path).kind == "ok"
    (tmp_path / "new").touch()
    assert git_finding("prod", tmp_path).kind == "fault"
    assert git_finding("dev", tmp_path).kind == "warning"


def an_environment(**parameters: str) -> Environment:
    return Environment(
        name="dev",
        config_file=PROJECT / "samconfig.toml",
        stack="timesheets-dev",
        region="eu-west-1",
        profile=None,
        parameters=TENANT | parameters,
    )


KEYS_AT = f"{TENANT['TokenIssuer']}.well-known/jwks.json"


@pytest.mark.parametrize(
    ("parameters", "published", "kinds"),
    [
        ({}, KEYS_AT, ["ok", "ok"]),
        ({}, "https://exampleco.example/keys", ["ok", "ok", "warning"]),
        ({"JwksUri": "https://exampleco.example/keys"}, "https://exampleco.example/keys", ["ok", "ok"]),
        ({"JwksUri": "http://exampleco.example/keys"}, KEYS_AT, ["ok", "fault"]),
        ({"TokenAlgorithm": "HS256", "TokenSecretArn": "arn:x"}, KEYS_AT, ["ok"]),
    ],
)
def test_the_issuers_keys_are_where_the_authorizer_will_look(
    parameters: dict[str, str], published: str, kinds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def keys_finding(settings: AuthorizerSettings) -> Finding:
        looked.append(settings.jwks_uri)
        return Finding("ok", "keys")

    monkeypatch.setattr(deploy, "discover", lambda _: ({"jwks_uri": published}, []))
    monkeypatch.setattr(deploy, "keys_finding", keys_finding)
    found = list(deploy.issuer_findings(an_environment(**parameters)))
    assert [finding.kind for finding in found] == kinds
    assert looked == [parameters.get("JwksUri", KEYS_AT)] * (len(kinds) > 1 and kinds[1] == "ok")


class Steps:
    """What `main` would do, taken down instead."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[str] = []
        self.fails = ""
        self.found = [Finding("ok", "all is well")]
        monkeypatch.setattr(deploy, "_checks", lambda _: iter(self.found))
        monkeypatch.setattr(deploy, "PAUSE", 0)
        monkeypatch.setattr(deploy, "_address", lambda _: "https://api.example.com/v1")
        monkeypatch.setattr(smoke, "main", self.smoke)
        monkeypatch.setattr(subprocess, "run", self.run)

    def run(self, command: tuple[str, ...], **_: Any) -> "subprocess.CompletedProcess[str]":
        self.done.append(" ".join(command))
        return subprocess.CompletedProcess(command, int(command[0] == self.fails))

    def smoke(self, arguments: list[str], environ: dict[str, str]) -> int:
        self.done.append(f"smoke {arguments[0]} {environ['ORIGIN']}")
        return int(self.fails == "smoke")


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(monkeypatch)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda text: monkeypatch.setattr("builtins.input", lambda _: text)


def test_after_the_checks_it_builds_deploys_and_smoke_tests(steps: Steps) -> None:
    assert deploy.main(["dev"], {}) == 0
    assert steps.done == [
        "make build ARCHITECTURE=arm64",
        f"sam deploy --config-file {PROJECT / 'samconfig.toml'} --config-env dev",
        "smoke https://api.example.com/v1 ",
    ]


def test_a_fault_ends_it_before_anything_is_touched(steps: Steps, capsys: pytest.CaptureFixture[str]) -> None:
    steps.found = [findings.fault("one", "two")]
    assert deploy.main(["dev"], {}) == 1
    assert steps.done == []
    assert "Nothing was touched" in capsys.readouterr().err


def test_a_dry_run_ends_after_the_checks(steps: Steps) -> None:
    assert deploy.main(["prod", "--dry-run"], {}) == 0
    assert steps.done == []


@pytest.mark.parametrize("typed", ["", "yes", "timesheets-dev"])
def test_production_is_left_alone_unless_its_stacks_name_is_typed(
    typed: str, steps: Steps, answers: Callable[[str], None]
) -> None:
    answers(typed)
    assert deploy.main(["prod"], {}) == 1
    assert steps.done == []


@pytest.mark.parametrize(
    ("options", "environ", "asked"),
    [([], {}, True), (["--yes"], {}, False), ([], {"CI": "true"}, False)],
)
def test_production_goes_on_by_its_name_or_where_nobody_is_to_be_asked(
    options: list[str],
    environ: dict[str, str],
    asked: bool,  # noqa: FBT001
    steps: Steps,
    answers: Callable[[str], None],
) -> None:
    answers("timesheets-prod" if asked else "")
    assert deploy.main(["prod", *options], environ) == 0
    assert steps.done[1].endswith("--config-env prod" + ("" if asked else " --no-confirm-changeset"))
    assert steps.done[2] == "smoke https://api.example.com/v1 https://app.exampleco.com"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("make", "Build failed (make ended with 1). Nothing was deployed."),
        ("sam", "Deployment failed (sam ended with 1)."),
        ("smoke", "The smoke test failed: timesheets-dev is deployed, and not well."),
    ],
)
def test_a_step_that_fails_is_named_with_what_to_do_now(
    step: str, said: str, steps: Steps, capsys: pytest.CaptureFixture[str]
) -> None:
    steps.fails = step
    assert deploy.main(["dev"], {}) == 1
    assert said in capsys.readouterr().err
    assert steps.done[-1].startswith(step)
    assert steps.done.count(steps.done[-1]) == (2 if step == "smoke" else 1)


def test_a_stack_without_an_address_is_told(
    steps: Steps, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none(_: object) -> str:
        raise ClientError(
            {"Error": {"Code": "ValidationError", "Message": "no such stack"}}, "DescribeStacks"
        )

    monkeypatch.setattr(deploy, "_address", none)
    assert deploy.main(["dev"], {}) == 1
    assert "no ApiUrl of timesheets-dev" in capsys.readouterr().err
    assert len(steps.done) == 2


def test_without_credentials_it_says_where_to_get_some(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_: object) -> None:
        raise NoCredentialsError

    monkeypatch.setattr(Environment, "session", none)
    finding = deploy.account_finding(Environment.read("dev", PROJECT / "samconfig.toml"))
    assert finding.kind == "fault"
    assert "AWS_PROFILE" in finding.cure


def test_an_interrupted_deployment_says_that_it_may_go_on(
    steps: Steps, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(deploy, "run_step", interrupt)
    assert deploy.main(["dev"], {}) == 1
    assert "Interrupted" in capsys.readouterr().out
    assert steps.done == []
