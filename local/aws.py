"""AWS on this machine: MiniStack's process, sessions for it, and the deployed stack's outputs."""

import os
import shutil
import signal
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import boto3

from local.settings import HOST, PROJECT, LocalError, Settings

START_TIMEOUT: Final = 15.0
"""Seconds."""


def session(settings: Settings) -> boto3.session.Session:
    """Return a session with the local credentials; its clients need `endpoint_url=settings.aws_url`."""
    environment = settings.aws_environment
    return boto3.session.Session(
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        region_name=environment["AWS_DEFAULT_REGION"],
    )


@contextmanager
def ministack(settings: Settings) -> Iterator[None]:
    """Run MiniStack for as long as the block lasts; `await_ready` waits until it answers."""
    scratch = settings.state / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    log_path = settings.state / "ministack.log"
    environment = settings.aws_environment | {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(settings.aws_port),
        "MINISTACK_REGION": settings.region,
        "IOT_MTLS_ENABLED": "0",  # its port is fixed, and another stack may have it
        "SFTP_ENABLED": "0",
        "LAMBDA_WARM_TTL_SECONDS": "60",  # ends the extra workers that a burst started
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
            start_new_session=True,  # Ctrl-C reaches this process only, which then ends the session
        )
        try:
            yield
        finally:
            # All state is in memory, so nothing is lost; the functions' processes are in the same session.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            shutil.rmtree(scratch, ignore_errors=True)


def artefact_bucket(settings: Settings) -> str:
    """Return the bucket for code, created if necessary; `--resolve-s3` would deploy a stack for it."""
    name = f"{settings.stack_name}-artefacts"
    s3 = session(settings).client("s3", endpoint_url=settings.aws_url)
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        region: Any = settings.region
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    return name


def output(settings: Settings, name: str) -> str:
    """Return one of the deployed stack's outputs."""
    cloudformation = session(settings).client("cloudformation", endpoint_url=settings.aws_url)
    (stack,) = cloudformation.describe_stacks(StackName=settings.stack_name)["Stacks"]
    return next(o["OutputValue"] for o in stack["Outputs"] if o["OutputKey"] == name)


def await_ready(settings: Settings) -> None:
    """Wait for MiniStack to answer.

    Raises
    ------
    LocalError
        If it does not answer in time.

    """
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{settings.aws_url}/_ministack/ready", timeout=1):  # noqa: S310
                return
        except OSError:
            time.sleep(0.05)
    raise LocalError(f"MiniStack did not start; see {settings.state / 'ministack.log'}")
