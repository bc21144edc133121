"""Middleware around Django in the web process."""
