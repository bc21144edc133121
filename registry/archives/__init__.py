"""Zip archives: read within limits, written as a stream."""
