"""Write botocore's DynamoDB model, cut to the operations that the functions call and without documentation.

`make build` puts it into the layer, and `Table.connect` passes it to botocore as `data_path`. Without it
(plain `sam build`) botocore reads its own model: the same calls, and a cold start longer by a twentieth. The
layer holds no `endpoints.json`, because a private one changes how botocore chooses the endpoint.

The output depends on nothing but botocore's version: the layer's checksum decides whether a deployment
publishes every function anew.
"""

import json
import sys
from pathlib import Path
from typing import Any

import botocore.session

SERVICE = "dynamodb"
OPERATIONS = ("BatchGetItem", "GetItem", "Query", "TransactWriteItems")


def main() -> None:
    """Write the model below the folder that the command line names."""
    folder = Path(sys.argv[1])
    loader: Any = botocore.session.get_session().get_component("data_loader")
    version = loader.determine_latest_version(SERVICE, "service-2")
    model = loader.load_service_model(SERVICE, "service-2", version)
    path = folder / SERVICE / version / "service-2.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_cut(model), separators=(",", ":"), sort_keys=True))


def _cut(model: dict[str, Any]) -> dict[str, Any]:
    """Return the model with OPERATIONS, the shapes they refer to, and no documentation."""
    operations = {name: model["operations"][name] for name in OPERATIONS}
    shapes: dict[str, Any] = {}
    missing = _shape_names(operations)
    while missing:
        shapes |= {name: model["shapes"][name] for name in missing}
        missing = _shape_names(shapes) - shapes.keys()
    kept: dict[str, Any] = _without_documentation(model | {"operations": operations, "shapes": shapes})
    return kept


def _shape_names(part: Any) -> set[str]:  # noqa: ANN401 JSON
    """Return the names of the shapes that a part of a model refers to."""
    if isinstance(part, list):
        return set().union(*map(_shape_names, part))
    if not isinstance(part, dict):
        return set()
    own = {part["shape"]} if isinstance(part.get("shape"), str) else set()
    return own.union(*map(_shape_names, part.values()))


def _without_documentation(part: Any) -> Any:  # noqa: ANN401 JSON
    """Return a copy of a part of a model without its documentation strings."""
    if isinstance(part, list):
        return [_without_documentation(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _without_documentation(value)
        for name, value in part.items()
        if name != "documentation" or not isinstance(value, str)
    }


if __name__ == "__main__":
    main()
