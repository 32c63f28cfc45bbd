"""The rules, the store and the HTTP side of the API, shared by all functions."""

import gc
import os

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    # The imports make 85,000 objects and no garbage; collections would add 0.09 of a boto3 client's start.
    gc.set_threshold(100_000)
