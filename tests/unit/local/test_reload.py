"""Live reload: the messages about saved files, and the artefacts that are published."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from local import aws, reload
from local.build import Artefact
from local.reload import Reloader
from local.settings import PROJECT, Settings

HANDLER = PROJECT / "handlers/get_week.py"

type Save = Callable[..., None]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[list[Path]]:
    """Record the changed files of each publication instead of publishing."""
    recorded: list[list[Path]] = []

    def refresh(changed: list[Path]) -> list[Artefact]:
        recorded.append(list(changed))
        return []

    monkeypatch.setattr(reload, "refresh", refresh)
    monkeypatch.setattr(Reloader, "_publish", lambda _self, _stale: None)
    return recorded


@pytest.fixture
def save(monkeypatch: pytest.MonkeyPatch) -> Save:
    """Return a function that saves files and lets a reloader see them."""
    files = {HANDLER: (1, 1), PROJECT / "template.yaml": (1, 1), PROJECT / "handlers/old.py": (1, 1)}
    monkeypatch.setattr(reload, "source_files", lambda: dict(files))
    monkeypatch.setattr(aws, "session", lambda _: Mock())  # making clients takes half a second
    reloader = Reloader(Settings())

    def save(*paths: Path, deleted: bool = False) -> None:
        for path in paths:
            if deleted:
                del files[path]
            else:
                files[path] = (files.get(path, (0, 0))[0] + 1, 1)
        reloader.poll()

    return save


def test_a_saved_file_is_published_once(
    save: Save, published: list[list[Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    save(HANDLER)
    save()
    assert published == [[HANDLER]]
    assert "handlers/get_week.py: reloaded in" in capsys.readouterr().out


def test_new_and_deleted_files_are_published(save: Save, published: list[list[Path]]) -> None:
    save(PROJECT / "handlers/new.py")
    save(PROJECT / "handlers/old.py", deleted=True)
    assert published == [[PROJECT / "handlers/new.py"], [PROJECT / "handlers/old.py"]]


@pytest.mark.parametrize(
    "name", ["template.yaml", "authorizer/requirements.txt", "uv.lock", "layers/tool.py"]
)
def test_a_change_that_needs_a_deployment_is_reported(
    name: str, save: Save, published: list[list[Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    save(PROJECT / name)
    assert published == []
    assert capsys.readouterr().out == f"{name} changed: run `make reload` to deploy it\n"


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            SyntaxError("invalid syntax", ("handlers/get_week.py", 3, 1, "def", 3, 1)),
            "handlers/get_week.py:3: invalid syntax. The previous code keeps serving.\n",
        ),
        (
            ClientError({"Error": {"Code": "X", "Message": "no"}}, "Put"),
            "handlers/get_week.py: not reloaded. An error occurred (X) when calling the Put operation: no\n",
        ),
    ],
)
def test_a_failed_reload_is_reported_and_the_next_save_is_seen(
    error: Exception,
    message: str,
    save: Save,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_changed: list[Path]) -> list[Artefact]:
        raise error

    monkeypatch.setattr(reload, "refresh", fail)
    for _ in range(2):
        save(HANDLER)
        assert capsys.readouterr().out == message
