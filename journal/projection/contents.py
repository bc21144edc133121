"""Content records: a content id belongs to whoever used it first (the 2.1.x nodes' view)."""

import orjson

from journal.messages import Action, ContentKey, ContentV2Key, ContentV2Value, ContentValue
from journal.models import Outcome
from journal.outcomes import Effect
from journal.projection.tables import Tables, as_text, group_of_name, refuse_overlong, tenant_of
from registry.errors import ContentAlreadyExists, ImpossibleRecord

_ROW_BY_ID = (
    "SELECT id, content_hash, canonical_hash FROM registry_content "
    "WHERE tenant_id = %s AND content_id = %s"
)
_ID_BY_HASH = "SELECT content_id FROM registry_content WHERE tenant_id = %s AND content_hash = %s"


def apply_content(tables: Tables, key: ContentKey, value: ContentValue, at: int) -> Effect:
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
    return _insert(tables, tenant_of(key), key.content_id, as_v2)


def apply_content_v2(tables: Tables, key: ContentV2Key, value: ContentV2Value, at: int) -> Effect:
    if value.action not in {Action.CREATE_OR_UPDATE, Action.IMPORT}:
        raise ImpossibleRecord(f"A content record of type 17 can't be {value.action!r}")
    return _insert(tables, tenant_of(key), key.content_id, value)


def _insert(tables: Tables, tenant: str, content_id: int, value: ContentV2Value) -> Effect:
    if not value.content:
        raise ImpossibleRecord(f"Content {content_id} comes without its bytes")
    if value.content_hash is None:
        raise ImpossibleRecord(f"Content {content_id} comes without its hash")
    refuse_overlong(content_hash=value.content_hash, canonical_hash=value.canonical_hash)
    row = tables.writer.read(_ROW_BY_ID, tenant, content_id)
    if row is not None:
        return _meet(tables, row, content_id, value)
    other = tables.writer.read(_ID_BY_HASH, tenant, value.content_hash)
    if other is not None:
        if value.action is Action.CREATE_OR_UPDATE:
            raise ContentAlreadyExists(value.content_hash, other[0])
        return Effect(Outcome.NO_EFFECT, reason=f"content id {other[0]} holds these bytes already")
    new_row = tables.insert_content((
        tenant,
        content_id,
        value.content_hash,
        value.canonical_hash or value.content_hash,
        value.content,
        as_text(value.serialized_references) or None,
    ))
    _insert_references(tables, new_row, value.serialized_references)
    return Effect()


def _meet(
    tables: Tables, row: tuple[int, str, str], content_id: int, value: ContentV2Value
) -> Effect:
    """The id is taken: by the same content, or by another, which keeps it."""
    row_id, content_hash, canonical_hash = row
    if content_hash != value.content_hash:
        return Effect(
            Outcome.NO_EFFECT,
            reason=f"content id {content_id} already holds {content_hash}",
            remark=f"content id {content_id} used twice; the first use counts",
        )
    renewed = value.action is Action.CREATE_OR_UPDATE and value.canonical_hash
    if not renewed or value.canonical_hash == canonical_hash:
        return Effect(Outcome.NO_EFFECT, reason=f"content id {content_id} holds it already")
    tables.writer.write(
        "UPDATE registry_content SET canonical_hash = %s WHERE id = %s",
        value.canonical_hash,
        row_id,
    )
    return Effect()


def _set_canonical_hash(tables: Tables, key: ContentKey, value: ContentValue) -> Effect:
    if value.canonical_hash is None:
        raise ImpossibleRecord(f"The update of content {key.content_id} names no canonical hash")
    changed = tables.writer.write(
        "UPDATE registry_content SET canonical_hash = %s "
        "WHERE tenant_id = %s AND content_id = %s AND content_hash = %s",
        value.canonical_hash,
        tenant_of(key),
        key.content_id,
        key.content_hash,
    )
    if changed:
        return Effect()
    return Effect(
        Outcome.NO_EFFECT,
        reason=f"no content has id {key.content_id} and hash {key.content_hash}",
    )


def _insert_references(tables: Tables, content: int, serialized: str | None) -> None:
    """Rows to find who refers to whom; what cannot be read stays text only."""
    if not serialized:
        return
    try:
        references = orjson.loads(serialized)
        rows = [
            (
                content,
                group_of_name(reference.get("groupId")),
                as_text(reference["artifactId"]),
                as_text(reference["version"]),
                as_text(reference["name"]),
            )
            for reference in references
        ]
    except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
        return
    tables.writer.write_many(
        "INSERT INTO registry_reference (content_id, group_id, artifact_id, version, name) "
        "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (content_id, name) DO NOTHING",
        rows,
    )
