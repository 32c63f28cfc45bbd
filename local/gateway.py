"""Two gaps of MiniStack's import of an API, filled from the same template by public API calls.

It leaves out the gateway's own answers (`x-amazon-apigateway-gateway-responses`) and what the OPTIONS
mocks that SAM makes for CORS answer. Once it imports them, this module can go.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from samcli.lib.intrinsic_resolver.intrinsic_property_resolver import IntrinsicResolver
from samcli.lib.intrinsic_resolver.intrinsics_symbol_table import IntrinsicsSymbolTable

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient


def complete_gateway(
    cloudformation: "CloudFormationClient", gateway: "APIGatewayClient", stack_name: str
) -> None:
    """Put in what the import left out, and deploy the stage again."""
    template: Any = cloudformation.get_template(StackName=stack_name)["TemplateBody"]
    body = template["Resources"]["Api"]["Properties"]["Body"]
    resolve = _resolver(cloudformation, stack_name, template)
    api = cloudformation.describe_stack_resource(StackName=stack_name, LogicalResourceId="Api")
    api_id = api["StackResourceDetail"]["PhysicalResourceId"]

    answers = resolve(body["x-amazon-apigateway-gateway-responses"], ignore_errors=False)
    for kind, answer in answers.items():
        gateway.put_gateway_response(restApiId=api_id, responseType=kind, **answer)
    ids = {item["path"]: item["id"] for item in gateway.get_resources(restApiId=api_id, limit=500)["items"]}
    for path, methods in body["paths"].items():
        if "options" in methods:
            options = resolve(methods["options"], ignore_errors=False)
            _answer_preflight(gateway, api_id, ids[path], options)

    (stage,) = gateway.get_stages(restApiId=api_id)["item"]
    deployment = gateway.create_deployment(restApiId=api_id)
    gateway.update_stage(
        restApiId=api_id,
        stageName=stage["stageName"],
        patchOperations=[{"op": "replace", "path": "/deploymentId", "value": deployment["id"]}],
    )


def _answer_preflight(
    gateway: "APIGatewayClient", api_id: str, resource_id: str, options: dict[str, Any]
) -> None:
    answer = options["x-amazon-apigateway-integration"]["responses"]["default"]
    method = {
        "restApiId": api_id,
        "resourceId": resource_id,
        "httpMethod": "OPTIONS",
        "statusCode": answer["statusCode"],
    }
    named = dict.fromkeys(answer["responseParameters"], True)
    gateway.put_method_response(**method, responseParameters=named)
    gateway.put_integration_response(
        **method,
        responseParameters=answer["responseParameters"],
        responseTemplates=answer["responseTemplates"],
    )


def _resolver(
    cloudformation: "CloudFormationClient", stack_name: str, template: dict[str, Any]
) -> Callable[..., Any]:
    """Return what resolves the template's intrinsic functions with the stack's parameters."""
    (stack,) = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
    values: dict[str, Any] = {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}
    for name, parameter in template["Parameters"].items():
        if parameter["Type"] == "CommaDelimitedList":
            values[name] = values[name].split(",")
    symbols = IntrinsicsSymbolTable(template=template, logical_id_translator=values)
    resolve: Callable[..., Any] = IntrinsicResolver(template, symbols).intrinsic_property_resolver
    return resolve
