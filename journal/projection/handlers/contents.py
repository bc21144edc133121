"""Content records; the view decides which of two contents with the same id the tables keep.

First-wins matches nodes up to 2.5.8, last-wins nodes from 2.5.9 on.
"""

from journal.models import ContentView, Outcome
from journal.projection.effects import APPLIED, Effect, RejectionWithRemarks
from journal.projection.remarks import MAX_NAMED_IDS, Remark, RemarkCode
from journal.projection.rows import (
    ContentRow,
    get_tenant,
    normalize_group,
    replace_nul,
)
from journal.projection.tables import Tables
from journal.wire.messages import Action, ContentKey, ContentV2Key, ContentV2Value, ContentValue
from registry.errors import ContentAlreadyExists, ImpossibleRecord
from registry.references import content_hash as compute_hash
from registry.references import parse_references


def apply_content(tables: Tables, key: ContentKey, value: ContentValue, timestamp: int) -> Effect:
    if value.action is Action.UPDATE:
        return _set_canonical_hash(tables, key, value)
    if value.action not in {Action.CREATE, Action.IMPORT}:
        raise ImpossibleRecord(f"A content record can't be {value.action!r}")
    as_v2 = ContentV2Value(
        action=value.action,
        content_hash=key.content_hash,
        canonical_hash=value.canonical_hash,
        content=value.content,
        serialized_references=value.serialized_references,
    )
    return _apply(tables, get_tenant(key), key.content_id, as_v2)


def apply_content_v2(
    tables: Tables, key: ContentV2Key, value: ContentV2Value, timestamp: int
) -> Effect:
    if value.action not in {Action.CREATE_OR_UPDATE, Action.IMPORT}:
        raise ImpossibleRecord(f"A content record of type 17 can't be {value.action!r}")
    return _apply(tables, get_tenant(key), key.content_id, value)


def _apply(tables: Tables, tenant: str, content_id: int, value: ContentV2Value) -> Effect:
    if not value.content:
        raise RejectionWithRemarks(
            ImpossibleRecord(f"Content {content_id} comes without its bytes"),
            *_remark_on_bytes(tables, tenant, content_id),
        )
    if value.content_hash is None:
        raise ImpossibleRecord(f"Content {content_id} comes without its hash")
    if value.canonical_hash is None:
        raise ImpossibleRecord(f"Content {content_id} comes without its canonical hash")
    present = tables.content_by_id(tenant, content_id)
    twin = tables.content_by_hash(tenant, value.content_hash)
    if twin is not None and twin.content_id != content_id:
        # In either view the first id keeps these bytes.
        if value.action is Action.CREATE_OR_UPDATE:
            raise ContentAlreadyExists(value.content_hash, twin.content_id)
        return Effect(
            Outcome.NO_EFFECT, reason=f"content id {twin.content_id} holds these bytes already"
        )
    if present is None:
        row_id = tables.insert_content(tenant, (content_id, *_to_columns(value)))
        if value.serialized_references:
            tables.insert_references(_to_references(row_id, value.serialized_references))
        return APPLIED
    if present.content_hash == value.content_hash:
        return _apply_same_content(tables, present, value)
    return _apply_other_content(tables, tenant, present, value)


def _apply_same_content(tables: Tables, present: ContentRow, value: ContentV2Value) -> Effect:
    # Nodes from 2.5.9 on repeat a content to change its canonical hash.
    canonical_hash = replace_nul(value.canonical_hash)
    if (
        value.action is not Action.CREATE_OR_UPDATE
        or not canonical_hash
        or canonical_hash == present.canonical_hash
    ):
        reason = f"content id {present.content_id} holds it already"
        return Effect(Outcome.NO_EFFECT, reason=reason)
    tables.flush()
    tables.writer.write(
        "UPDATE registry_content SET canonical_hash = %s WHERE id = %s", canonical_hash, present.id
    )
    return APPLIED


def _apply_other_content(
    tables: Tables, tenant: str, present: ContentRow, value: ContentV2Value
) -> Effect:
    """Apply a content under an id in use by another hash."""
    tables.flush()
    is_first_kept = tables.view is ContentView.FIRST_WINS
    references = replace_nul(value.serialized_references) or None
    stored = tables.writer.read(
        "SELECT content, serialized_references FROM registry_content WHERE id = %s", present.id
    )
    if references is not None and (bytes(stored[0]), stored[1]) == (value.content, references):
        # Nodes from 2.5.9 on repeat a content with references under a hash that covers them. That
        # is no second use of its id: the row takes the new hash and keeps the old one as its other.
        if value.action is Action.IMPORT or (is_first_kept and value.action is Action.CREATE):
            reason = f"content id {present.content_id} holds it already as {present.content_hash}"
            return Effect(Outcome.NO_EFFECT, reason=reason)
        _overwrite(tables, present, value)
        return APPLIED
    if is_first_kept or value.action is Action.IMPORT:
        reason = f"content id {present.content_id} already holds {present.content_hash}"
        remark = _add_loss(tables, tenant, present, "first", str(value.content_hash))
        return Effect(Outcome.NO_EFFECT, reason=reason, remarks=(remark,))
    remarks = [_add_loss(tables, tenant, present, "last", present.content_hash)]
    rows = tables.writer.read_all(
        "SELECT global_id FROM registry_version WHERE content_id = %s ORDER BY global_id LIMIT %s",
        present.id,
        MAX_NAMED_IDS + 1,
    )
    if rows:
        remarks.append(Remark(RemarkCode.CONTENT_REPLACED, tuple(row[0] for row in rows)))
    _overwrite(tables, present, value)
    return Effect(remarks=tuple(remarks))


def _add_loss(tables: Tables, tenant: str, present: ContentRow, winner: str, lost: str) -> Remark:
    """Remember a lost content and return a remark for LostContents to read from the ledger."""
    tables.lost_contents.add(tenant, lost, present.content_id)
    return Remark(RemarkCode.CONTENT_ID_REUSED, (present.content_id, winner, lost))


def _overwrite(tables: Tables, present: ContentRow, value: ContentV2Value) -> None:
    tables.writer.write(
        "UPDATE registry_content SET content_hash = %s, canonical_hash = %s, content = %s, "
        "serialized_references = %s, other_hash = %s WHERE id = %s",
        *_to_columns(value),
        present.id,
    )
    tables.writer.write("DELETE FROM registry_reference WHERE content_id = %s", present.id)
    if value.serialized_references:
        tables.insert_references(_to_references(present.id, value.serialized_references))


def _set_canonical_hash(tables: Tables, key: ContentKey, value: ContentValue) -> Effect:
    if value.canonical_hash is None:
        raise ImpossibleRecord(f"The update of content {key.content_id} names no canonical hash")
    tenant = get_tenant(key)
    tables.flush()
    changed = tables.writer.write(
        "UPDATE registry_content SET canonical_hash = %s "
        "WHERE tenant_id = %s AND content_id = %s AND content_hash = %s",
        replace_nul(value.canonical_hash),
        tenant,
        key.content_id,
        key.content_hash,
    )
    if changed:
        return APPLIED
    return Effect(
        Outcome.NO_EFFECT,
        reason=f"no content has id {key.content_id} and hash {key.content_hash}",
        remarks=(
            Remark(RemarkCode.CONTENT_MISSING, (key.content_hash,)),
            *(
                tables.lost_contents.remark_on_hash(tenant, key.content_hash or "")
                or _remark_on_bytes(tables, tenant, key.content_id)
            ),
        ),
    )


def _remark_on_bytes(tables: Tables, tenant: str, content_id: int) -> tuple[Remark, ...]:
    if tables.content_by_id(tenant, content_id) is not None:
        return ()
    return (Remark(RemarkCode.BYTES_MISSING),)


def _to_columns(value: ContentV2Value) -> tuple[str, str, bytes, str | None, str | None]:
    """Return hash, canonical hash, bytes, references, and the hash by the other formula."""
    content, content_hash = value.content or b"", value.content_hash or ""
    references = replace_nul(value.serialized_references) or None
    other_hash = None
    if references is not None:
        with_references = compute_hash(content, references)
        is_bare = content_hash != with_references
        other_hash = with_references if is_bare else compute_hash(content, None)
    return content_hash, replace_nul(value.canonical_hash) or "", content, references, other_hash


def _to_references(content: int, references: str) -> list[tuple[object, ...]]:
    """Return rows for finding the contents with a reference; an unparsable text gives none."""
    return [
        (
            content,
            replace_nul(normalize_group(reference.group_id)),
            replace_nul(reference.artifact_id),
            replace_nul(reference.version),
            replace_nul(reference.name),
        )
        for reference in parse_references(references)
    ]
