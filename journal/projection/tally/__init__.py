"""What is counted of every record as it is applied, so that nobody has to count it again.

journal.health judges it.
"""

from journal.projection.tally.counting import add
from journal.projection.tally.counts import Counted, Draws, Mark, PartitionTally, Seen, Sort, Wanted
from journal.projection.tally.storage import load, save, stored_tally
from journal.projection.tally.tally import NO_TYPE, Tally

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
