"""Commands that deploy, check and operate the API. Not part of the deployment."""
