"""Run the project's command line tools against the local stack."""

import os
import subprocess

from local.settings import PROJECT, LocalError, Settings


def run(settings: Settings, *command: str) -> None:
    """Run a command of the project's environment, and show its output only if it fails.

    Raises
    ------
    LocalError
        If it fails; the text holds its output.

    """
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
