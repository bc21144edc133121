"""Registries beside the node's own: at some offset, or as a dump or an export holds them.

Each is a folder with its tables in a SQLite file, which pages and queries read like their own.
"""
