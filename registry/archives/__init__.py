"""Zip archives: read within limits, written while they are read."""
