"""The commands of the pages print what the pages show."""

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from local.settings import PROJECT, Settings

if TYPE_CHECKING:
    from tests.local.support import Stack

END = "--- end of output ---"
SHELL = "zsh" if shutil.which("zsh") else "bash"
CHANGING = re.compile(
    r"\b[\w-]{40,}\b|\d{4}-\d\d-\d\dT[\d:.]+Z|(?<=127\.0\.0\.1:)\d+|(?<=127\.0\.0\.1%3A)\d+"
    r"|(?<=\"incomplete\": )\d+"
)
"""Ids, codes, tokens, times, ports and numbers of people, which differ from run to run."""


def examples(page: str) -> list[tuple[str, str]]:
    """Return the commands in the console blocks of a page, each with its output."""
    blocks = re.findall(r"^```console\n(.*?)^```", (PROJECT / page).read_text(), re.MULTILINE | re.DOTALL)
    return [
        found
        for block in blocks
        for found in re.findall(r"^\$ (.*\n(?: {4}.*\n)*)((?:[^$\n].*\n|\n)*)", block, re.MULTILINE)
    ]


def shape(output: str) -> str:
    """Return the output without the parts that differ from run to run."""
    return CHANGING.sub("*", output).strip() + "\n"


@pytest.mark.parametrize(
    "page", ["README.md", "docs/sign-in.md", pytest.param("docs/integrating.md", marks=pytest.mark.long)]
)
def test_the_commands_print_what_the_page_shows(stack: "Stack", page: str) -> None:
    shown = examples(page)
    assert shown
    for command, _ in shown:
        assert not re.search(r"\shttp\S*\?", command), "zsh expands a ? outside quotes"
    script = "".join(f"{command}printf '\\n%s\\n' '{END}'\n" for command, _ in shown)
    for address in ("api_url", "local_issuer", "aws_url"):
        script = script.replace(
            getattr(Settings(), address).rstrip("/"), getattr(stack.settings, address).rstrip("/")
        )
    ports = {
        name: str(getattr(stack.settings, name.lower())) for name in ("API_PORT", "ISSUER_PORT", "AWS_PORT")
    }
    ran = subprocess.run(
        [SHELL, "-euo", "pipefail", "-c", script],
        cwd=PROJECT,
        env=os.environ | ports,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    printed = ran.stdout.split(END)
    for (command, expected), output in zip(shown, printed, strict=False):
        pattern = re.escape(shape(expected)).replace("\\.\\.\\.\\\n", "(?:.*\n)*")
        assert re.fullmatch(pattern, shape(output.replace("\r", ""))), f"{command}printed\n{output}"
