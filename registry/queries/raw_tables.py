"""The rows of the tables, of every tenant, for the examination of a node."""

from dataclasses import dataclass

from registry.models import SequenceName
from registry.queries.sql import Page, fetch_number, fetch_rows, from_stored_group

#: Bytes of a content that its row holds, and what of them is shown before it is unfolded.
_MAX_BYTES = 2000
_MAX_LINES = 8
_MAX_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class ArtifactRow:
    """`latest` is a global id, None if missing in an import; times are epoch ms."""

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
    """`size` is in bytes; `versions` and `references` are counts.

    `beginning` is text of at most 2,000 bytes; `is_cut` is true if there is more.
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
        """Return whether the text exceeds a folded row."""
        lines = self.beginning.count("\n") + 1
        return lines > _MAX_LINES or len(self.beginning) > _MAX_CHARACTERS


@dataclass(frozen=True, slots=True)
class SequenceRow:
    """A sequence; if an id in use exceeds its value, it is behind and will collide."""

    tenant_id: str
    name: str
    value: int
    highest_in_use: int

    @property
    def is_behind(self) -> bool:
        return self.highest_in_use > self.value


def artifacts_table(limit: int = 50, offset: int = 0) -> Page[ArtifactRow]:
    """Return artifacts in the order of their creation."""
    rows = fetch_rows(
        "SELECT a.tenant_id, a.group_id, a.artifact_id, a.type, a.created_by, a.created_on, "
        "a.latest, (SELECT COUNT(*) FROM registry_version v WHERE v.artifact_id = a.id) "
        "FROM registry_artifact a ORDER BY a.id LIMIT %s OFFSET %s",
        limit,
        offset,
    )
    items = tuple(
        ArtifactRow(tenant, from_stored_group(group), *others) for tenant, group, *others in rows
    )
    return Page(fetch_number("SELECT COUNT(*) FROM registry_artifact"), items)


def contents_table(limit: int = 50, offset: int = 0) -> Page[ContentRow]:
    """Return contents by tenant and content id."""
    rows = fetch_rows(
        "SELECT SUBSTR(c.content, 1, %s), LENGTH(c.content), c.tenant_id, c.content_id, "
        "c.content_hash, c.canonical_hash, "
        "(SELECT COUNT(*) FROM registry_reference r WHERE r.content_id = c.id), "
        "(SELECT COUNT(*) FROM registry_version v WHERE v.content_id = c.id) "
        "FROM registry_content c ORDER BY c.tenant_id, c.content_id LIMIT %s OFFSET %s",
        _MAX_BYTES,
        limit,
        offset,
    )
    items = []
    for data, size, *columns in rows:
        # PostgreSQL's driver may return a memoryview, and SQLite null for a part of no bytes.
        beginning = bytes(data or b"")
        text = beginning.decode(errors="replace")
        is_cut = size > len(beginning)
        if is_cut:
            # The cut may go through a character.
            text = text.rstrip("\ufffd")
        items.append(ContentRow(text, is_cut, size, *columns))
    return Page(fetch_number("SELECT COUNT(*) FROM registry_content"), tuple(items))


def sequences_table() -> list[SequenceRow]:
    """Return sequences by tenant and name."""
    rows = fetch_rows(
        "SELECT s.tenant_id, s.name, s.value, COALESCE(CASE s.name "
        "WHEN %s THEN (SELECT MAX(c.content_id) FROM registry_content c "
        "WHERE c.tenant_id = s.tenant_id) "
        "WHEN %s THEN (SELECT MAX(v.global_id) FROM registry_version v "
        "WHERE v.tenant_id = s.tenant_id) END, 0) "
        "FROM registry_sequence s ORDER BY s.tenant_id, s.name",
        SequenceName.CONTENT_ID.value,
        SequenceName.GLOBAL_ID.value,
    )
    return [SequenceRow(*row) for row in rows]
