"""The deployment to the local stack: the command, and the gaps that are filled after it."""

import itertools
from pathlib import Path
from typing import Any

import pytest

from local import aws, deployment
from local.gateway import DESCRIPTION, complete_gateway
from local.settings import Settings


def test_samconfig_does_not_choose_the_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`sam deploy --guided` saves its answers in samconfig.toml."""
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(deployment, "run", lambda _settings, *command: commands.append(command))
    monkeypatch.setattr(aws, "artefact_bucket", lambda _settings: "artefacts")
    monkeypatch.setattr(Settings, "state", tmp_path)
    deployment._sam_deploy(Settings(), {"TokenIssuer": "http://127.0.0.1:3001/", "JwksUri": ""})
    (command,) = commands
    options = dict(itertools.pairwise(command))
    assert (options["--stack-name"], options["--region"]) == ("timesheets", "eu-west-1")
    assert Path(options["--config-file"]).read_text() == "version = 0.1\n"
    assert command[-1] == "TokenIssuer=http://127.0.0.1:3001/", "empty parameters are left out"


class Aws:
    """A client that records its calls, and answers those that `complete_gateway` reads."""

    def __init__(self, description: str) -> None:
        self.calls: list[str] = []
        self._answers: dict[str, Any] = {
            "describe_stack_resource": {"StackResourceDetail": {"PhysicalResourceId": "api"}},
            "get_stages": {"item": [{"stageName": "v1", "deploymentId": "first"}]},
            "get_deployment": {"description": description},
            "get_resources": {"items": [{"path": "/timesheets", "id": "resource"}]},
            "create_deployment": {"id": "second"},
            "describe_stacks": {"Stacks": [{"Parameters": []}]},
            "get_template": {"TemplateBody": {"Parameters": {}, "Resources": {"Api": API}}},
        }

    def __getattr__(self, name: str) -> Any:
        def call(**_: Any) -> Any:
            self.calls.append(name)
            return self._answers.get(name)

        return call


API = {
    "Properties": {
        "Body": {
            "x-amazon-apigateway-gateway-responses": {"UNAUTHORIZED": {"statusCode": "401"}},
            "paths": {
                "/timesheets": {
                    "options": {
                        "x-amazon-apigateway-integration": {
                            "responses": {
                                "default": {
                                    "statusCode": "200",
                                    "responseParameters": {},
                                    "responseTemplates": {},
                                }
                            }
                        }
                    }
                }
            },
        }
    }
}


def test_a_new_deployment_gets_the_gateway_responses() -> None:
    client: Any = Aws("made by CloudFormation")
    complete_gateway(client, client, "timesheets")
    writes = [name for name in client.calls if name.startswith(("put_", "create_", "update_"))]
    assert writes == [
        "put_gateway_response",
        "put_method_response",
        "put_integration_response",
        "create_deployment",
        "update_stage",
    ]


def test_a_deployment_that_cloudformation_kept_is_not_replaced() -> None:
    """On AWS, too, the stage would keep serving it."""
    client: Any = Aws(DESCRIPTION)
    complete_gateway(client, client, "timesheets")
    assert not [name for name in client.calls if name.startswith(("put_", "create_", "update_"))]
