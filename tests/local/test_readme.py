"""The README's walk-through of a sign-in: its commands, as they stand there."""

import json
import re
import subprocess
from typing import TYPE_CHECKING

from local.settings import PROJECT, Settings

if TYPE_CHECKING:
    from tests.local.support import Stack


def commands(section: str) -> str:
    """Return what the README shows after a `$` in one section, with the lines that belong to it."""
    text = (PROJECT / "README.md").read_text().partition(f"## {section}\n")[2].partition("\n## ")[0]
    found = re.findall(r"^    \$ (.*(?:\n {8}.*)*)", text, re.MULTILINE)
    assert found
    return "\n".join(found)


def test_one_signs_in_from_an_app_as_the_readme_says(stack: "Stack") -> None:
    script = commands("Sign in from your own app")
    for address in ("api_url", "issuer"):
        script = script.replace(getattr(Settings(), address), getattr(stack.settings, address))
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, check=True, timeout=120
    )
    back, *answers = (line for line in ran.stdout.replace("}{", "}\n{").replace("]{", "]\n{").splitlines())
    assert back.startswith("http://127.0.0.1:8400/callback?code=")
    tokens, entries, user, refreshed, batch = (json.loads(answer) for answer in answers)
    assert tokens["scope"] == "openid profile email offline_access read:timesheets create:timesheets"
    assert isinstance(entries, list)
    assert user["sub"] == "auth0|ana"
    assert refreshed["scope"] == "openid read:timesheets"
    assert refreshed["refresh_token"]
    assert batch["scope"] == "batch:upload"
