"""DynamoDB's service model as botocore has it, cut to the operations that are used, without documentation.

`make build` puts it into the layer, where `Store.connect` names it to botocore as its `data_path`. Without it
(plain `sam build`) botocore reads its own: the same calls, a twentieth of a cold start later. Nothing else is
put there: an `endpoints.json` of one's own changes how botocore chooses the endpoint.
"""

import json
import sys
from pathlib import Path
from typing import Any

import botocore.session

SERVICE = "dynamodb"
OPERATIONS = ("BatchGetItem", "DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems")


def main() -> None:
    """Write into the folder that the command line names."""
    folder = Path(sys.argv[1])
    loader: Any = botocore.session.get_session().get_component("data_loader")
    version = loader.determine_latest_version(SERVICE, "service-2")
    model = loader.load_service_model(SERVICE, "service-2", version)
    _write(folder / SERVICE / version / "service-2.json", _model(model))


def _model(model: dict[str, Any]) -> dict[str, Any]:
    """Return a service's model with the operations that are used, and the shapes that those name."""
    operations = {name: model["operations"][name] for name in OPERATIONS}
    shapes: dict[str, Any] = {}
    wanted = _named(operations)
    while wanted:
        shapes |= {name: model["shapes"][name] for name in wanted}
        wanted = _named(shapes) - shapes.keys()
    kept: dict[str, Any] = _bare(model | {"operations": operations, "shapes": shapes})
    return kept


def _named(part: Any) -> set[str]:  # noqa: ANN401 JSON
    """Return the names of the shapes that a part of a model speaks of."""
    if isinstance(part, list):
        return set().union(*map(_named, part))
    if not isinstance(part, dict):
        return set()
    own = {part["shape"]} if isinstance(part.get("shape"), str) else set()
    return own.union(*map(_named, part.values()))


def _bare(part: Any) -> Any:  # noqa: ANN401 JSON
    """Return a part of a model without its documentation."""
    if isinstance(part, list):
        return [_bare(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _bare(one) for name, one in part.items() if name != "documentation" or not isinstance(one, str)
    }


def _write(path: Path, data: Any) -> None:  # noqa: ANN401 JSON
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, separators=(",", ":")))


if __name__ == "__main__":
    main()
