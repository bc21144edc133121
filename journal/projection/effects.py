"""The result of applying a record."""

from dataclasses import dataclass

from journal.models import Outcome
from journal.projection.remarks import Remark, RemarkCode, has_remark
from registry.errors import RegistryError


@dataclass(slots=True)
class Effect:
    """A record's change to the tables, or the reason for no change.

    `error` is the code of an error of registry.errors, `reason` its sentence. `result` is the id
    allocated by a sequence record. `content_id` is that of a new version's content; the record
    itself has only a hash.
    """

    outcome: Outcome = Outcome.APPLIED
    error: str = ""
    reason: str = ""
    remarks: tuple[Remark, ...] = ()
    result: int | None = None
    content_id: int | None = None

    @property
    def is_in_use(self) -> bool:
        """Check if a sequence allocated an id in use: the damage of the incident."""
        return has_remark(self.remarks, RemarkCode.ID_IN_USE)


#: The ordinary effect, shared because a replay would spend time on making each.
APPLIED = Effect()


class RejectionWithRemarks(Exception):
    """A rejection with an error and remarks on the record."""

    def __init__(self, error: RegistryError, *remarks: Remark) -> None:
        super().__init__(str(error))
        self.error = error
        self.remarks = remarks
