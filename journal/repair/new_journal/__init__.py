"""A new journal: this node's whole state written to another topic, and verified by a replay."""
