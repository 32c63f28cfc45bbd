"""Clients that generators make of openapi.yaml, type-checked and driven on the running stack."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import PROJECT

if TYPE_CHECKING:
    from tests.local.support import Stack

pytestmark = pytest.mark.long

HERE = Path(__file__).parent
DOCUMENT = PROJECT / "openapi.yaml"
MYPY = f"mypy=={version('mypy')}"
# Checks the driver against the generated types, but not the generator's own code.
MYPY_STRICT = ("mypy", "--strict", "--follow-imports=silent")
# In environments of their own, which also hold the libraries that the generated clients import.
OPENAPI_PYTHON_CLIENT = ("openapi-python-client==0.29.1", MYPY, "types-python-dateutil")
OPENAPI_GENERATOR = (
    "openapi-generator-cli==7.26.0",
    "pydantic>=2",
    "python-dateutil",
    "types-python-dateutil",
    "urllib3>=2",
    MYPY,
)

type Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a function that runs a command in a temporary folder and returns its output."""

    def run_command(*command: str | Path, stdin: str = "") -> str:
        result = subprocess.run(
            command, cwd=tmp_path, input=stdin, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    return run_command


@pytest.fixture
def access(stack: "Stack", sign_in: Callable[..., str], import_token: str) -> str:
    """Return the stack's address and the access tokens of three callers, as JSON."""
    return json.dumps(
        {
            "url": stack.settings.api_url,
            "employee_token": sign_in("ana", "read:timesheets create:timesheets delete:timesheets"),
            "manager_token": sign_in("mia"),
            "import_token": import_token,
        }
    )


def uv_run(*packages: str) -> list[str]:
    """Return the beginning of a command that runs in an environment with these packages."""
    uv = os.environ.get("UV", "uv")
    options = [f"--with={package}" for package in packages]
    return [uv, "run", "--quiet", "--no-project", "--isolated", f"--python={sys.executable}", *options]


def test_openapi_python_client(run: Run, tmp_path: Path, access: str) -> None:
    python = uv_run(*OPENAPI_PYTHON_CLIENT)
    package = tmp_path / "openapi_python_client_output"
    options = ["--path", DOCUMENT, "--output-path", package, "--meta", "none", "--fail-on-warning"]
    run(*python, "openapi-python-client", "generate", *options)
    driver = shutil.copy(HERE / "openapi_python_client.py", tmp_path / "driver.py")
    run(*python, *MYPY_STRICT, driver)
    run(*python, "python", driver, stdin=access)


@pytest.mark.skipif(not shutil.which("java"), reason="OpenAPI Generator needs Java")
def test_openapi_generator(run: Run, tmp_path: Path, access: str) -> None:
    python = uv_run(*OPENAPI_GENERATOR)
    package = "openapi_generator_output"
    options = ["--generator-name=python", f"--package-name={package}", f"--input-spec={DOCUMENT}"]
    run(*python, "openapi-generator-cli", "generate", *options, f"--output={tmp_path}")
    driver = shutil.copy(HERE / "openapi_generator.py", tmp_path / "driver.py")
    run(*python, *MYPY_STRICT, driver)
    run(*python, "python", driver, stdin=access)


@pytest.mark.skipif(not shutil.which("npm"), reason="openapi-typescript needs npm")
def test_openapi_typescript_and_openapi_fetch(run: Run, tmp_path: Path, access: str) -> None:
    for name in ("package.json", "package-lock.json", "tsconfig.json", "openapi_fetch.ts"):
        shutil.copy(HERE / name, tmp_path)
    run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    run("npm", "exec", "--", "openapi-typescript", DOCUMENT, "--output", "openapi.ts")
    run("npm", "exec", "--", "tsc")
    run("node", "openapi_fetch.js", stdin=access)
