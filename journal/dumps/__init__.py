"""Records in files: dumps, backups, export archives, and sources to read records from."""
