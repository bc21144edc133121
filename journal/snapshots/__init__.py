"""Registries beside the node's own: at some offset, or from a dump or an export.

Each is a folder with its tables in a SQLite file; pages and queries read it like the node's own.
"""

# Tables that keep every state of a row would slow down each read and each replay for a rare look. A
# replay to a file of its own takes two seconds for 90,000 records, and can be thrown away.
