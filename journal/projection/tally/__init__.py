"""Counts records while they are applied, to spare journal.health reading the ledger."""

from journal.projection.tally.counting import count_batch
from journal.projection.tally.counts import (
    Category,
    IdDraws,
    Occurrences,
    PartitionTally,
    RecordPosition,
    TypeCount,
    Unresolved,
)
from journal.projection.tally.storage import load_tally, read_tally, save_tally
from journal.projection.tally.tally import NO_TYPE, Tally

__all__ = [
    "NO_TYPE",
    "Category",
    "IdDraws",
    "Occurrences",
    "PartitionTally",
    "RecordPosition",
    "Tally",
    "TypeCount",
    "Unresolved",
    "count_batch",
    "load_tally",
    "read_tally",
    "save_tally",
]
