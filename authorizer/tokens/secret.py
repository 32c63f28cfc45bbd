"""The shared secret of HS256, read from Secrets Manager."""

from typing import Final

import jwt

from .errors import KeysUnavailable

MIN_SECRET: Final = 32
"""Bytes. A key must be at least as long as the hash (RFC 7518, section 3.2)."""


def fetch_secret(arn: str) -> bytes:
    """Read the secret from Secrets Manager.

    Raises
    ------
    KeysUnavailable
        If Secrets Manager does not return it, or if it is too short or a public key.

    """
    # Imported here: RS256, the default, must not pay for the AWS SDK at each cold start.
    from aws_lambda_powertools.utilities.parameters import SecretsProvider  # noqa: PLC0415
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})
    try:
        value = SecretsProvider(boto_config=config).get(arn, force_fetch=True)
    except GetParameterError:
        raise KeysUnavailable("could not read the secret of TOKEN_SECRET_ARN") from None
    secret = value.encode() if isinstance(value, str) else bytes(value or b"")
    if len(secret) < MIN_SECRET:
        raise KeysUnavailable(f"the secret of TOKEN_SECRET_ARN is shorter than {MIN_SECRET} bytes")
    try:
        key: bytes = jwt.get_algorithm_by_name("HS256").prepare_key(secret)
    except jwt.InvalidKeyError:
        raise KeysUnavailable("the secret of TOKEN_SECRET_ARN is a public key or a certificate") from None
    return key
