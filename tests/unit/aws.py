"""botocore in the unit tests: caches that make it quick, and a client."""

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.loaders import JSONFileLoader, Loader
from botocore.useragent import UserAgentString

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Each handler has a session, which would look for botocore's models and load them again.
JSONFileLoader.load_file = staticmethod(cache(JSONFileLoader().load_file))  # type: ignore[method-assign]
Loader.list_available_services = staticmethod(cache(Loader().list_available_services))  # type: ignore[method-assign]
# Each request would compose it again.
UserAgentString.to_string = lambda _: "Boto3"  # type: ignore[assignment, method-assign]

CLIENT: "DynamoDBClient" = boto3.client("dynamodb")
