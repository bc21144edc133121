"""The environment as typed settings."""
