"""Content records: who owns a content id that two of them name is the view's to say.

First-wins is what nodes up to 2.5.8 hold, last-wins what nodes from 2.5.9 on hold.
"""

import orjson

from journal.models import ContentView, Outcome
from journal.projection.effects import APPLIED, BYTES_MISSING, Effect
from journal.projection.rows import (
    ContentRow,
    check_lengths,
    get_tenant,
    normalize_group,
    replace_nul,
)
from journal.projection.tables import Tables
from journal.wire.messages import Action, ContentKey, ContentV2Key, ContentV2Value, ContentValue
from registry.errors import ContentAlreadyExists, ImpossibleRecord
from registry.references import content_hash as hash_of

#: How many versions a remark names.
_NAMED = 10


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
    return _apply(tables, get_tenant(key), key.content_id, as_v2)


def apply_content_v2(tables: Tables, key: ContentV2Key, value: ContentV2Value, at: int) -> Effect:
    if value.action not in {Action.CREATE_OR_UPDATE, Action.IMPORT}:
        raise ImpossibleRecord(f"A content record of type 17 can't be {value.action!r}")
    return _apply(tables, get_tenant(key), key.content_id, value)


def _apply(tables: Tables, tenant: str, content_id: int, value: ContentV2Value) -> Effect:
    if not value.content:
        raise _without_bytes(tables, tenant, content_id)
    if value.content_hash is None:
        raise ImpossibleRecord(f"Content {content_id} comes without its hash")
    if value.canonical_hash is None:
        raise ImpossibleRecord(f"Content {content_id} comes without its canonical hash")
    check_lengths(content_hash=value.content_hash, canonical_hash=value.canonical_hash)
    present = tables.content_by_id(tenant, content_id)
    other = tables.content_by_hash(tenant, value.content_hash)
    if other is not None and other.content_id != content_id:
        return _is_elsewhere(value, other)
    if present is None:
        _insert(tables, tenant, content_id, value)
        return APPLIED
    if present.content_hash == value.content_hash:
        return _renew(tables, present, value)
    return _meet(tables, tenant, present, value)


def _without_bytes(tables: Tables, tenant: str, content_id: int) -> ImpossibleRecord:
    refusal = ImpossibleRecord(f"Content {content_id} comes without its bytes")
    refusal.add_note(_remark_on_bytes(tables, tenant, content_id))
    return refusal


def _remark_on_bytes(tables: Tables, tenant: str, content_id: int) -> str:
    if tables.content_by_id(tenant, content_id) is not None:
        return ""
    return f"{BYTES_MISSING}: no record before this one tells them"


def _is_elsewhere(value: ContentV2Value, other: ContentRow) -> Effect:
    """These bytes are known under another id, which keeps them in either view."""
    if value.action is Action.CREATE_OR_UPDATE:
        raise ContentAlreadyExists(str(value.content_hash), other.content_id)
    return Effect(
        Outcome.NO_EFFECT, reason=f"content id {other.content_id} holds these bytes already"
    )


def _insert(tables: Tables, tenant: str, content_id: int, value: ContentV2Value) -> None:
    row_id = tables.insert_content(tenant, (content_id, *_columns(value)))
    if value.serialized_references:
        tables.insert_references(_references(row_id, value.serialized_references))


def _columns(value: ContentV2Value) -> tuple[str, str, bytes, str | None, str | None]:
    """Hash, canonical hash, bytes, references, hash by the other formula."""
    content, hashed = value.content or b"", value.content_hash or ""
    serialized = replace_nul(value.serialized_references) or None
    other = None
    if serialized is not None:
        with_references = hash_of(content, serialized)
        other = hash_of(content, None) if hashed == with_references else with_references
    return hashed, replace_nul(value.canonical_hash) or "", content, serialized, other


def _renew(tables: Tables, present: ContentRow, value: ContentV2Value) -> Effect:
    """The same content once more: nodes from 2.5.9 on say a canonical hash anew so."""
    canonical_hash = replace_nul(value.canonical_hash)
    renewed = value.action is Action.CREATE_OR_UPDATE and canonical_hash
    if not renewed or canonical_hash == present.canonical_hash:
        reason = f"content id {present.content_id} holds it already"
        return Effect(Outcome.NO_EFFECT, reason=reason)
    tables.settle()
    tables.writer.write(
        "UPDATE registry_content SET canonical_hash = %s WHERE id = %s", canonical_hash, present.id
    )
    return APPLIED


def _meet(tables: Tables, tenant: str, present: ContentRow, value: ContentV2Value) -> Effect:
    """The id is taken by another content, or by this one under its hash by the other formula."""
    tables.settle()
    if _is_same(tables, present, value):
        return _respell(tables, present, value)
    if tables.view is ContentView.FIRST_WINS or value.action is Action.IMPORT:
        reason = f"content id {present.content_id} already holds {present.content_hash}"
        remark = _loss(tables, tenant, present, "first", str(value.content_hash))
        return Effect(Outcome.NO_EFFECT, reason=reason, remark=remark)
    remark = _loss(tables, tenant, present, "last", present.content_hash)
    shown = _global_ids(tables, present)
    _overwrite(tables, present, value)
    return Effect(
        remark=f"{remark}; global ids that show the new one: {shown}" if shown else remark
    )


def _is_same(tables: Tables, present: ContentRow, value: ContentV2Value) -> bool:
    found = tables.writer.read(
        "SELECT content, serialized_references FROM registry_content WHERE id = %s", present.id
    )
    references = replace_nul(value.serialized_references) or None
    return references is not None and (bytes(found[0]), found[1]) == (value.content, references)


def _respell(tables: Tables, present: ContentRow, value: ContentV2Value) -> Effect:
    """Nodes from 2.5.9 on say contents with references anew, with a hash that covers them."""
    is_first_kept = tables.view is ContentView.FIRST_WINS and value.action is Action.CREATE
    if is_first_kept or value.action is Action.IMPORT:
        reason = f"content id {present.content_id} holds it already as {present.content_hash}"
        return Effect(Outcome.NO_EFFECT, reason=reason)
    _overwrite(tables, present, value)
    return APPLIED


def _overwrite(tables: Tables, present: ContentRow, value: ContentV2Value) -> None:
    tables.writer.write(
        "UPDATE registry_content SET content_hash = %s, canonical_hash = %s, content = %s, "
        "serialized_references = %s, other_hash = %s WHERE id = %s",
        *_columns(value),
        present.id,
    )
    tables.writer.write("DELETE FROM registry_reference WHERE content_id = %s", present.id)
    if value.serialized_references:
        tables.insert_references(_references(present.id, value.serialized_references))


def _loss(tables: Tables, tenant: str, present: ContentRow, winner: str, lost: str) -> str:
    """The remark, in the words that journal.projection.lost_contents looks for."""
    tables.lost.add(tenant, lost, present.content_id)
    return f"content id {present.content_id} used twice; the {winner} use counts, {lost} is lost"


def _global_ids(tables: Tables, content: ContentRow) -> str:
    rows = tables.writer.read_all(
        "SELECT global_id FROM registry_version WHERE content_id = %s ORDER BY global_id LIMIT %s",
        content.id,
        _NAMED + 1,
    )
    named = ", ".join(str(row[0]) for row in rows[:_NAMED])
    return f"{named} and more" if len(rows) > _NAMED else named


def _set_canonical_hash(tables: Tables, key: ContentKey, value: ContentValue) -> Effect:
    if value.canonical_hash is None:
        raise ImpossibleRecord(f"The update of content {key.content_id} names no canonical hash")
    tables.settle()
    changed = tables.writer.write(
        "UPDATE registry_content SET canonical_hash = %s "
        "WHERE tenant_id = %s AND content_id = %s AND content_hash = %s",
        replace_nul(value.canonical_hash),
        get_tenant(key),
        key.content_id,
        key.content_hash,
    )
    if changed:
        return APPLIED
    return Effect(
        Outcome.NO_EFFECT,
        reason=f"no content has id {key.content_id} and hash {key.content_hash}",
        remark=tables.lost.remark_on_hash(get_tenant(key), key.content_hash or "")
        or _remark_on_bytes(tables, get_tenant(key), key.content_id),
    )


def _references(content: int, serialized: str) -> list[tuple[object, ...]]:
    """Rows to find who refers to whom; what cannot be read stays text only."""
    try:
        return [
            (
                content,
                normalize_group(reference.get("groupId")),
                replace_nul(reference["artifactId"]),
                replace_nul(reference["version"]),
                replace_nul(reference["name"]),
            )
            for reference in orjson.loads(serialized)
        ]
    except (orjson.JSONDecodeError, TypeError, KeyError, AttributeError):
        return []
