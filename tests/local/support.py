"""The local stack as tests use it, and copies of the project to run it from."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx

from local.issuer.tokens import TokenIssuer
from local.ports import free_ports
from local.settings import Settings
from local.stack import running
from tests.support import PROJECT


@dataclass(frozen=True)
class Stack:
    """A running stack, and the issuer's signing key for tokens that sign-in would not give."""

    settings: Settings
    tokens: TokenIssuer


@contextmanager
def running_stack() -> Iterator[Stack]:
    """Deploy and run a stack on free ports until the block ends."""
    api, issuer, aws = free_ports(3)
    settings = Settings(api_port=api, issuer_port=issuer, aws_port=aws)
    tokens = TokenIssuer(settings.local_issuer)
    with running(settings, tokens):
        yield Stack(settings, tokens)


def job_token(stack: Stack, job: str) -> str:
    """Return an access token of a seeded application, by client credentials."""
    answer = httpx.post(
        f"{stack.settings.issuer}oauth/token",
        json={
            "grant_type": "client_credentials",
            "client_id": f"timesheets-{job}",
            "client_secret": f"local-{job}-secret",
            "audience": stack.settings.audience,
        },
    )
    token: str = answer.raise_for_status().json()["access_token"]
    return token


def copy_project(folder: Path, *left_out: str) -> None:
    """Copy the project's files, but neither its history nor the names left out; share its environment."""
    caches = (".venv", ".uv", ".local", "node_modules", "dist", "__pycache__", ".*_cache", ".hypothesis")
    ignore = shutil.ignore_patterns(".git", ".coverage*", *caches, *left_out)
    shutil.copytree(PROJECT, folder, ignore=ignore)
    (folder / ".venv").symlink_to(PROJECT / ".venv")
