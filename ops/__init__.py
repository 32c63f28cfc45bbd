"""Commands for whoever operates the API; nothing of it ships."""
