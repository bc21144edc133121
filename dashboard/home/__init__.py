"""The first page, signing in, the tables."""
