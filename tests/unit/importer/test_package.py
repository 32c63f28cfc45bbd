"""The importer needs only those modules of the shared package that its wheel ships, and nothing of AWS."""

import subprocess
import sys


def test_only_shipped_modules_are_imported() -> None:
    source = "import sys, timesheets_import.cli; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    loaded = ran.stdout.split()
    assert not {"botocore", "boto3", "aws_lambda_powertools"} & set(loaded)
    shared = {name for name in loaded if name.partition(".")[0] == "timesheets"}
    shipped = {"timesheets", "timesheets.strict_json"}
    assert "timesheets.model.rows" in shared
    assert all(name.startswith("timesheets.model") for name in shared - shipped)
