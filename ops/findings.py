"""Findings of the checks in this folder."""

from collections.abc import Iterable

type Finding = tuple[str, str, str]
"""`fault`, or `warning` where the exit status stays 0; a text; its remedy."""


def report(findings: Iterable[Finding]) -> int:
    """Print findings; return the number of faults."""
    faults = 0
    for kind, text, remedy in findings:
        faults += kind == "fault"
        print(f"{kind}: {text}\n  {remedy}", flush=True)
    return faults
