"""Facts that are stated in more than one file agree."""

import re
import shutil
import subprocess
from typing import Any, get_args

import pytest
from openapi_spec_validator import validate

from local.issuer.seed import Seed
from local.settings import Settings
from tests.support import PROJECT
from timesheets.model import batch, change, decisions, entry, fields, query
from timesheets.model.errors import FieldError, Problem
from timesheets.routes import ROUTES
from timesheets.web import problems, request


@pytest.mark.parametrize(("group", "folder"), [("authorizer", "authorizer"), ("layer", "layers/shared")])
def test_requirements_match_the_lock(group: str, folder: str) -> None:
    uv = shutil.which("uv") or PROJECT / ".uv/bin/uv"
    options = ["--frozen", "--quiet", "--no-header", "--no-annotate", "--only-group", group]
    exported = subprocess.run(
        [uv, "export", *options], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    shipped = (PROJECT / folder / "requirements.txt").read_text()
    assert shipped == exported.stdout, "run make requirements"


def test_each_file_names_the_same_python(template: dict[str, Any]) -> None:
    version = (PROJECT / ".python-version").read_text().strip()
    assert template["Globals"]["Function"]["Runtime"] == f"python{version}"
    assert template["Resources"]["SharedLayer"]["Metadata"]["BuildMethod"] == f"python{version}"
    assert f'requires-python = "=={version}.*"' in (PROJECT / "pyproject.toml").read_text()


def test_the_local_defaults_match_the_template(template: dict[str, Any], openapi: dict[str, Any]) -> None:
    parameters = template["Parameters"]
    api = Seed().directory.apis[0]
    assert api.audience == Settings().audience == parameters["Audience"]["Default"]
    assert api.claims_namespace == parameters["ClaimsNamespace"]["Default"]
    flow = openapi["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]
    assert flow["authorizationUrl"] == f"{Settings().issuer}authorize"
    assert flow["tokenUrl"] == f"{Settings().issuer}oauth/token"
    assert openapi["servers"][1]["url"] == Settings().api_url


def test_the_auth0_guide_names_each_scope_role_and_parameter(template: dict[str, Any]) -> None:
    guide = (PROJECT / "docs/auth0.md").read_text()
    parameters = template["Parameters"]
    assert {f"`{route.scope}`" for route in ROUTES} <= set(re.findall(r"`\w+:\w+`", guide))
    assert f'AUDIENCE = "{parameters["Audience"]["Default"]}"' in guide
    assert f'NAMESPACE = "{parameters["ClaimsNamespace"]["Default"]}"' in guide
    for values in re.findall(r"sam deploy --parameter-overrides (.+)", guide):
        assert {value.partition("=")[0] for value in values.split()} <= set(parameters)
    for role in Seed().directory.roles:
        assert f"\n| {role} | " in guide


def test_openapi_has_the_limits_of_the_model(openapi: dict[str, Any]) -> None:
    schemas = openapi["components"]["schemas"]
    assert schemas["Code"]["enum"] == list(problems.STATUSES)
    assert schemas["Status"]["enum"] == list(entry.STATUSES)
    assert list(schemas["Entry"]["properties"]) == list(entry.MEMBERS)
    assert set(schemas["ServerFields"]["properties"]) | {"user_id"} == entry.SERVER_FIELDS
    assert schemas["IdempotencyKey"]["maxLength"] == request.MAX_KEY
    assert schemas["ProjectInput"]["maxLength"] == fields.MAX_PROJECT
    assert schemas["NotesInput"]["maxLength"] == fields.MAX_NOTES
    assert schemas["Reason"]["maxLength"] == fields.MAX_REASON
    row = schemas["Row"]["allOf"][1]["properties"]
    assert row["user_id"]["maxLength"] == fields.MAX_USER_ID
    assert row["external_id"]["oneOf"][0]["maxLength"] == fields.MAX_EXTERNAL_ID
    assert schemas["Upload"]["oneOf"][1]["maxItems"] == batch.MAX_ROWS
    assert schemas["Decisions"]["maxItems"] == batch.MAX_ROWS
    assert schemas["DecisionRow"]["properties"]["version"]["maximum"] == decisions.MAX_VERSION
    limit = openapi["components"]["parameters"]["Limit"]["schema"]
    assert (limit["maximum"], limit["default"]) == (query.MAX_LIMIT, query.DEFAULT_LIMIT)
    kinds = [
        *schemas["EntryChange"]["properties"]["change"]["enum"],
        schemas["Erasure"]["properties"]["change"]["const"],
    ]
    assert kinds == list(get_args(change.ChangeKind.__value__))
    after, page = (one["schema"] for one in openapi["paths"]["/changes"]["get"]["parameters"])
    assert (after["maximum"], page["maximum"], page["default"]) == (query.MAX_NUMBER, *[query.MAX_LIMIT] * 2)


def test_openapi_names_the_parameters_of_the_lists(openapi: dict[str, Any]) -> None:
    lists = {"/timesheets": query.OWN_LIST, "/approvals": query.APPROVALS, "/changes": query.CHANGES}
    for path, known in lists.items():
        parameters = openapi["paths"][path]["get"]["parameters"]
        names = [p["$ref"].rpartition("/")[2].lower() if "$ref" in p else p["name"] for p in parameters]
        assert names == list(known)


def test_the_problems_in_openapi_match_the_code(openapi: dict[str, Any]) -> None:
    for name, example in openapi["components"]["examples"].items():
        if "code" in example["value"]:
            value = example["value"]
            faults = [FieldError(**fault) for fault in value.get("errors", [])]
            assert value == problems.problem_json(Problem(value["code"], value["detail"], errors=faults)), (
                name
            )


def test_openapi_is_valid(openapi: dict[str, Any]) -> None:
    validate(openapi)
