"""Contents that a content id used twice has cost, so that records that name them can be remarked.

It costs nothing until a record asks for a content that is not there.
"""

import re

from journal.database.writer import Writer
from journal.wire.message_types import MessageType
from registry.models import DEFAULT_TENANT

_LOSS = re.compile(r"content id \d+ used twice; the (?:first|last) use counts, (.*?) is lost")


class LostContents:
    """What this process has seen lost, and what the ledger tells of the time before."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._ids: dict[tuple[str, str], int] = {}
        self._is_ledger_read = False

    def add(self, tenant: str, content_hash: str, content_id: int) -> None:
        self._ids[tenant, content_hash] = content_id

    def remark_on_hash(self, tenant: str, content_hash: str) -> str:
        """Empty unless the content under this hash was lost."""
        self._read_ledger()
        places = ((tenant, content_hash), (DEFAULT_TENANT, content_hash))
        found = next((self._ids[place] for place in places if place in self._ids), None)
        return "" if found is None else f"content id {found} was used twice, this content is lost"

    def remark_on_id(self, tenant: str, content_id: int) -> str:
        """Empty unless this content id was used twice."""
        self._read_ledger()
        is_contested = any(
            place[0] == tenant and found == content_id for place, found in self._ids.items()
        )
        return f"content id {content_id} was used twice" if is_contested else ""

    def _read_ledger(self) -> None:
        if self._is_ledger_read:
            return
        rows = self._writer.read_all(
            "SELECT tenant_id, content_id, remark FROM journal_ledgerrow "
            "WHERE type IN (%s, %s) AND remark LIKE %s ORDER BY id",
            int(MessageType.CONTENT),
            int(MessageType.CONTENT_V2),
            "content id % used twice;%",
        )
        for tenant, content_id, remark in rows:
            loss = _LOSS.match(remark)
            if loss is not None:
                self._ids.setdefault((tenant or DEFAULT_TENANT, loss[1]), content_id)
        self._is_ledger_read = True
