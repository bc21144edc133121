"""Repairs of the journal by ordinary records: planned, shown, confirmed, published, verified."""
