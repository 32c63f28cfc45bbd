"""Transform template.yaml as AWS does, with real parameter values: SAM's translator, offline.

`python -m tests.repository.transform GradualDeployment=true` prints the result, for `make check` to lint.
"""

import json
import logging
import os
import sys
from functools import cache
from typing import Any

from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from tests.support import PROJECT

TEMPLATE = PROJECT / "template.yaml"
PRODUCTION = {"GradualDeployment": "true", "AllowedOrigins": "https://app.exampleco.com"}

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns that it has no feature toggles


@cache
def transform(**parameters: str) -> dict[str, Any]:
    """Return the transformed template; parameters that are not given have their defaults."""
    template = yaml_parse(TEMPLATE.read_text())
    resources = template["Resources"].values()
    for properties in (template["Globals"]["Function"], *(r.get("Properties", {}) for r in resources)):
        # SAM accepts uploaded code only.
        properties |= {name: "s3://bucket/key" for name in ("CodeUri", "ContentUri") if name in properties}
    given = {"TokenIssuer": "https://tenant.eu.auth0.com/"} | parameters
    result: dict[str, Any] = Translator(None, Parser()).translate(
        template, given, get_managed_policy_map=dict
    )
    return result


def transformed() -> dict[str, Any]:
    """Return the template as transformed for production."""
    return transform(**PRODUCTION)


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Return the properties of all resources of a type, by logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


if __name__ == "__main__":
    json.dump(transform(**dict(argument.split("=", 1) for argument in sys.argv[1:])), sys.stdout)
