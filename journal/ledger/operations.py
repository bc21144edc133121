"""Which records of the ledger one request said: its draws, its content, its group, its artifact.

Each record has a request id of its own, so it is the ids that tell: drawn first, then used. What
they leave open stays unjoined.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from journal.models import LedgerRow
from journal.wire.messages import Action, MessageType

#: The records of one request lie no further apart, in rows of the ledger.
REACH = 128
#: Nor is a content's own upload further off, in ms; a later one may find it there.
_REQUEST_MS = 10_000

#: Who uses an id that such a record draws.
_DRAWS = {
    MessageType.CONTENT_ID: "content",
    MessageType.GLOBAL_ID: "version",
    MessageType.COMMENT_ID: "comment",
}
_CONTENTS = {
    (MessageType.CONTENT, Action.CREATE),
    (MessageType.CONTENT_V2, Action.CREATE_OR_UPDATE),
}
_VERSIONS = {
    (MessageType.ARTIFACT, Action.CREATE),
    (MessageType.ARTIFACT, Action.UPDATE),
}
#: The types that can be part of an operation.
TYPES = frozenset({
    *_DRAWS,
    *(kind for kind, _ in _CONTENTS),
    *(MessageType.ARTIFACT, MessageType.GROUP, MessageType.COMMENT),
})
#: Of these, a record's own columns don't tell the id that it uses.
COMMENTS = frozenset({MessageType.COMMENT_ID, MessageType.COMMENT})
_COMMENT = re.compile(r"create comment (\d+) of ").match
#: The error of a content that another id holds already: its draw says nothing of who uses that.
CONTENT_IS_THERE = "ContentAlreadyExists"


class RowLink(NamedTuple):
    """What is asked of a row of the ledger."""

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
    summary: str


#: An id of a kind in a tenant.
_Place = tuple[str, str | None, int]


def get_used_id(link: RowLink) -> _Place | None:
    """The id that a record brings into use."""
    kind = (link.type, link.action)
    if kind in _CONTENTS and link.content_id is not None:
        return "content", link.tenant_id, link.content_id
    if kind in _VERSIONS and link.global_id is not None:
        return "version", link.tenant_id, link.global_id
    if link.type == MessageType.COMMENT and (found := _COMMENT(link.summary)):
        return "comment", link.tenant_id, int(found[1])
    return None


def get_allocated_id(link: RowLink) -> _Place | None:
    user = _DRAWS.get(link.type) if link.action == Action.CREATE else None  # type: ignore[call-overload]
    return (user, link.tenant_id, link.result) if user and link.result is not None else None


def find_heads(links: Iterable[RowLink]) -> dict[int, int]:
    """For each row that is part of another's operation the id of that one: its last record.

    What is told of a row is final if all rows of `TYPES` within 2 × REACH of it were given that
    share an id, a group or a request id with it, or with what it is joined to.
    """
    fold = _Fold(sorted(links))
    parents = fold.parents()
    found = {}
    for row in parents:
        head = parents[row]
        while head in parents:
            head = parents[head]
        found[row] = head
    return found


class _Fold:
    def __init__(self, links: Sequence[RowLink]) -> None:
        self._links = links
        self._draws: dict[_Place, list[RowLink]] = defaultdict(list)
        self._uses: dict[_Place, list[RowLink]] = defaultdict(list)
        self._versions: dict[tuple[str | None, int], list[RowLink]] = defaultdict(list)
        self._groups: dict[tuple[str | None, str | None], list[RowLink]] = defaultdict(list)
        self._already_there: list[int] = []
        for link in links:
            self._note(link)
        self._draw_of: dict[int, RowLink] = {}
        self._content_of: dict[int, RowLink] = {}

    def _note(self, link: RowLink) -> None:
        if (place := get_allocated_id(link)) is not None:
            self._draws[place].append(link)
        if (place := get_used_id(link)) is not None:
            self._uses[place].append(link)
            if place[0] == "version" and link.content_id is not None:
                self._versions[link.tenant_id, link.content_id].append(link)
            if place[0] == "content" and link.error == CONTENT_IS_THERE:
                self._already_there.append(link.id)
        if (link.type, link.action) == (MessageType.GROUP, Action.CREATE):
            self._groups[link.tenant_id, link.group_id].append(link)

    def parents(self) -> dict[int, int]:
        """Of a row the later one that it was said for."""
        parents: dict[int, int] = {}
        self._join_draws(parents)
        self._join_contents(parents)
        self._join_groups(parents)
        self._join_repeated(parents)
        return parents

    def _join_draws(self, parents: dict[int, int]) -> None:
        """By the id alone: no two draws give the same one, unless a record reset the sequence."""
        for place, uses in self._uses.items():
            before = 0
            for use in uses:
                first = max(before, use.id - REACH - 1)
                draws = [each for each in self._draws[place] if first < each.id < use.id]
                before = use.id
                if len(draws) == 1:
                    parents[draws[0].id] = use.id
                    self._draw_of[use.id] = draws[0]

    def _join_contents(self, parents: dict[int, int]) -> None:
        for place, contents in self._uses.items():
            if place[0] != "content":
                continue
            for content in contents:
                version = self._version_made_with(content)
                if version is not None:
                    parents[content.id] = version.id
                    self._content_of[version.id] = content

    def _version_made_with(self, content: RowLink) -> RowLink | None:
        versions = [
            each
            for each in self._versions[content.tenant_id, content.content_id or 0]
            if content.id < each.id <= content.id + REACH
            and each.timestamp - content.timestamp <= _REQUEST_MS
        ]
        if not versions or content.error:
            return None
        version = versions[0]
        if any(content.id < each < version.id for each in self._already_there):
            # Whoever said the same bytes under another id uses this content, too.
            return None
        draw = self._draw_of.get(version.id)
        is_drawn_before = draw is not None and draw.id < content.id
        # One who found the content there draws no id before it; a Java node draws after it.
        is_known = is_drawn_before or len(versions) == 1 or self._is_unbroken(content, version)
        return version if is_known else None

    def _is_unbroken(self, content: RowLink, version: RowLink) -> bool:
        """Nobody else said anything between the first record and the last."""
        draws = (self._draw_of.get(content.id), self._draw_of.get(version.id))
        groups = self._groups[version.tenant_id, version.group_id]
        mine = {content.id, version.id, *(each.id for each in draws if each is not None)}
        first = min(mine)
        mine |= {each.id for each in groups if first < each.id < version.id}
        return len(mine) == version.id - first + 1

    def _join_groups(self, parents: dict[int, int]) -> None:
        """A group is said right before its first artifact; nothing tells it from one apart before
        all else that the request said."""
        for (tenant, group), made in self._groups.items():
            for each in made:
                around = [
                    version
                    for version in self._created_in(tenant, group)
                    if self._begin(version) < each.id < version.id
                ]
                if len(around) == 1 and self._is_alone(each, made, around[0]):
                    parents[each.id] = around[0].id

    def _created_in(self, tenant: str | None, group: str | None) -> list[RowLink]:
        return [
            link
            for link in self._links
            if (link.type, link.action) == (MessageType.ARTIFACT, Action.CREATE)
            and (link.tenant_id, link.group_id) == (tenant, group)
        ]

    def _is_alone(self, group: RowLink, made: Sequence[RowLink], version: RowLink) -> bool:
        begin = self._begin(version)
        return not any(begin < each.id < version.id and each.id != group.id for each in made)

    def _begin(self, version: RowLink) -> int:
        """The first of the records that certainly belong to a version."""
        content = self._content_of.get(version.id)
        parts = [version, content, self._draw_of.get(version.id)]
        if content is not None:
            parts.append(self._draw_of.get(content.id))
        return min(part.id for part in parts if part is not None)

    def _join_repeated(self, parents: dict[int, int]) -> None:
        """A record that came twice has the same request id twice."""
        last: dict[str, RowLink] = {}
        for link in self._links:
            if not link.req:
                continue
            before = last.get(link.req)
            last[link.req] = link
            if before is not None and link.id - before.id <= REACH:
                parents.setdefault(before.id, link.id)


def describe_operation(row: LedgerRow) -> str:
    """An operation as a person would say it: "create artifact order v1 (AVRO, content id 12,
    global id 40)"; what is no version's is told by its last record alone."""
    told = _version_words(row) if (row.type, row.action) in _VERSIONS else None
    return told or row.summary


def _version_words(row: LedgerRow) -> str | None:
    """None where the summary is cut, or of another making."""
    verb = "create artifact" if row.action == Action.CREATE else "update artifact"
    begin = f"{verb} {row.artifact_id}, "
    end = "" if row.group_id is None else f", group {row.group_id}"
    if not (row.summary.startswith(begin) and row.summary.endswith(end)):
        return None
    details = row.summary[len(begin) : len(row.summary) - len(end)]
    ids = f", global id {row.global_id}"
    if not details.endswith(ids):
        return None
    type_name = details.removesuffix(ids)
    version = ""
    if row.version is not None:
        version = f"v{row.version}" if row.version[:1].isdigit() else f"version {row.version}"
        type_name = type_name.removeprefix(f"{version}, ")
    content = "" if row.content_id is None else f", content id {row.content_id}"
    name = f"{row.artifact_id} {version}".rstrip()
    place = "" if row.group_id is None else f", group {row.group_id}"
    said = verb if row.action == Action.CREATE else "new version of artifact"
    return f"{said} {name} ({type_name}{content}{ids}){place}"
