"""One module for each kind of record: what it does to the tables."""
