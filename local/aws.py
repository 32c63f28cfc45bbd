"""AWS on this machine: MiniStack, and the product put onto it by SAM CLI."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError

from local.gateway import complete_gateway
from local.settings import HOST, PROJECT, LocalError, Settings

READY_WITHIN: Final = 15.0
"""Seconds, after the build."""
STOPPED_WITHIN: Final = 3.0
"""Seconds."""

_INDEX: Final = ("IndexName", "KeySchema", "Projection")


def session(settings: Settings) -> boto3.session.Session:
    """Return a session whose clients, given `endpoint_url=settings.aws_url`, mean the local stack."""
    environment = settings.aws_environment
    return boto3.session.Session(
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        region_name=environment["AWS_DEFAULT_REGION"],
    )


@contextmanager
def ministack(settings: Settings) -> Iterator[None]:
    """Start MiniStack, and end it and the functions' processes with the block; `deploy` waits for it."""
    scratch = settings.state / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    log_path = settings.state / "ministack.log"
    environment = settings.aws_environment | {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(settings.aws_port),
        "MINISTACK_REGION": settings.sam["region"],
        "IOT_MTLS_ENABLED": "0",  # its port can't be moved out of another stack's way
        "SFTP_ENABLED": "0",
        "LAMBDA_WARM_TTL_SECONDS": "60",  # what a burst started goes again
        "TMPDIR": str(scratch),
    }
    if settings.dynamodb_endpoint:
        environment["AWS_ENDPOINT_URL_DYNAMODB"] = settings.dynamodb_endpoint
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [PROJECT / ".venv/bin/ministack"],
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,  # Ctrl-C reaches us alone; we stop it in order
        )
        try:
            yield
        finally:
            _stop(process)
            shutil.rmtree(scratch, ignore_errors=True)


def deploy(settings: Settings, parameters: dict[str, str]) -> None:
    """Build the product with `make build` and put it in place with `sam deploy`, as on AWS.

    Of the template's parameters those that are not given keep their values.
    """
    overrides = [f"{name}={value}" for name, value in parameters.items() if value]
    lock = PROJECT / ".aws-sam" / "local.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:  # stacks side by side share the build folder
        fcntl.flock(held, fcntl.LOCK_EX)
        _run(settings, "make", "build", f"ARCHITECTURE={settings.architecture}")
        await_ready(settings)
        _run(settings, "sam", "deploy", "--no-confirm-changeset", "--parameter-overrides", *overrides)
    cloudformation = session(settings).client("cloudformation", endpoint_url=settings.aws_url)
    gateway = session(settings).client("apigateway", endpoint_url=settings.aws_url)
    complete_gateway(cloudformation, gateway, settings.sam["stack_name"])
    if settings.dynamodb_endpoint:
        _create_table_elsewhere(settings)


def output(settings: Settings, name: str) -> str:
    """Return one of the deployed stack's outputs."""
    cloudformation = session(settings).client("cloudformation", endpoint_url=settings.aws_url)
    (stack,) = cloudformation.describe_stacks(StackName=settings.sam["stack_name"])["Stacks"]
    return next(o["OutputValue"] for o in stack["Outputs"] if o["OutputKey"] == name)


def _run(settings: Settings, *command: str) -> None:
    """Run a command of the project's environment; its output is shown only if it fails."""
    environment = settings.aws_environment
    environment["PATH"] = f"{PROJECT / '.venv/bin'}{os.pathsep}{environment['PATH']}"
    result = subprocess.run(
        command,
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode:
        raise LocalError(f"{' '.join(command[:2])} failed:\n{result.stdout.strip()}")


def await_ready(settings: Settings) -> None:
    """Wait for MiniStack to answer.

    Raises
    ------
    LocalError
        If it does not.

    """
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{settings.aws_url}/_ministack/ready", timeout=1):  # noqa: S310
                return
        except OSError:
            time.sleep(0.05)
    raise LocalError(f"MiniStack did not start; its log is {settings.state / 'ministack.log'}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End MiniStack and the functions' processes, which are its children and in its session."""
    process.terminate()
    try:
        process.wait(STOPPED_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _create_table_elsewhere(settings: Settings) -> None:
    """Create the stack's table in the other DynamoDB engine, unless it is there from last time."""
    own = session(settings).client("dynamodb", endpoint_url=settings.aws_url)
    other = session(settings).client("dynamodb", endpoint_url=settings.dynamodb_endpoint)
    table: Any = own.describe_table(TableName=output(settings, "TableName"))["Table"]
    same = {name: table[name] for name in ("TableName", "AttributeDefinitions", "KeySchema")}
    for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        same[kind] = [{name: index[name] for name in _INDEX} for index in table[kind]]
    try:
        other.create_table(**same, BillingMode="PAY_PER_REQUEST")
    except other.exceptions.ResourceInUseException:
        return
    except BotoCoreError as error:
        raise LocalError(f"AWS_ENDPOINT_URL_DYNAMODB: {error}") from None
