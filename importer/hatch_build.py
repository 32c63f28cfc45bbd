"""Add the API's model and JSON decoder to the wheel: the importer checks rows by the API's own rules."""

from typing import Any, override

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ModelHook(BuildHookInterface[Any]):
    """Adds the modules of `timesheets` that need only the standard library."""

    @override
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add them to a wheel; an editable install reads the sources."""
        if version == "standard":
            names = ("__init__.py", "model", "strict_json.py")
            build_data["force_include"] |= {
                f"../layers/shared/timesheets/{name}": f"timesheets/{name}" for name in names
            }
