"""Keeps track of contents lost because their content id was used twice.

The ledger is read only once a record names a content that is missing.
"""

from journal.database.writer import Writer
from journal.projection.remarks import Remark, RemarkCode, decode_remarks
from journal.wire.message_types import MessageType
from registry.models import DEFAULT_TENANT


class LostContents:
    """Contents lost in this process and, from the ledger, before it."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._ids: dict[tuple[str, str], int] = {}
        self._is_ledger_read = False

    def add(self, tenant: str, content_hash: str, content_id: int) -> None:
        self._ids[tenant, content_hash] = content_id

    def remark_on_hash(self, tenant: str, content_hash: str) -> tuple[Remark, ...]:
        """Return a remark if the content under this hash was lost."""
        self._read_ledger()
        content_id = self._ids.get((tenant, content_hash))
        if content_id is None:
            content_id = self._ids.get((DEFAULT_TENANT, content_hash))
        if content_id is None:
            return ()
        return (Remark(RemarkCode.CONTENT_LOST, (content_id,)),)

    def remark_on_id(self, tenant: str, content_id: int) -> tuple[Remark, ...]:
        """Return a remark if this content id was used twice."""
        self._read_ledger()
        is_contested = any(
            owner == tenant and used == content_id for (owner, _), used in self._ids.items()
        )
        return (Remark(RemarkCode.CONTENT_CONTESTED, (content_id,)),) if is_contested else ()

    def _read_ledger(self) -> None:
        if self._is_ledger_read:
            return
        rows = self._writer.read_all(
            "SELECT tenant_id, content_id, remark FROM journal_ledgerrow "
            "WHERE type IN (%s, %s) AND remark LIKE %s ORDER BY id",
            int(MessageType.CONTENT),
            int(MessageType.CONTENT_V2),
            f'%["{RemarkCode.CONTENT_ID_REUSED}",%',
        )
        for tenant, content_id, stored in rows:
            for remark in decode_remarks(stored):
                if remark.code is RemarkCode.CONTENT_ID_REUSED:
                    lost_hash = str(remark.arguments[2])
                    self._ids.setdefault((tenant or DEFAULT_TENANT, lost_hash), content_id)
        self._is_ledger_read = True
