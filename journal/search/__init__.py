"""Searches artifacts by their names, labels, properties and contents.

The worker builds an index while it is idle; artifacts not indexed yet are found by their columns in
the registry's own tables.
"""
