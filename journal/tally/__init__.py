"""What is counted of every record as it is applied, so that nobody has to count it again.

journal.doctor judges it.
"""

from journal.tally.counts import Counted, Draws, Mark, PartitionTally, Seen, Sort, Wanted
from journal.tally.looks import add
from journal.tally.storage import load, save, stored_tally
from journal.tally.tally import NO_TYPE, Tally

__all__ = [
    "NO_TYPE",
    "Counted",
    "Draws",
    "Mark",
    "PartitionTally",
    "Seen",
    "Sort",
    "Tally",
    "Wanted",
    "add",
    "load",
    "save",
    "stored_tally",
]
