"""Folds records into operations, such as an upload: id records, content, group and artifact.

Each record has a request id of its own, so records are joined by ids: one allocates an id, another
uses it. Ambiguous records stay alone. No operation is stored: no step looks further than `REACH`,
so any window of the ledger can be folded by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from journal.models import LedgerRow
from journal.wire.descriptions import describe_version
from journal.wire.messages import Action, MessageType
from registry.errors import ContentAlreadyExists

#: Rows of the ledger within which the records of one request lie.
REACH = 128
#: Milliseconds within which a content's own upload follows it; a later one may reuse the content.
_REQUEST_MS = 10_000

#: The kind of record that uses the id that an id record allocates.
_USER_KINDS: dict[int | None, str] = {
    MessageType.CONTENT_ID: "content",
    MessageType.GLOBAL_ID: "version",
    MessageType.COMMENT_ID: "comment",
}
_NEW_CONTENTS = {
    (MessageType.CONTENT, Action.CREATE),
    (MessageType.CONTENT_V2, Action.CREATE_OR_UPDATE),
}
_NEW_VERSIONS = {
    (MessageType.ARTIFACT, Action.CREATE),
    (MessageType.ARTIFACT, Action.UPDATE),
}
#: The types that can be part of an operation.
TYPES = frozenset({
    *(MessageType.CONTENT_ID, MessageType.GLOBAL_ID, MessageType.COMMENT_ID),
    *(kind for kind, _ in _NEW_CONTENTS),
    *(MessageType.ARTIFACT, MessageType.GROUP, MessageType.COMMENT),
})
#: The error of a content that another id holds: the request goes on with that one.
DUPLICATE_CONTENT = ContentAlreadyExists.code


class RowLink(NamedTuple):
    """The columns of a ledger row for joining records."""

    id: int
    type: int | None
    action: int | None
    tenant_id: str | None
    group_id: str | None
    content_id: int | None
    global_id: int | None
    result: int | None
    timestamp: int
    error: str
    req: str | None


#: Kind of record, tenant and number.
_Id = tuple[str, str | None, int]


def get_used_id(row: RowLink) -> _Id | None:
    """Return the id brought into use by a record, if any."""
    kind = (row.type, row.action)
    if kind in _NEW_CONTENTS and row.content_id is not None:
        return "content", row.tenant_id, row.content_id
    if kind in _NEW_VERSIONS and row.global_id is not None:
        return "version", row.tenant_id, row.global_id
    if kind == (MessageType.COMMENT, Action.CREATE) and row.result is not None:
        return "comment", row.tenant_id, row.result
    return None


def get_allocated_id(row: RowLink) -> _Id | None:
    """Return the id allocated by an id record, if any."""
    user = _USER_KINDS.get(row.type) if row.action == Action.CREATE else None
    return (user, row.tenant_id, row.result) if user and row.result is not None else None


def find_heads(rows: Iterable[RowLink]) -> dict[int, int]:
    """Map each row to the last row of its operation, except the last rows themselves.

    The result for a row is final if `rows` has all rows of `TYPES` within 2 * REACH that share an
    id, a group or a request id with it, or with a row joined to it.
    """
    parents = _Fold(sorted(rows)).find_parents()
    heads = {}
    for row_id in parents:
        head = parents[row_id]
        while head in parents:
            head = parents[head]
        heads[row_id] = head
    return heads


class _Fold:
    def __init__(self, rows: Sequence[RowLink]) -> None:
        self._rows = rows
        self._parents: dict[int, int] = {}
        self._allocations: dict[_Id, list[RowLink]] = defaultdict(list)
        self._uses: dict[_Id, list[RowLink]] = defaultdict(list)
        self._versions: dict[tuple[str | None, int], list[RowLink]] = defaultdict(list)
        self._groups: dict[tuple[str | None, str | None], list[RowLink]] = defaultdict(list)
        self._duplicates: list[int] = []
        for row in rows:
            if (allocated := get_allocated_id(row)) is not None:
                self._allocations[allocated].append(row)
            if (used := get_used_id(row)) is not None:
                self._uses[used].append(row)
                if used[0] == "version" and row.content_id is not None:
                    self._versions[row.tenant_id, row.content_id].append(row)
                if used[0] == "content" and row.error == DUPLICATE_CONTENT:
                    self._duplicates.append(row.id)
            if (row.type, row.action) == (MessageType.GROUP, Action.CREATE):
                self._groups[row.tenant_id, row.group_id].append(row)
        #: By the id of the row that uses it.
        self._allocation_of: dict[int, RowLink] = {}
        self._content_of: dict[int, RowLink] = {}

    def find_parents(self) -> dict[int, int]:
        """Map rows to the later rows they belong to."""
        self._join_allocations()
        for (kind, _, _), contents in self._uses.items():
            for content in contents if kind == "content" else ():
                version = self._find_version(content)
                if version is not None:
                    self._parents[content.id] = version.id
                    self._content_of[version.id] = content
        self._join_groups()
        # A record that was delivered twice has the same request id twice.
        last: dict[str, RowLink] = {}
        for row in self._rows:
            previous = last.get(row.req) if row.req else None
            if previous is not None and row.id - previous.id <= REACH:
                self._parents.setdefault(previous.id, row.id)
            if row.req:
                last[row.req] = row
        return self._parents

    def _join_allocations(self) -> None:
        # The id alone tells: it is allocated once, unless a record reset the sequence.
        for used, uses in self._uses.items():
            previous = 0
            for use in uses:
                first = max(previous, use.id - REACH - 1)
                allocations = [row for row in self._allocations[used] if first < row.id < use.id]
                previous = use.id
                if len(allocations) == 1:
                    self._parents[allocations[0].id] = use.id
                    self._allocation_of[use.id] = allocations[0]

    def _find_version(self, content: RowLink) -> RowLink | None:
        """Return the version a content was uploaded for, if this is certain."""
        versions = [
            row
            for row in self._versions[content.tenant_id, content.content_id or 0]
            if content.id < row.id <= content.id + REACH
            and row.timestamp - content.timestamp <= _REQUEST_MS
        ]
        if not versions or content.error:
            return None
        version = versions[0]
        if any(content.id < row_id < version.id for row_id in self._duplicates):
            # An upload of the same bytes under another id uses this content, too.
            return None
        if len(versions) == 1:
            return version
        allocation = self._allocation_of.get(version.id)
        if allocation is not None and allocation.id < content.id:
            # An upload that finds its content stored allocates no id before it; a Java node
            # allocates after it.
            return version
        # No other record lies between the first of these and the last.
        allocations = (self._allocation_of.get(content.id), allocation)
        own = {content.id, version.id, *(row.id for row in allocations if row is not None)}
        first = min(own)
        groups = self._groups[version.tenant_id, version.group_id]
        own |= {group.id for group in groups if first < group.id < version.id}
        return version if len(own) == version.id - first + 1 else None

    def _join_groups(self) -> None:
        # A group is written right before its first artifact. One written before all other records
        # of its request can't be told from one written for itself.
        for (tenant, group_id), groups in self._groups.items():
            versions = [
                row
                for row in self._rows
                if (row.type, row.action) == (MessageType.ARTIFACT, Action.CREATE)
                and (row.tenant_id, row.group_id) == (tenant, group_id)
            ]
            for group in groups:
                around = [
                    version
                    for version in versions
                    if self._find_first(version) < group.id < version.id
                ]
                if len(around) != 1:
                    continue
                first, last = self._find_first(around[0]), around[0].id
                if not any(first < row.id < last and row.id != group.id for row in groups):
                    self._parents[group.id] = last

    def _find_first(self, version: RowLink) -> int:
        """Return the id of the first row certainly belonging to a version."""
        content = self._content_of.get(version.id)
        rows = [version, content, self._allocation_of.get(version.id)]
        if content is not None:
            rows.append(self._allocation_of.get(content.id))
        return min(row.id for row in rows if row is not None)


def describe_operation(row: LedgerRow) -> str:
    """Describe an operation by its last row.

    For example "create artifact order v1 (AVRO, content id 12, global id 40)"; operations without a
    version have that row's own summary.
    """
    if (row.type, row.action) not in _NEW_VERSIONS or row.artifact_type is None:
        return row.summary
    verb = "create artifact" if row.action == Action.CREATE else "new version of artifact"
    version = "" if row.version is None else f" {describe_version(row.version)}"
    content = "" if row.content_id is None else f", content id {row.content_id}"
    group = "" if row.group_id is None else f", group {row.group_id}"
    return (
        f"{verb} {row.artifact_id}{version} "
        f"({row.artifact_type}{content}, global id {row.global_id}){group}"
    )
