"""The build: skipped while nothing changed, and refreshed file by file for live reload."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from local import build
from local.settings import Settings

TEMPLATE = """
Globals:
  Function: {CodeUri: handlers/}
Resources:
  GetFunction:
    Type: AWS::Serverless::Function
    Properties: {Handler: get.lambda_handler}
  ListFunction:
    Type: AWS::Serverless::Function
    Properties: {Handler: list.lambda_handler}
  OtherFunction:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: authorizer/, Handler: app.lambda_handler}
  SharedLayer:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: layers/shared/}
  Table:
    Type: AWS::DynamoDB::Table
"""
SOURCES = {
    "template.yaml": TEMPLATE,
    "handlers/get.py": "GET = 1\n",
    "handlers/list.py": "LIST = 1\n",
    "handlers/common.py": "COMMON = 1\n",
    "layers/shared/package/module.py": "MODULE = 1\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a project that is built by copying."""
    for name, text in SOURCES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    folder = tmp_path / ".aws-sam/build"
    monkeypatch.setattr(build, "PROJECT", tmp_path)
    monkeypatch.setattr(build, "BUILD", folder)
    monkeypatch.setattr(build, "_INPUTS", folder / ".inputs.json")

    def run(_settings: Settings, *_command: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for artefact in build.artefacts():
            for path in artefact.source.rglob("*.py"):
                artefact.refresh(path)

    monkeypatch.setattr(build, "run", run)
    return tmp_path


@pytest.fixture
def runs(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:  # noqa: ARG001 the project comes first
    """Count the builds."""
    counted: list[int] = []
    make: Any = build.__dict__["run"]

    def run(settings: Settings, *command: str) -> None:
        counted.append(1)
        make(settings, *command)

    monkeypatch.setattr(build, "run", run)
    return counted


def shipped(artefact: build.Artefact) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(artefact.archive())) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def test_an_unchanged_project_is_built_once(runs: list[int]) -> None:
    for _ in range(2):
        build.build(Settings())
    assert len(runs) == 1


@pytest.mark.parametrize("name", SOURCES)
def test_a_changed_source_is_built_again(name: str, project: Path, runs: list[int]) -> None:
    build.build(Settings())
    (project / name).write_text(SOURCES[name] + "# changed\n")
    build.build(Settings())
    assert len(runs) == 2


def test_a_build_by_another_command_is_not_trusted(project: Path, runs: list[int]) -> None:
    build.build(Settings())
    (project / ".aws-sam/build/.inputs.json").unlink()  # `sam build` empties the folder
    build.build(Settings())
    assert len(runs) == 2


@pytest.mark.parametrize(
    ("name", "stale"),
    [
        ("handlers/get.py", ["GetFunction"]),
        ("handlers/common.py", ["GetFunction", "ListFunction"]),
        ("layers/shared/package/module.py", ["SharedLayer"]),
    ],
)
def test_a_refresh_returns_the_artefacts_to_deploy(
    name: str, stale: list[str], project: Path, runs: list[int]
) -> None:
    build.build(Settings())
    (project / name).write_text("SAVED = 2\n")
    refreshed = build.refresh([project / name])
    assert [artefact.name for artefact in refreshed] == stale
    for artefact in refreshed:
        sources = [text for path, text in shipped(artefact).items() if path.endswith(Path(name).name)]
        assert sources == [b"SAVED = 2\n"]
        assert len([path for path in shipped(artefact) if Path(name).stem in path]) == 2, "with its bytecode"
    build.build(Settings())
    assert len(runs) == 1, "the artefacts are current"


def test_a_layers_files_are_below_python(project: Path) -> None:
    build.build(Settings())
    (layer,) = build.refresh([project / "layers/shared/package/module.py"])
    assert "python/package/module.py" in shipped(layer)


def test_a_deleted_source_ships_no_longer(project: Path) -> None:
    build.build(Settings())
    (project / "handlers/common.py").unlink()
    for artefact in build.refresh([project / "handlers/common.py"]):
        assert not [path for path in shipped(artefact) if "common" in path]


def test_a_syntax_error_changes_nothing(project: Path) -> None:
    build.build(Settings())
    (project / "handlers/get.py").write_text("SAVED = 2\n")
    (project / "handlers/list.py").write_text("def broken(:\n")
    with pytest.raises(SyntaxError) as raised:
        build.refresh([project / "handlers/get.py", project / "handlers/list.py"])
    assert (raised.value.filename, raised.value.lineno) == ("handlers/list.py", 1)
    get = next(artefact for artefact in build.artefacts() if artefact.name == "GetFunction")
    assert shipped(get)["get.py"] == b"GET = 1\n"


def test_a_refresh_does_not_hide_a_changed_template(project: Path, runs: list[int]) -> None:
    build.build(Settings())
    (project / "template.yaml").write_text(TEMPLATE + "# changed\n")
    (project / "handlers/get.py").write_text("SAVED = 2\n")
    build.refresh([project / "handlers/get.py"])
    build.build(Settings())
    assert len(runs) == 2
