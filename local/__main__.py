"""The commands behind the Makefile: run, app, app-dev, reload, token, rotate-key, sam-local."""

import argparse
import os
import signal
import sys
from typing import Final

from local.settings import LocalError, Settings

INTERRUPTED: Final = 130
"""The exit status of a program that Ctrl-C ended, by the shells' convention."""


def main() -> int:
    """Run one command. A fault that the developer can fix is printed without a traceback."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="run the whole stack, until interrupted")
    commands.add_parser("app", help="the same with the mobile app (Node)")
    commands.add_parser("app-dev", help="the same, the mobile app by Vite's development server")
    commands.add_parser("reload", help="deploy template, dependencies and code to the running stack")
    sam_local = commands.add_parser("sam-local", help="run under `sam local start-api` (Docker)")
    sam_local.add_argument(
        "event", nargs="?", default="", help="invoke one function with a fixture of events/"
    )
    commands.add_parser("rotate-key", help="make the authorization server sign with its next key")
    token = commands.add_parser("token", help="print an access token")
    token.add_argument("user", help="a user of local/issuer/seed.toml, such as ana")
    token.add_argument("--scope", help="the scopes to request; default: all that the user's role permits")
    arguments = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)  # a shell's background jobs start with SIGINT ignored
    # Each command imports its own modules, so that `token` is quick.
    try:
        settings = Settings.from_environment()
        match arguments.command:
            case "run":
                from local.stack import run

                run(settings)
            case "app" | "app-dev":
                from local.mobile_app import developing, serving
                from local.stack import run

                run(settings, (serving if arguments.command == "app" else developing)(settings))
            case "reload":
                from local.stack import reload

                reload(settings)
            case "rotate-key":
                from local.stack import rotate_key

                print(f"New tokens are signed with the key {rotate_key(settings)}")
            case "sam-local":
                from local.sam_local import run_sam_local

                run_sam_local(settings, arguments.event)
            case "token":
                from local.sign_in import ALL_SCOPES, access_token

                scope = arguments.scope or ALL_SCOPES
                print(access_token(settings.issuer, arguments.user, audience=settings.audience, scope=scope))
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def _interrupt(number: int, _frame: object) -> None:
    """Stop like Ctrl-C, once: a second signal must not leave processes behind."""
    for later in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(later, signal.SIG_IGN)
    if number == signal.SIGHUP:  # the terminal is gone, and writing to it fails
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.dup2(null, sys.stderr.fileno())
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
