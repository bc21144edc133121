"""What became of a record, told to whoever waits: in a process, by a pipe, from the ledger."""
