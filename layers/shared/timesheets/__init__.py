"""The rules, the store and the HTTP side of the API, shared by all functions."""

import gc
import os

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    # Modules are not garbage: collections during the imports cost 7 % of a cold start (bench/handlers.py).
    gc.set_threshold(50_000)
