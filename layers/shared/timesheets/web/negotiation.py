"""Content negotiation: preferences in `Accept` and `Accept-Language` (RFC 9110, section 12.5)."""

import re
from collections.abc import Iterable
from typing import Final

# RFC 9110, section 12.4.2.
_WEIGHT = re.compile(r"0(\.[0-9]{0,3})?|1(\.0{0,3})?")
# All responses are in UTF-8, so a range may name it for each media type.
_CHARSET: Final = {"charset": "utf-8"}


def parse_value(value: str) -> tuple[str, dict[str, str]]:
    """Return a field value and its parameters (RFC 9110, section 5.6.6), in lower case."""
    name, *parameters = (part.strip() for part in value.lower().split(";"))
    pairs = (part.partition("=") for part in parameters if part)
    return name, {key.strip(): given.strip().strip('"') for key, _, given in pairs}


def quality(accept: str, media_type: str) -> float:
    """Return the weight that `Accept` gives to a media type: the weight of its most specific range.

    A weight that is not valid counts as 1. An empty `accept` accepts everything.
    """
    name, parameters = parse_value(media_type)
    names = ("*/*", f"{name.partition('/')[0]}/*", name)  # the least specific first
    matches = [
        (names.index(media_range), len(given), weight)
        for media_range, given, weight in _weighted(accept or "*/*")
        if media_range in names and given.items() <= (parameters | _CHARSET).items()
    ]
    return max(matches, default=(0, 0, 0.0))[-1]


def languages(accept_language: str) -> list[str]:
    """Return the language tags of `Accept-Language` (RFC 9110, section 12.5.4), the preferred one first."""
    weights = {tag: weight for tag, _, weight in _weighted(accept_language) if tag and weight}
    return sorted(weights, key=weights.__getitem__, reverse=True)


def _weighted(header: str) -> Iterable[tuple[str, dict[str, str], float]]:
    for value in header.split(","):
        name, parameters = parse_value(value)
        weight = parameters.pop("q", "1")
        yield name, parameters, float(weight) if _WEIGHT.fullmatch(weight) else 1.0
