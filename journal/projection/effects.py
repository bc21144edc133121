"""What applying a record came to."""

from dataclasses import dataclass

from journal.models import Outcome

#: Begins the remark on a drawn id that must not be used.
IN_USE = "already in use"

#: Ends the reason why a version was not imported: nobody said its content.
CONTENT_UNKNOWN = "is unknown"

#: Begins the remark on an update of a content whose bytes nothing on the journal tells.
BYTES_MISSING = "its bytes are missing"

#: Begins the remark on a new version whose global id another one has.
ID_TAKEN = "its id is taken"


@dataclass(slots=True)
class Effect:
    """What a record did to the tables; `result` is the id that a sequence record drew.

    `content_id` is of the content that a version was made with: its record names a hash alone.
    """

    outcome: Outcome = Outcome.APPLIED
    error: str = ""
    reason: str = ""
    remark: str = ""
    result: int | None = None
    content_id: int | None = None

    @property
    def is_in_use(self) -> bool:
        """Whether a sequence drew an id that something uses already (the seed's damage)."""
        return self.remark.startswith(IN_USE)


#: The ordinary effect, one for all: replay has no time to make it anew.
APPLIED = Effect()
