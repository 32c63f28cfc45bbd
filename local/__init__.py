"""The local stack. Nothing here is deployed to AWS."""
