"""The commands behind the Makefile: run, app, app-dev, reload, token, rotate-key, sam-local."""

import argparse
import signal
import sys

from local.settings import LocalError, Settings


def main() -> int:
    """Run one command; a mistake that a developer can mend is one line, not a traceback."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="run the whole stack, until interrupted")
    commands.add_parser("app", help="the same with the mobile app (Node)")
    commands.add_parser("app-dev", help="the same, the mobile app by Vite's development server")
    commands.add_parser("reload", help="put changed code into the running stack")
    commands.add_parser("sam-local", help="run under `sam local start-api` (Docker)")
    commands.add_parser("rotate-key", help="let the authorization server sign with its next key")
    token = commands.add_parser("token", help="print an access token")
    token.add_argument("user", help="a seeded user: ana, carl, mia")
    token.add_argument("--scope", help="scopes to ask for; default: all that the user's role permits")
    arguments = parser.parse_args()
    for ending in (signal.SIGINT, signal.SIGTERM):  # a shell's background jobs start with SIGINT ignored
        signal.signal(ending, signal.default_int_handler)
    # What each command needs is imported by it alone: `token` must be quick.
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

                print(f"Tokens are signed with the key {rotate_key(settings)} from now on")
            case "sam-local":
                from local.sam_local import run_sam_local

                run_sam_local(settings)
            case "token":
                from local.sign_in import ALL_SCOPES, access_token

                scope = arguments.scope or ALL_SCOPES
                print(access_token(settings.issuer, arguments.user, audience=settings.audience, scope=scope))
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
