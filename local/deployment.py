"""Deploy the product to the local stack with `sam deploy`, as on AWS."""

from typing import Any, Final

from botocore.exceptions import BotoCoreError

from local import aws
from local.build import build, locked
from local.commands import run
from local.gateway import complete_gateway
from local.progress import step
from local.settings import LocalError, Settings

_INDEX: Final = ("IndexName", "KeySchema", "Projection")


def deploy(settings: Settings, parameters: dict[str, str]) -> None:
    """Build the product and deploy it to the running MiniStack.

    Template parameters that are not given keep their values.

    Raises
    ------
    LocalError
        If a part fails; the text holds its output.

    """
    with locked():
        build(settings)
        aws.await_ready(settings)
        with step("Deployment (sam deploy)"):
            _sam_deploy(settings, parameters)
    with step("Gateway responses"):
        cloudformation = aws.session(settings).client("cloudformation", endpoint_url=settings.aws_url)
        gateway = aws.session(settings).client("apigateway", endpoint_url=settings.aws_url)
        complete_gateway(cloudformation, gateway, settings.stack_name)
    if settings.dynamodb_endpoint:
        _create_external_table(settings)


def _sam_deploy(settings: Settings, parameters: dict[str, str]) -> None:
    # A file of its own: `sam deploy --guided` saves a developer's stack name and profile in samconfig.toml.
    config = settings.state / "samconfig.toml"
    config.write_text("version = 0.1\n")
    options = ["--config-file", str(config), "--stack-name", settings.stack_name, "--region", settings.region]
    options += ["--capabilities", "CAPABILITY_IAM", "--s3-bucket", aws.artefact_bucket(settings)]
    # SAM CLI and MiniStack parse JSON in a hundredth of YAML's time; the template is the same.
    options += ["--no-confirm-changeset", "--no-fail-on-empty-changeset", "--use-json"]
    overrides = [f"{name}={value}" for name, value in parameters.items() if value]
    run(settings, "sam", "deploy", *options, "--parameter-overrides", *overrides)


def _create_external_table(settings: Settings) -> None:
    """Create the stack's table in the other DynamoDB engine, unless an earlier run left it there."""
    own = aws.session(settings).client("dynamodb", endpoint_url=settings.aws_url)
    other = aws.session(settings).client("dynamodb", endpoint_url=settings.dynamodb_endpoint)
    table: Any = own.describe_table(TableName=aws.output(settings, "TableName"))["Table"]
    definition = {name: table[name] for name in ("TableName", "AttributeDefinitions", "KeySchema")}
    for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        definition[kind] = [{name: index[name] for name in _INDEX} for index in table[kind]]
    try:
        other.create_table(**definition, BillingMode="PAY_PER_REQUEST")
    except other.exceptions.ResourceInUseException:
        return
    except BotoCoreError as error:
        raise LocalError(f"AWS_ENDPOINT_URL_DYNAMODB: {error}") from None
