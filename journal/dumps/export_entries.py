"""Builds the records of an import: one for each entry, with its ids and times, and two resets."""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any
from uuid import uuid4

import msgspec
from msgspec import Struct

from journal.wire.dialects import Dialect, get_form, supports
from journal.wire.keys import Int32, Int64
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactRuleKey,
    ArtifactRuleValue,
    ArtifactValue,
    CommentKey,
    CommentValue,
    ContentIdKey,
    ContentIdValue,
    ContentKey,
    ContentV2Key,
    ContentV2Value,
    ContentValue,
    GlobalIdKey,
    GlobalIdValue,
    GlobalRuleKey,
    GlobalRuleValue,
    GroupKey,
    GroupValue,
    Key,
    Message,
    MessageType,
    MetaData,
    Value,
)
from registry.archives.export_reader import ExportEntry, ExportEntryKind
from registry.archives.zip_reader import ArchiveDamaged, OnDamage, quote_path
from registry.models import DEFAULT_TENANT

_HASH = re.compile(r"[0-9a-f]{64}")


class _Document(Struct, rename="camel", forbid_unknown_fields=True):
    """An entry as Apicurio's utils/importexport defines it; older releases lack some fields."""


class _Content(_Document):
    content_id: Int64
    content_hash: str
    canonical_hash: str | None = None
    artifact_type: str | None = None
    serialized_references: str | None = None


class _Group(_Document):
    group_id: str | None
    description: str | None = None
    artifacts_type: str | None = None
    created_by: str | None = None
    created_on: Int64 = 0
    modified_by: str | None = None
    modified_on: Int64 = 0
    properties: dict[str, str | None] | None = None


class _Version(_Document):
    global_id: Int64
    artifact_id: str
    version: str
    version_id: Int32
    artifact_type: str
    state: str
    content_id: Int64
    group_id: str | None = None
    name: str | None = None
    description: str | None = None
    created_by: str | None = None
    created_on: Int64 = 0
    labels: list[str] | None = None
    properties: dict[str, str | None] | None = None
    is_latest: bool = False


class _Comment(_Document):
    global_id: Int64
    comment_id: str
    created_by: str | None = None
    created_on: Int64 = 0
    value: str | None = None


class _ArtifactRule(_Document):
    artifact_id: str
    type: str
    group_id: str | None = None
    configuration: str | None = None


class _GlobalRule(_Document):
    rule_type: str
    configuration: str | None = None


_DOCUMENTS: dict[ExportEntryKind, type[_Document]] = {
    ExportEntryKind.GROUP: _Group,
    ExportEntryKind.ARTIFACT_VERSION: _Version,
    ExportEntryKind.COMMENT: _Comment,
    ExportEntryKind.ARTIFACT_RULE: _ArtifactRule,
    ExportEntryKind.GLOBAL_RULE: _GlobalRule,
}
# msgspec.convert builds what it needs of a type at its first use, and two threads at once crash
# there; decoders build the same while the module is imported.
_BUILT = [msgspec.json.Decoder(kind) for kind in (_Content, *_DOCUMENTS.values())]


def import_messages(
    entries: Iterable[ExportEntry], dialect: Dialect, on_damage: OnDamage | None = None
) -> Iterator[Message]:
    """Yield the records of an import in the order of its entries, like a Java node; then resets.

    An entry that is invalid, or without a record in the dialect, is passed to `on_damage` and left
    out; without `on_damage`, ArchiveDamaged is raised.
    """
    for _, message in entry_messages(entries, dialect, on_damage):
        yield message
    yield from reset_messages(dialect)


def entry_messages(
    entries: Iterable[ExportEntry], dialect: Dialect, on_damage: OnDamage | None = None
) -> Iterator[tuple[str, Message]]:
    """Yield the same without the resets, each with the path of its entry."""
    form = get_form(dialect)
    for entry in entries:
        if entry.kind is ExportEntryKind.MANIFEST:
            continue
        try:
            if entry.kind is ExportEntryKind.CONTENT:
                key, value = _import_content(entry, dialect)
            else:
                key, value = _import_document(entry)
            if key.type is MessageType.COMMENT and not supports(dialect, key.type):
                raise _InvalidEntry(f"the journal's dialect {dialect.value} has no comments")
        except (msgspec.ValidationError, _InvalidEntry) as error:
            damage = ArchiveDamaged(f"{quote_path(entry.path)}: {error}")
            if on_damage is None:
                raise damage from error
            on_damage(damage)
        else:
            yield entry.path, Message(key, value, form)


def reset_messages(dialect: Dialect) -> Iterator[Message]:
    """Yield the resets of both sequences to the highest id in use, in the order of Java nodes."""
    pairs: tuple[tuple[Any, Any], ...] = (
        (GlobalIdKey, GlobalIdValue),
        (ContentIdKey, ContentIdValue),
    )
    for key, value in pairs:
        yield Message(key(DEFAULT_TENANT, str(uuid4())), value(Action.RESET), get_form(dialect))


class _InvalidEntry(ValueError):
    """The reason why an entry has no record."""


def _import_content(entry: ExportEntry, dialect: Dialect) -> tuple[Key, Value]:
    document, content = msgspec.convert(entry.document, type=_Content), entry.data or b""
    if not content:
        raise _InvalidEntry("it is empty")
    references = document.serialized_references
    bare_hash = sha256(content).hexdigest()
    # Since 2.4.2 the hash covers the references, too.
    content_hash = sha256(content + (references or "").encode()).hexdigest()
    if _HASH.fullmatch(document.content_hash):
        if document.content_hash not in {content_hash, bare_hash}:
            raise _InvalidEntry(f"its bytes do not have the hash {document.content_hash}")
        content_hash = document.content_hash
    canonical_hash = document.canonical_hash
    if canonical_hash is None or not _HASH.fullmatch(canonical_hash):
        canonical_hash = content_hash
    if dialect is Dialect.V2_6:
        return ContentV2Key(DEFAULT_TENANT, document.content_id), ContentV2Value(
            Action.IMPORT, content_hash, canonical_hash, content, references
        )
    if references and not get_form(dialect).references:
        raise _InvalidEntry(f"the journal's dialect {dialect.value} has no references")
    key = ContentKey(DEFAULT_TENANT, content_hash, document.content_id)
    return key, ContentValue(Action.IMPORT, canonical_hash, content, references)


def _import_document(entry: ExportEntry) -> tuple[Key, Value]:
    """Convert an entry without data; raises msgspec.ValidationError with the field's name."""
    match msgspec.convert(entry.document, type=_DOCUMENTS[entry.kind]):
        case _Group() as group:
            return GroupKey(DEFAULT_TENANT, group.group_id), GroupValue(
                Action.IMPORT,
                description=group.description,
                artifacts_type=group.artifacts_type,
                created_by=group.created_by,
                created_on=group.created_on,
                modified_by=group.modified_by,
                modified_on=group.modified_on,
                properties=group.properties,
            )
        case _Version() as version:
            labels = None if version.labels is None else tuple(version.labels)
            key = ArtifactKey(DEFAULT_TENANT, version.group_id, version.artifact_id, str(uuid4()))
            return key, ArtifactValue(
                Action.IMPORT,
                state=version.state,
                meta_data=MetaData(version.name, version.description, labels, version.properties),
                global_id=version.global_id,
                version=version.version,
                artifact_type=version.artifact_type,
                created_by=version.created_by,
                created_on=version.created_on,
                version_id=version.version_id,
                content_id=version.content_id,
                latest=version.is_latest,
            )
        case _Comment() as comment:
            return CommentKey.for_import(DEFAULT_TENANT, comment.comment_id), CommentValue(
                Action.IMPORT,
                comment.global_id,
                comment.created_by,
                comment.created_on,
                comment.value,
            )
        case _ArtifactRule() as rule:
            return ArtifactRuleKey(
                DEFAULT_TENANT, rule.group_id, rule.artifact_id, rule.type
            ), ArtifactRuleValue(Action.IMPORT, rule.configuration)
        case _GlobalRule() as rule:
            value = GlobalRuleValue(Action.IMPORT, rule.configuration)
            return GlobalRuleKey(DEFAULT_TENANT, rule.rule_type), value
    raise AssertionError(entry.kind)
