"""Publishes records, and waits for their outcomes on this node."""
