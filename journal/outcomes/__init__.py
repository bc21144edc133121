"""Reports outcomes to waiting writers: within a process, by a pipe, from the ledger."""
