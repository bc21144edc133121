"""Shared parts of the commands of manage.py."""
