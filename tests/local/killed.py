"""Run a program that is killed before its first line, then before its second, and so on.

After each kill, the program runs again to its end. Usage: `killed.py PROGRAM START FOLDER`. Each kill has a
copy of the folder START as its current directory, in FOLDER.
"""

import itertools
import os
import shutil
import signal
import sqlite3
import sys
from pathlib import Path
from types import CodeType

LINE = sys.monitoring.events.LINE
TOOL = sys.monitoring.DEBUGGER_ID
CONNECT = sqlite3.connect


def connect_without_fsync(path: str) -> sqlite3.Connection:
    """Open a database whose commits outlive a kill of the process, though not of the machine."""
    connection = CONNECT(path)
    connection.execute("PRAGMA synchronous = OFF")
    return connection


def run(program: CodeType, kill_at: int = 0) -> int:
    """Run the program in a process of its own, killed before a line; return its wait status."""
    child = os.fork()
    if child == 0:
        lines = itertools.count(1)

        def before(code: CodeType, _line: int) -> object:
            if code.co_filename != program.co_filename:
                return sys.monitoring.DISABLE
            if next(lines) == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return None

        sys.monitoring.use_tool_id(TOOL, "kill")
        sys.monitoring.register_callback(TOOL, LINE, before)
        sys.monitoring.set_events(TOOL, LINE)
        exec(program, {"__name__": "__main__"})  # noqa: S102 the program is the document's
        os._exit(0)
    return os.waitpid(child, 0)[1]


def enter(start: Path, folder: Path) -> None:
    shutil.copytree(start, folder)
    os.chdir(folder)


def main() -> None:
    source, start, folder = map(Path, sys.argv[1:])
    program = compile(source.read_text(), str(source), "exec")
    sqlite3.connect = connect_without_fsync  # type: ignore[assignment]
    enter(start, folder / "0")
    exec(program, {})  # noqa: S102 imports its modules once for all runs
    for kill_at in itertools.count(1):
        enter(start, folder / str(kill_at))
        if not run(program, kill_at):
            return
        if run(program):
            sys.exit(f"The run after a kill at line {kill_at} failed")


if __name__ == "__main__":
    main()
