"""`make deploy` on MiniStack, which serves an API at an address of its own and imports it incompletely."""

import os
import sys

from local.gateway import complete_gateway
from ops import deploy
from ops.environment import Environment


def address(environment: Environment) -> str:
    """Complete the deployed API and return its address on MiniStack."""
    cloudformation, gateway = environment.client("cloudformation"), environment.client("apigateway")
    complete_gateway(cloudformation, gateway, environment.stack)
    endpoint, api = os.environ["AWS_ENDPOINT_URL"].rstrip("/"), environment.outputs()["ApiId"]
    return f"{endpoint}/restapis/{api}/v1/_user_request_"


if __name__ == "__main__":
    sys.exit(deploy.main(address=address))
