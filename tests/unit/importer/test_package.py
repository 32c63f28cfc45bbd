"""What is installed alone has all it needs of the shared package, and nothing that needs AWS."""

import subprocess
import sys
import tomllib

from tests.conftest import PROJECT


def test_the_wheel_carries_the_shared_modules_that_it_imports() -> None:
    source = "import sys, timesheets_import.cli; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    loaded = ran.stdout.split()
    assert not {"botocore", "boto3", "aws_lambda_powertools"} & set(loaded)
    project = tomllib.loads((PROJECT / "importer/pyproject.toml").read_text())
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    names = {
        name.partition(".")[2] or "__init__" for name in loaded if name.partition(".")[0] == "timesheets"
    }
    assert set(carried.values()) == {f"timesheets/{name}.py" for name in names}
    assert all((PROJECT / "importer" / path).is_file() for path in carried)
