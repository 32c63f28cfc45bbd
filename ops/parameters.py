"""A deployment's parameters, judged before anything is touched: by the template, and beyond it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import urlsplit

from ops.findings import Finding, fault, shown

PRODUCTION: Final = "prod"
MAX_ORIGINS: Final = 180
"""Characters of AllowedOrigins, which stand in the versions' description, too."""

type Declared = Mapping[str, Mapping[str, Any]]

# What samconfig.toml holds until somebody puts in their own.
_PLACEHOLDER = re.compile(r"\b(TENANT|TEAM|ACCOUNT|CERTIFICATE)\b")
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def parameter_findings(given: Mapping[str, str], declared: Declared, environment: str) -> list[Finding]:
    """Judge the parameters that an environment is deployed with.

    Parameters
    ----------
    given
        By their names.
    declared
        The template's own Parameters.
    environment
        Its name: production is asked for more.

    """
    found = [
        fault(f"parameters: {name} is {shown(value)}: {'; '.join(wrong)}", _description(name, declared))
        for name, value in given.items()
        if (wrong := list(_wrong(name, value, declared)))
    ]
    found += [
        fault(f"parameters: {name} is missing, and has no default", _description(name, declared))
        for name, declaration in declared.items()
        if "Default" not in declaration and name not in given
    ]
    whole = {name: _text(declaration.get("Default", "")) for name, declaration in declared.items()}
    whole.update(given)
    found += _together(whole)
    if environment == PRODUCTION:
        found += _in_production(whole)
    return found or [Finding("ok", f"parameters: the template takes all {len(given)}")]


def _description(name: str, declared: Declared) -> str:
    return str(declared.get(name, {}).get("Description", ""))


def _wrong(name: str, value: str, declared: Declared) -> Iterator[str]:
    if name not in declared:
        yield f"the template has no such parameter; it has {', '.join(sorted(declared))}"
        return
    placeholder = _PLACEHOLDER.search(value)
    if placeholder:
        yield f"{placeholder[1]} stands for your own; put it in"
    yield from _against(declared[name], value)
    yield from _ADVICE.get(name, lambda _: iter(()))(value)


def _against(declaration: Mapping[str, Any], value: str) -> Iterator[str]:
    """Check what CloudFormation checks, which does it only once a deployment is under way."""
    kind = declaration["Type"]
    values = value.split(",") if kind in {"CommaDelimitedList", "List<Number>"} else [value]
    for one in map(str.strip, values):
        if "Number" in kind:
            yield from _number(declaration, one)
        if "AllowedValues" in declaration and one not in _texts(declaration["AllowedValues"]):
            yield f"must be one of {', '.join(_texts(declaration['AllowedValues']))}"
        if "AllowedPattern" in declaration and not re.fullmatch(declaration["AllowedPattern"], one):
            yield str(
                declaration.get("ConstraintDescription") or f"must match {declaration['AllowedPattern']}"
            )
        if len(one) < int(declaration.get("MinLength", 0)):
            yield f"must be {declaration['MinLength']} characters or more"
        if len(one) > int(declaration.get("MaxLength", len(one))):
            yield f"must be {declaration['MaxLength']} characters or fewer"


def _number(declaration: Mapping[str, Any], value: str) -> Iterator[str]:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        yield "must be a number"
        return
    if number < Decimal(str(declaration.get("MinValue", number))):
        yield f"must be {declaration['MinValue']} or more"
    if number > Decimal(str(declaration.get("MaxValue", number))):
        yield f"must be {declaration['MaxValue']} or less"


def _texts(values: Sequence[object]) -> list[str]:
    return [_text(value) for value in values]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)  # YAML reads true as no text


def _issuer(value: str) -> Iterator[str]:
    url = _split(value)
    if url is None or url[0] not in {"https", "http"}:
        yield "must be an address such as https://tenant.eu.auth0.com/"
        return
    scheme, host, _ = url
    if scheme == "http" and host not in _LOOPBACK:
        yield "must be https: whoever is on the way could put in keys of their own"


def _origins(value: str) -> Iterator[str]:
    for origin in map(str.strip, value.split(",")):
        url = _split(origin)
        if origin == "*":
            continue
        if url is None or url[0] not in {"https", "http"} or "*" in origin:
            yield f"{shown(origin)} is no origin such as https://app.exampleco.com"
        elif url[2]:
            yield f"{shown(origin)} has a path or a slash at the end, which no browser sends"
        elif origin != origin.lower():
            yield f"{shown(origin)} has capitals, which no browser sends"
    if "*" in value.split(",") and value != "*":
        yield "* lets in every origin, so the others are in vain"
    if len(value) > MAX_ORIGINS:
        yield f"must be {MAX_ORIGINS} characters or fewer"


def _split(address: str) -> tuple[str, str, str] | None:
    """Return scheme, host, and all that comes after; None for what is no address."""
    try:
        url = urlsplit(address)
        _ = url.port
    except ValueError:
        return None
    if not url.hostname or "@" in url.netloc or not re.fullmatch("[!-~]+", address):
        return None
    return url.scheme, url.hostname, address.partition("://")[2].removeprefix(url.netloc)


_ADVICE: Final = {"TokenIssuer": _issuer, "AllowedOrigins": _origins}


def _together(whole: Mapping[str, str]) -> Iterator[Finding]:
    issuer = whole.get("TokenIssuer", "")
    if issuer and not issuer.endswith("/") and not whole.get("JwksUri"):
        yield fault(
            f"parameters: TokenIssuer is {shown(issuer)}, without a slash at the end",
            "It must be the tokens' iss to the letter, and Auth0's ends with one. If yours does not, say"
            " where the keys are: JwksUri.",
        )
    secret = whole.get("TokenSecretArn", "")
    if whole.get("TokenAlgorithm") == "HS256" and not secret:
        yield fault("parameters: TokenAlgorithm is HS256, and TokenSecretArn is missing", "Name the secret.")
    if whole.get("TokenAlgorithm") == "RS256" and secret:
        yield Finding("warning", "parameters: TokenSecretArn is not looked at where TokenAlgorithm is RS256")
    if bool(whole.get("DomainName")) != bool(whole.get("CertificateArn")):
        yield fault("parameters: DomainName and CertificateArn go together", "Give both or neither.")


def _in_production(whole: Mapping[str, str]) -> Iterator[Finding]:
    if "*" in whole.get("AllowedOrigins", "").split(","):
        yield fault("parameters: AllowedOrigins lets in every page", "Name those of production.")
    for name in ("ProtectData", "GradualDeployment"):
        if whole.get(name) == "false":
            yield Finding("warning", f"parameters: {name} is off in production")
    if whole.get("AlarmEmail") == "":
        yield Finding("warning", "parameters: nobody hears of an alarm in production; give AlarmEmail")
