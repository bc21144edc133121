"""Admission of a content as a version, checked against the tables: rules, limits, references."""
