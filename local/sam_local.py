"""`make sam-local`: the same functions under the real `sam local start-api`, in Docker.

The containers share the authorization server and DynamoDB of the local stack. They reach this machine
under a name of its own, so what listens on loopback is passed on to them from Docker's bridge.
"""

import asyncio
import json
import platform
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Final

import yaml

from local import aws
from local.settings import HOST, PROJECT, LocalError, Settings
from local.stack import deployed

HOST_IN_CONTAINER: Final = "host.docker.internal"
# Elsewhere Docker Desktop knows that name, and passes connections on to loopback by itself.
ON_LINUX: Final = platform.system() == "Linux"


def run_sam_local(settings: Settings) -> None:
    """Serve in the foreground, until interrupted.

    Raises
    ------
    LocalError
        If Docker does not answer, a port is taken or a part does not start.

    """
    bridge = _bridge_address()
    ports = (settings.issuer_port, settings.aws_port)
    with deployed(settings), _passed_on(bridge, ports):
        template = _template_for_containers(settings)
        print(f"The Timesheets API under sam local: {settings.api_url}  (Ctrl-C stops)", flush=True)
        environment = settings.aws_environment | {
            "TABLE_NAME": aws.output(settings, "TableName"),
            # sam local looks up who calls before each request; nothing answers here, at once.
            "AWS_ENDPOINT_URL_STS": f"http://{HOST}:1",
            "AWS_MAX_ATTEMPTS": "1",
        }
        del environment["AWS_ENDPOINT_URL"]
        command: list[str | Path] = [PROJECT / ".venv/bin/sam", "local", "start-api"]
        command += ["--template", template]
        command += ["--host", HOST, "--port", str(settings.api_port)]
        command += ["--skip-pull-image", "--warm-containers", "EAGER"]
        if ON_LINUX:
            command += ["--add-host", f"{HOST_IN_CONTAINER}:{bridge}"]
        process = subprocess.Popen(command, env=environment, start_new_session=True)
        try:
            process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)  # on which it removes its containers, though not always all
            process.wait()
            print("\nStopped.", flush=True)
        finally:
            _remove_containers()


def _remove_containers() -> None:
    """Remove what sam local left running: containers that hold one of the built folders."""
    built = [folder for folder in (PROJECT / ".aws-sam" / "build").iterdir() if folder.is_dir()]
    filters = [f"--filter=volume={folder}" for folder in built]
    left = subprocess.run(["docker", "ps", "-q", *filters], capture_output=True, text=True, check=False)
    if left.stdout.split():
        subprocess.run(["docker", "rm", "-f", *left.stdout.split()], capture_output=True, check=False)


def _bridge_address() -> str:
    """Return this machine's address on Docker's default network."""
    if not shutil.which("docker"):
        raise LocalError("sam local runs functions in Docker, and there is no docker command; install Docker")
    inspected = subprocess.run(
        ["docker", "network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if inspected.returncode:
        raise LocalError(f"Docker does not answer: {inspected.stderr.strip()}")
    network = json.loads(inspected.stdout)[0]
    # Where Docker was given no gateway's address, it takes the first of the subnet.
    return network.get("Gateway") or str(next(ip_network(network["Subnet"]).hosts()))


def _template_for_containers(settings: Settings) -> Path:
    """Write the built template with this machine's addresses as the containers see them."""
    built = PROJECT / ".aws-sam" / "build" / "template.yaml"
    template = yaml.safe_load(built.read_text())
    inside = f"http://{HOST_IN_CONTAINER}"
    endpoint = settings.dynamodb_endpoint or f"{inside}:{settings.aws_port}"
    jwks_uri = settings.jwks_uri or f"{inside}:{settings.issuer_port}/.well-known/jwks.json"
    values = replace(settings, jwks_uri="" if settings.other_issuer else jwks_uri).template_parameters
    for name, value in values.items():
        template["Parameters"][name]["Default"] = value
    template["Globals"]["Function"]["Environment"]["Variables"]["AWS_ENDPOINT_URL_DYNAMODB"] = endpoint
    changed = built.with_name("sam-local.yaml")
    changed.write_text(yaml.safe_dump(template, sort_keys=False))
    return changed


@contextmanager
def _passed_on(bridge: str, ports: tuple[int, ...]) -> Iterator[None]:
    """Pass connections to the bridge's ports on to loopback, where Docker is on this machine itself."""
    if not ON_LINUX:
        yield
        return
    loop = asyncio.new_event_loop()
    for port in ports:
        loop.run_until_complete(_listen(bridge, port))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _listen(bridge: str, port: int) -> None:
    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection(HOST, port)
        await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))

    try:
        await asyncio.start_server(pass_on, bridge, port)
    except OSError as error:
        raise LocalError(f"Can't listen for the containers at {bridge}:{port}: {error}") from None


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        return
    finally:
        writer.close()
