"""Compile the code in a build folder, so that no cold start has to.

Lambda's file system is read-only, so bytecode that does not ship is compiled again at every start. It is not
checked against its source (PEP 552), and holds the paths that its files have in Lambda.
"""

import compileall
import sys
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Final

IN_LAMBDA: Final = {"Function": "/var/task", "Layer": "/opt"}
"""Where Lambda puts a function and a layer, by the end of its logical id."""


def main() -> int:
    """Compile every function and layer in the folder that the command line names."""
    good = True
    for folder in sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir()):
        prefix = next(path for kind, path in IN_LAMBDA.items() if folder.name.endswith(kind))
        good &= bool(
            compileall.compile_dir(
                folder,
                maxlevels=50,
                quiet=1,
                force=True,
                stripdir=folder,
                prependdir=prefix,
                invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
            )
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
