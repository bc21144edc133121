"""The whole state of the tables: hashed, and compared row by row."""
