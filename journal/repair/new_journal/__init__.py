"""This node's whole state written to a new topic."""
