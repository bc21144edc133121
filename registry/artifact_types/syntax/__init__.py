"""Reads JSON, YAML and XML for several artifact types."""
