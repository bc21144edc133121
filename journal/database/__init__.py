"""Write access to databases: the node's own, and scratch ones."""
