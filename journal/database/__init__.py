"""The databases that are written: the node's own, and scratch ones."""
