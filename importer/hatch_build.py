"""Put the API's model into the wheel: the importer checks rows by the API's own rules."""

from typing import Any, override

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ModelHook(BuildHookInterface[Any]):
    """Adds `timesheets.model`, which needs the standard library only."""

    @override
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add it to a wheel; an editable install finds the sources themselves."""
        if version == "standard":
            names = ("__init__.py", "model")
            build_data["force_include"] |= {
                f"../layers/shared/timesheets/{name}": f"timesheets/{name}" for name in names
            }
