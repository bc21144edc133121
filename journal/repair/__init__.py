"""Mends the journal by ordinary records: planned, shown, confirmed, said, and then verified."""
