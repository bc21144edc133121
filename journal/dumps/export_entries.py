"""What an import of an export says: a record for each entry, ids and times kept, and two resets."""

import re
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Any, TypeVar
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
#: What an imported comment's key names in the place of its version.
_ANY_VERSION = {"group_id": "<import-comments>", "artifact_id": "_", "version": "_"}


class _Document(Struct, rename="camel", forbid_unknown_fields=True):
    """As utils/importexport of Apicurio Registry spells it; older releases lack some fields."""


class _Content(_Document):
    content_id: Int64
    content_hash: str
    canonical_hash: str | None = None
    artifact_type: str | None = None
    serialized_references: str | None = None


class _Group(_Document):
    group_id: str
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


_Told = TypeVar("_Told", bound=_Document)


def import_messages(
    entries: Iterable[ExportEntry], dialect: Dialect, on_damage: OnDamage | None = None
) -> Iterator[Message]:
    """In the order of the entries, which is that of a Java node, the resets at the end.

    An entry that makes no sense is told to `on_damage` and left out; without it, ArchiveDamaged is
    raised. So is one that the dialect has no record for.
    """
    for _, message in entry_messages(entries, dialect, on_damage):
        yield message
    yield from reset_messages(dialect)


def entry_messages(
    entries: Iterable[ExportEntry], dialect: Dialect, on_damage: OnDamage | None = None
) -> Iterator[tuple[str, Message]]:
    """The same without the resets, each with the path of its entry."""
    saying = _Saying(dialect)
    for entry in entries:
        if entry.kind is ExportEntryKind.MANIFEST:
            continue
        try:
            yield entry.path, saying.message(entry)
        except (msgspec.ValidationError, _Odd) as error:
            damage = ArchiveDamaged(f"{quote_path(entry.path)}: {error}")
            if on_damage is None:
                raise damage from error
            on_damage(damage)


def reset_messages(dialect: Dialect) -> Iterator[Message]:
    """Both sequences move to the highest id in use; global ids first, as Java nodes say them."""
    for key, value in ((GlobalIdKey, GlobalIdValue), (ContentIdKey, ContentIdValue)):
        yield _reset(key, value, dialect)


class _Odd(ValueError):
    """Why an entry can't be said."""


class _Saying:
    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._form = get_form(dialect)
        self._how: dict[ExportEntryKind, Callable[[ExportEntry], tuple[Key, Value]]] = {
            ExportEntryKind.CONTENT: self._content,
            ExportEntryKind.GROUP: _group,
            ExportEntryKind.ARTIFACT_VERSION: _version,
            ExportEntryKind.COMMENT: _comment,
            ExportEntryKind.ARTIFACT_RULE: _artifact_rule,
            ExportEntryKind.GLOBAL_RULE: _global_rule,
        }

    def message(self, entry: ExportEntry) -> Message:
        key, value = self._how[entry.kind](entry)
        if key.type is MessageType.COMMENT and not supports(self._dialect, key.type):
            raise _Odd(f"the journal's dialect {self._dialect.value} has no comments")
        return Message(key, value, self._form)

    def _content(self, entry: ExportEntry) -> tuple[Key, Value]:
        told, content = _told(entry, _Content), entry.data or b""
        if not content:
            raise _Odd("it is empty")
        references = told.serialized_references
        hashed = _hash_of(told, content)
        canonical = told.canonical_hash
        if canonical is None or not _HASH.fullmatch(canonical):
            canonical = hashed
        if self._dialect is Dialect.V2_6:
            value = ContentV2Value(Action.IMPORT, hashed, canonical, content, references)
            return ContentV2Key(DEFAULT_TENANT, told.content_id), value
        if references and not self._form.references:
            raise _Odd(f"the journal's dialect {self._dialect.value} has no references")
        key = ContentKey(DEFAULT_TENANT, hashed, told.content_id)
        return key, ContentValue(Action.IMPORT, canonical, content, references)


def _reset(key: Any, value: Any, dialect: Dialect) -> Message:
    return Message(key(DEFAULT_TENANT, str(uuid4())), value(Action.RESET), get_form(dialect))


def _hash_of(told: _Content, content: bytes) -> str:
    """Since 2.4.2 of the content with its references, before of the content alone.

    What has no form of a hash is made one; raises _Odd for one that is of other bytes.
    """
    references = (told.serialized_references or "").encode()
    with_references = sha256(content + references).hexdigest()
    if not _HASH.fullmatch(told.content_hash):
        return with_references
    if told.content_hash not in {with_references, sha256(content).hexdigest()}:
        raise _Odd(f"its bytes do not have the hash {told.content_hash}")
    return told.content_hash


def _group(entry: ExportEntry) -> tuple[Key, Value]:
    told = _told(entry, _Group)
    value = GroupValue(
        Action.IMPORT,
        description=told.description,
        artifacts_type=told.artifacts_type,
        created_by=told.created_by,
        created_on=told.created_on,
        modified_by=told.modified_by,
        modified_on=told.modified_on,
        properties=told.properties,
    )
    return GroupKey(DEFAULT_TENANT, told.group_id), value


def _version(entry: ExportEntry) -> tuple[Key, Value]:
    told = _told(entry, _Version)
    labels = None if told.labels is None else tuple(told.labels)
    value = ArtifactValue(
        Action.IMPORT,
        state=told.state,
        meta_data=MetaData(told.name, told.description, labels, told.properties),
        global_id=told.global_id,
        version=told.version,
        artifact_type=told.artifact_type,
        created_by=told.created_by,
        created_on=told.created_on,
        version_id=told.version_id,
        content_id=told.content_id,
        latest=told.is_latest,
    )
    return ArtifactKey(DEFAULT_TENANT, told.group_id, told.artifact_id, str(uuid4())), value


def _comment(entry: ExportEntry) -> tuple[Key, Value]:
    told = _told(entry, _Comment)
    key = CommentKey(DEFAULT_TENANT, **_ANY_VERSION, comment_id=told.comment_id, uuid=str(uuid4()))
    value = CommentValue(
        Action.IMPORT, told.global_id, told.created_by, told.created_on, told.value
    )
    return key, value


def _artifact_rule(entry: ExportEntry) -> tuple[Key, Value]:
    told = _told(entry, _ArtifactRule)
    key = ArtifactRuleKey(DEFAULT_TENANT, told.group_id, told.artifact_id, told.type)
    return key, ArtifactRuleValue(Action.IMPORT, told.configuration)


def _global_rule(entry: ExportEntry) -> tuple[Key, Value]:
    told = _told(entry, _GlobalRule)
    value = GlobalRuleValue(Action.IMPORT, told.configuration)
    return GlobalRuleKey(DEFAULT_TENANT, told.rule_type), value


def _told(entry: ExportEntry, kind: type[_Told]) -> _Told:
    """Raises msgspec.ValidationError, whose text names the field."""
    return msgspec.convert(entry.document, type=kind)
