"""The list of artifacts."""
