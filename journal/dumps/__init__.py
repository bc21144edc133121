"""Records in files: dumps, backups, export archives, and where to read records from."""
