"""Fill two gaps of MiniStack's import of an API, from the deployed template by public API calls.

The import leaves out the gateway responses (`x-amazon-apigateway-gateway-responses`) and the responses of the
OPTIONS mocks that SAM makes for CORS. This module can go once MiniStack imports them.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from samcli.lib.intrinsic_resolver.intrinsic_property_resolver import IntrinsicResolver
from samcli.lib.intrinsic_resolver.intrinsics_symbol_table import IntrinsicsSymbolTable

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient

DESCRIPTION: Final = "Gateway responses added (local/gateway.py)"
"""Marks the deployments that this module makes."""


def complete_gateway(
    cloudformation: "CloudFormationClient", gateway: "APIGatewayClient", stack_name: str
) -> None:
    """Add the missing responses to the deployment that CloudFormation just made; do nothing if it made none.

    A stage whose deployment CloudFormation did not replace keeps serving the old one, as on AWS.
    """
    api = cloudformation.describe_stack_resource(StackName=stack_name, LogicalResourceId="Api")
    api_id = api["StackResourceDetail"]["PhysicalResourceId"]
    (stage,) = gateway.get_stages(restApiId=api_id)["item"]
    deployed = gateway.get_deployment(restApiId=api_id, deploymentId=stage["deploymentId"])
    if deployed.get("description") == DESCRIPTION:
        return
    template: Any = cloudformation.get_template(StackName=stack_name)["TemplateBody"]
    body = template["Resources"]["Api"]["Properties"]["Body"]
    resolve = _resolver(cloudformation, stack_name, template)

    responses = resolve(body["x-amazon-apigateway-gateway-responses"], ignore_errors=False)
    for kind, response in responses.items():
        gateway.put_gateway_response(restApiId=api_id, responseType=kind, **response)
    ids = {item["path"]: item["id"] for item in gateway.get_resources(restApiId=api_id, limit=500)["items"]}
    for path, methods in body["paths"].items():
        if "options" in methods:
            options = resolve(methods["options"], ignore_errors=False)
            _put_preflight_response(gateway, api_id, ids[path], options)

    deployment = gateway.create_deployment(restApiId=api_id, description=DESCRIPTION)
    gateway.update_stage(
        restApiId=api_id,
        stageName=stage["stageName"],
        patchOperations=[{"op": "replace", "path": "/deploymentId", "value": deployment["id"]}],
    )


def _put_preflight_response(
    gateway: "APIGatewayClient", api_id: str, resource_id: str, options: dict[str, Any]
) -> None:
    response = options["x-amazon-apigateway-integration"]["responses"]["default"]
    method = {
        "restApiId": api_id,
        "resourceId": resource_id,
        "httpMethod": "OPTIONS",
        "statusCode": response["statusCode"],
    }
    declared = dict.fromkeys(response["responseParameters"], True)
    gateway.put_method_response(**method, responseParameters=declared)
    gateway.put_integration_response(
        **method,
        responseParameters=response["responseParameters"],
        responseTemplates=response["responseTemplates"],
    )


def _resolver(
    cloudformation: "CloudFormationClient", stack_name: str, template: dict[str, Any]
) -> Callable[..., Any]:
    """Return SAM CLI's resolver of the template's intrinsic functions, with the stack's parameters."""
    (stack,) = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
    values: dict[str, Any] = {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}
    symbols = IntrinsicsSymbolTable(template=template, logical_id_translator=values)
    resolve: Callable[..., Any] = IntrinsicResolver(template, symbols).intrinsic_property_resolver
    return resolve
