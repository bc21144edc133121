"""Requests to other machines over HTTP."""
