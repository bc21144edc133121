"""The result of applying a record."""

from dataclasses import dataclass

from journal.models import Outcome
from journal.projection.remarks import Remark, RemarkCode, has_remark
from registry.errors import RegistryError


@dataclass(slots=True)
class Effect:
    """The change that a record made to the tables, or why it made none.

    `error` is the code of an error of registry.errors, `reason` its sentence. `result` is the id
    that a sequence record allocated. `content_id` is that of a new version's content, whose record
    names only a hash.
    """

    outcome: Outcome = Outcome.APPLIED
    error: str = ""
    reason: str = ""
    remarks: tuple[Remark, ...] = ()
    result: int | None = None
    content_id: int | None = None

    @property
    def is_in_use(self) -> bool:
        """A sequence allocated an id that is in use: the damage of the incident."""
        return has_remark(self.remarks, RemarkCode.ID_IN_USE)


#: The ordinary effect, shared because a replay would spend time on making each.
APPLIED = Effect()


class RejectionWithRemarks(Exception):
    """A record is rejected with an error, and its effect gets remarks."""

    def __init__(self, error: RegistryError, *remarks: Remark) -> None:
        super().__init__(str(error))
        self.error = error
        self.remarks = remarks
