"""The list of artifacts, searched in full: what is told of them, and what their contents say.

The worker keeps rows to search by while it has nothing else to do; what it has not come to yet is
found by its columns in the registry's own tables.
"""
