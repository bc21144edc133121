"""The tables as they are, of every tenant, for those who examine a node."""

from dataclasses import dataclass
from typing import Any

from registry.models import SequenceName
from registry.queries.sql import Page, fetch_number, fetch_rows, from_stored_group

#: Bytes of a content that its row holds; longer than these many lines or characters it is folded.
_BEGINNING = 2000
_LINES_AT_A_GLANCE = 8
_TEXT_AT_A_GLANCE = 300


@dataclass(frozen=True, slots=True)
class ArtifactRow:
    """`latest` is a global id, None when an import never named one; times in ms."""

    tenant_id: str
    group_id: str | None
    artifact_id: str
    type: str
    created_by: str | None
    created_on: int
    latest: int | None
    versions: int


@dataclass(frozen=True, slots=True)
class ContentRow:
    """`size` in bytes; `versions` and `references` are counts.

    `beginning` is of at most 2,000 bytes, as text; `is_cut` when there is more.
    """

    beginning: str
    is_cut: bool
    size: int
    tenant_id: str
    content_id: int
    content_hash: str
    canonical_hash: str
    references: int
    versions: int

    @property
    def is_long(self) -> bool:
        """More than a row shows at a glance."""
        lines = self.beginning.count("\n") + 1
        return lines > _LINES_AT_A_GLANCE or len(self.beginning) > _TEXT_AT_A_GLANCE


@dataclass(frozen=True, slots=True)
class SequenceRow:
    """A sequence is behind, and will collide, when an id in use is higher than its value."""

    tenant_id: str
    name: str
    value: int
    highest_in_use: int

    @property
    def is_behind(self) -> bool:
        return self.highest_in_use > self.value


def artifacts_table(limit: int = 50, offset: int = 0) -> Page[ArtifactRow]:
    """In the order in which the node made the rows."""
    found = fetch_rows(
        "SELECT a.tenant_id, a.group_id, a.artifact_id, a.type, a.created_by, a.created_on, "
        "a.latest, (SELECT COUNT(*) FROM registry_version v WHERE v.artifact_id = a.id) "
        "FROM registry_artifact a ORDER BY a.id LIMIT %s OFFSET %s",
        limit,
        offset,
    )
    items = tuple(
        ArtifactRow(tenant, from_stored_group(group), *others) for tenant, group, *others in found
    )
    return Page(fetch_number("SELECT COUNT(*) FROM registry_artifact"), items)


def contents_table(limit: int = 50, offset: int = 0) -> Page[ContentRow]:
    """By tenant and content id."""
    found = fetch_rows(
        "SELECT SUBSTR(c.content, 1, %s), LENGTH(c.content), c.tenant_id, c.content_id, "
        "c.content_hash, c.canonical_hash, "
        "(SELECT COUNT(*) FROM registry_reference r WHERE r.content_id = c.id), "
        "(SELECT COUNT(*) FROM registry_version v WHERE v.content_id = c.id) "
        "FROM registry_content c ORDER BY c.tenant_id, c.content_id LIMIT %s OFFSET %s",
        _BEGINNING,
        limit,
        offset,
    )
    items = tuple(_content_row(*each) for each in found)
    return Page(fetch_number("SELECT COUNT(*) FROM registry_content"), items)


def sequences_table() -> list[SequenceRow]:
    """By tenant and name."""
    found = fetch_rows(
        "SELECT s.tenant_id, s.name, s.value, COALESCE(CASE s.name "
        "WHEN %s THEN (SELECT MAX(c.content_id) FROM registry_content c "
        "WHERE c.tenant_id = s.tenant_id) "
        "WHEN %s THEN (SELECT MAX(v.global_id) FROM registry_version v "
        "WHERE v.tenant_id = s.tenant_id) END, 0) "
        "FROM registry_sequence s ORDER BY s.tenant_id, s.name",
        SequenceName.CONTENT_ID.value,
        SequenceName.GLOBAL_ID.value,
    )
    return [SequenceRow(*each) for each in found]


def _content_row(beginning: bytes, size: int, *columns: Any) -> ContentRow:
    # PostgreSQL's driver may answer with a memoryview.
    held = bytes(beginning)
    is_cut = size > len(held)
    text = held.decode(errors="replace")
    # The cut may go through a character.
    return ContentRow(text.rstrip("\ufffd") if is_cut else text, is_cut, size, *columns)
