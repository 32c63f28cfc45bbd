"""Why an import ends before its end, each with its exit code; the text says what to do."""

from enum import IntEnum


class Exit(IntEnum):
    """What the command's exit code says."""

    ALL_IN = 0
    SOME_REJECTED = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    GAVE_UP = 4
    INTERRUPTED = 130


class Stop(Exception):
    """The import can't go on."""

    exit: Exit


class Usage(Stop):
    """An option, or the file, has to be mended first."""

    exit = Exit.USAGE


class NotSignedIn(Stop):
    """No token was given, or the API does not take it."""

    exit = Exit.NOT_SIGNED_IN


class GaveUp(Stop):
    """The API could not be reached, or would not take the rows."""

    exit = Exit.GAVE_UP


class Interrupted(Stop):
    """Somebody stopped it."""

    exit = Exit.INTERRUPTED


def printable(text: str, longest: int = 200) -> str:
    """Return a text from elsewhere so that a terminal shows it and obeys nothing in it."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:longest])
    return shown + ("..." if len(text) > longest else "")
