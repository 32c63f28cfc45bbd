"""`make sam-local`: run the functions in Docker, under `sam local start-api`.

The containers use the authorization server and DynamoDB of the local stack, which listen on loopback.
On Linux, containers cannot reach loopback, so connections to Docker's bridge are forwarded.
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
from local.build import BUILD, artefacts
from local.settings import HOST, PROJECT, LocalError, Settings
from local.stack import deployed

HOST_IN_CONTAINER: Final = "host.docker.internal"
# Elsewhere Docker Desktop resolves that name and forwards connections to loopback.
ON_LINUX: Final = platform.system() == "Linux"


def run_sam_local(settings: Settings, event: str = "") -> None:
    """Serve in the foreground until interrupted, or invoke one function with a fixture of events/.

    Raises
    ------
    LocalError
        If the event is unknown, Docker does not answer, a port is taken or a part does not start.

    """
    action = ["invoke", function_of(event), "--event", event] if event else _start_api(settings)
    bridge = _bridge_address()
    ports = (settings.issuer_port, settings.aws_port)
    with deployed(settings), _forward(bridge, ports):
        template = _template_for_containers(settings)
        environment = settings.aws_environment | {
            # sam local does not resolve references to resources; these replace the template's values.
            "TABLE_NAME": aws.output(settings, "TableName"),
            "EVENT_BUS_NAME": aws.output(settings, "EventBusName"),
            # sam local looks up its caller before each request; this address refuses at once.
            "AWS_ENDPOINT_URL_STS": f"http://{HOST}:1",
            "AWS_MAX_ATTEMPTS": "1",
        }
        del environment["AWS_ENDPOINT_URL"]
        command: list[str | Path] = [PROJECT / ".venv/bin/sam", "local", *action]
        command += ["--template", template, "--skip-pull-image"]
        if ON_LINUX:
            command += ["--add-host", f"{HOST_IN_CONTAINER}:{bridge}"]
        process = subprocess.Popen(command, env=environment, start_new_session=True)
        try:
            process.wait()
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)  # makes it remove its containers, though not always all
            process.wait()
            print("\nStopped.", flush=True)
        finally:
            _remove_containers()


def function_of(event: str) -> str:
    """Return the logical id of the function that a fixture of events/ is for.

    Raises
    ------
    LocalError
        If no function is named like the fixture.

    """
    name = Path(event).stem
    functions = {artefact.module: artefact.name for artefact in artefacts() if artefact.module}
    functions["authorizer"] = functions["app"]
    if name not in functions:
        raise LocalError(f"EVENT={event} is not a fixture of events/, such as events/list_timesheets.json")
    return functions[name]


def _start_api(settings: Settings) -> list[str]:
    print(f"The Timesheets API under sam local: {settings.api_url} (Ctrl-C stops everything)", flush=True)
    return ["start-api", "--host", HOST, "--port", str(settings.api_port), "--warm-containers", "EAGER"]


def _remove_containers() -> None:
    """Remove containers that sam local left: those with one of the built folders."""
    built = [folder for folder in BUILD.iterdir() if folder.is_dir()]
    filters = [f"--filter=volume={folder}" for folder in built]
    left = subprocess.run(["docker", "ps", "-q", *filters], capture_output=True, text=True, check=False)
    if left.stdout.split():
        subprocess.run(["docker", "rm", "-f", *left.stdout.split()], capture_output=True, check=False)


def _bridge_address() -> str:
    """Return this machine's address on Docker's default network."""
    if not shutil.which("docker"):
        raise LocalError("sam local needs Docker; install it and put the docker command on PATH")
    inspected = subprocess.run(
        ["docker", "network", "inspect", "bridge", "--format", "{{json .IPAM.Config}}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if inspected.returncode:
        raise LocalError(f"Docker does not answer; is it running? {inspected.stderr.strip()}")
    network = json.loads(inspected.stdout)[0]
    # Without a configured gateway, Docker uses the first address of the subnet.
    return network.get("Gateway") or str(next(ip_network(network["Subnet"]).hosts()))


def _template_for_containers(settings: Settings) -> Path:
    """Write a copy of the built template with the addresses that containers use for this machine."""
    built = BUILD / "template.yaml"
    template = yaml.safe_load(built.read_text())
    inside = f"http://{HOST_IN_CONTAINER}"
    local_keys = f"{inside}:{settings.issuer_port}/.well-known/jwks.json"
    jwks_uri = settings.jwks_uri or ("" if settings.other_issuer else local_keys)
    values = replace(settings, jwks_uri=jwks_uri).template_parameters
    for name, value in values.items():
        template["Parameters"][name]["Default"] = value
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    variables["AWS_ENDPOINT_URL"] = f"{inside}:{settings.aws_port}"
    if settings.dynamodb_endpoint:
        variables["AWS_ENDPOINT_URL_DYNAMODB"] = settings.dynamodb_endpoint
    changed = built.with_name("sam-local.yaml")
    changed.write_text(json.dumps(template))  # JSON is YAML
    return changed


@contextmanager
def _forward(bridge: str, ports: tuple[int, ...]) -> Iterator[None]:
    """Forward connections to the bridge's ports to loopback, on Linux."""
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
    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream_reader, upstream_writer = await asyncio.open_connection(HOST, port)
        await asyncio.gather(_copy(reader, upstream_writer), _copy(upstream_reader, writer))

    try:
        await asyncio.start_server(forward, bridge, port)
    except OSError as error:
        raise LocalError(f"Cannot listen for the containers at {bridge}:{port}: {error}") from None


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        return
    finally:
        writer.close()
