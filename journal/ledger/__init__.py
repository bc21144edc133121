"""What was applied: the ledger, read. Nothing here writes."""
