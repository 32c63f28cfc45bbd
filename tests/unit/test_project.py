"""Facts that stand in more than one file, compared."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from local.issuer.directory import Directory
from local.settings import Settings

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize(("group", "folder"), [("authorizer", "authorizer"), ("layer", "layers/shared")])
def test_what_a_function_ships_is_what_the_lock_says(group: str, folder: str) -> None:
    uv = shutil.which("uv") or PROJECT / ".uv/bin/uv"
    options = ["--frozen", "--quiet", "--no-header", "--no-annotate", "--only-group", group]
    exported = subprocess.run(
        [uv, "export", *options], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    shipped = (PROJECT / folder / "requirements.txt").read_text()
    assert shipped == exported.stdout, "mend with `make requirements`"


def test_one_version_of_python_everywhere(template: dict[str, Any]) -> None:
    version = (PROJECT / ".python-version").read_text().strip()
    assert template["Globals"]["Function"]["Runtime"] == f"python{version}"
    assert template["Resources"]["SharedLayer"]["Metadata"]["BuildMethod"] == f"python{version}"
    assert f'requires-python = "=={version}.*"' in (PROJECT / "pyproject.toml").read_text()


def test_the_local_defaults_are_the_templates(template: dict[str, Any], openapi: dict[str, Any]) -> None:
    parameters = template["Parameters"]
    api = Directory.load().apis[0]
    assert api.audience == Settings().audience == parameters["Audience"]["Default"]
    assert api.claims_namespace == parameters["ClaimsNamespace"]["Default"]
    flow = openapi["components"]["securitySchemes"]["oauth2"]["flows"]["authorizationCode"]
    assert flow["authorizationUrl"] == f"{Settings().issuer}authorize"
    assert flow["tokenUrl"] == f"{Settings().issuer}oauth/token"
    assert openapi["servers"][0]["url"] == Settings().api_url


def test_the_document_is_valid_openapi(openapi: dict[str, Any]) -> None:
    validate(openapi)
