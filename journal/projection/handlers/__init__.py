"""Handlers for each kind of record: its changes to the tables."""
