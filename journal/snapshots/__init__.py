"""Registries beside the node's own: as it was at some offset, or as a dump or an export holds it.

Each is a folder with its tables in a SQLite file, which the pages and queries read like their own.
"""
