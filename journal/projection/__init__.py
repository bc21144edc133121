"""Records to rows, ledger and position, in one transaction; the only writer of tables."""
