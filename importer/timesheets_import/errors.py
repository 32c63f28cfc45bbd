"""Reasons why an import ends early, each with its exit code. Messages tell what happened and what to do."""

from enum import IntEnum


class Exit(IntEnum):
    """The command's exit codes."""

    SUCCESS = 0
    REJECTED = 1
    USAGE = 2
    SIGN_IN = 3
    DELIVERY = 4
    INTERRUPTED = 130


class ImporterError(Exception):
    """The import cannot continue."""

    exit: Exit


class UsageError(ImporterError):
    """An option or the file must be corrected first."""

    exit = Exit.USAGE


class SignInError(ImporterError):
    """The authorization server gave no token, or the API refuses it."""

    exit = Exit.SIGN_IN


class DeliveryError(ImporterError):
    """The API cannot be reached, or refuses a whole batch."""

    exit = Exit.DELIVERY


class Interrupted(ImporterError):
    """A signal stopped the import."""

    exit = Exit.INTERRUPTED
