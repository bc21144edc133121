"""The result of applying a record."""

from dataclasses import dataclass

from journal.models import Outcome

#: Begins the remark on an allocated id that must not be used.
IN_USE = "already in use"

#: Ends the reason why a version was not imported: no record has its content.
CONTENT_UNKNOWN = "is unknown"

#: Begins the remark on an update of a content whose bytes no record has.
BYTES_MISSING = "its bytes are missing"

#: Begins the remark on a new version whose global id is in use.
ID_TAKEN = "its id is taken"


@dataclass(slots=True)
class Effect:
    """The change that a record made to the tables, or why it made none.

    `result` is the id that a sequence record allocated. `content_id` is that of a new version's
    content, whose record names only a hash.
    """

    outcome: Outcome = Outcome.APPLIED
    error: str = ""
    reason: str = ""
    remark: str = ""
    result: int | None = None
    content_id: int | None = None

    @property
    def is_in_use(self) -> bool:
        """A sequence allocated an id that is in use: the damage of the incident."""
        return self.remark.startswith(IN_USE)


#: The ordinary effect, shared because a replay would spend time on making each.
APPLIED = Effect()
