"""`make deploy` and `make prove` on MiniStack, which has its own addresses and imports APIs incompletely."""

import os
import sys

from local.gateway import complete_gateway
from ops import deploy, prove
from ops.environment import Environment


def address(environment: Environment) -> str:
    """Complete the deployed API and return its address on MiniStack."""
    cloudformation, gateway = environment.client("cloudformation"), environment.client("apigateway")
    complete_gateway(cloudformation, gateway, environment.stack)
    endpoint, api = os.environ["AWS_ENDPOINT_URL"].rstrip("/"), environment.outputs()["ApiId"]
    return f"{endpoint}/restapis/{api}/v1/_user_request_"


if __name__ == "__main__":
    command = {"deploy": deploy.main, "prove": prove.main}[sys.argv[1]]
    sys.exit(command(sys.argv[2:], address=address))
