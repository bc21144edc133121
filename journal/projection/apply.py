"""Applies records to rows, with the same result on every node.

It checks no rules, publishes nothing and reads no clock or random number.
"""

from collections.abc import Callable, Iterable
from typing import Any

from journal.models import Outcome
from journal.projection.column_checks import check_columns
from journal.projection.effects import Effect, RejectionWithRemarks
from journal.projection.handlers.administration import (
    apply_config_property,
    apply_log_config,
    apply_role_mapping,
)
from journal.projection.handlers.artifacts import apply_artifact, apply_artifact_owner
from journal.projection.handlers.comments import apply_comment
from journal.projection.handlers.contents import apply_content, apply_content_v2
from journal.projection.handlers.downloads import apply_download
from journal.projection.handlers.global_actions import apply_global_action
from journal.projection.handlers.groups import apply_group
from journal.projection.handlers.rules import apply_artifact_rule, apply_global_rule
from journal.projection.handlers.sequences import (
    apply_comment_id,
    apply_content_id,
    apply_global_id,
)
from journal.projection.handlers.upgrades import apply_upgrade
from journal.projection.handlers.versions import apply_artifact_version
from journal.projection.rows import get_tenant
from journal.projection.tables import ContentCoordinates, Tables
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    ContentKey,
    ContentV2Key,
    ContentV2Value,
    Message,
    MessageType,
)
from registry.errors import RegistryError
from registry.times import FIRST_TIME, LAST_TIME

__all__ = ["PROJECTION_VERSION", "Tables", "apply", "preload"]

#: Grows with every release that derives other rows of the registry from the same records. What is
#: stored of them in the ledger may change without it, if a migration carries old rows over.
PROJECTION_VERSION = 4

_Handler = Callable[[Tables, Any, Any, int], Effect]

_HANDLERS: dict[MessageType, _Handler] = {
    MessageType.GLOBAL_RULE: apply_global_rule,
    MessageType.CONTENT: apply_content,
    MessageType.ARTIFACT: apply_artifact,
    MessageType.ARTIFACT_RULE: apply_artifact_rule,
    MessageType.ARTIFACT_VERSION: apply_artifact_version,
    MessageType.GROUP: apply_group,
    MessageType.LOG_CONFIG: apply_log_config,
    MessageType.GLOBAL_ID: apply_global_id,
    MessageType.CONTENT_ID: apply_content_id,
    MessageType.ROLE_MAPPING: apply_role_mapping,
    MessageType.GLOBAL_ACTION: apply_global_action,
    MessageType.DOWNLOAD: apply_download,
    MessageType.CONFIG_PROPERTY: apply_config_property,
    MessageType.ARTIFACT_OWNER: apply_artifact_owner,
    MessageType.COMMENT_ID: apply_comment_id,
    MessageType.COMMENT: apply_comment,
    MessageType.CONTENT_V2: apply_content_v2,
}
#: Applied to buffered rows in memory; all others need the tables flushed before and after.
_BUFFERED = {
    (MessageType.CONTENT_ID, Action.CREATE),
    (MessageType.GLOBAL_ID, Action.CREATE),
    (MessageType.CONTENT, Action.CREATE),
    (MessageType.CONTENT, Action.IMPORT),
    (MessageType.CONTENT_V2, Action.CREATE_OR_UPDATE),
    (MessageType.CONTENT_V2, Action.IMPORT),
    (MessageType.ARTIFACT, Action.CREATE),
    (MessageType.ARTIFACT, Action.UPDATE),
    (MessageType.ARTIFACT, Action.IMPORT),
    (MessageType.GROUP, Action.CREATE),
    (MessageType.GROUP, Action.IMPORT),
}
_TOMBSTONE = Effect(Outcome.NO_EFFECT, reason="a tombstone acts through compaction alone")
_BOOTSTRAP = Effect(Outcome.NO_EFFECT, reason="a node's own affair; no table changes")


def apply(tables: Tables, message: Message, timestamp: int, offset: int) -> Effect:
    """Apply one record; `timestamp` is the record's own, in ms.

    A rejection is returned as an effect and leaves no row changed.
    """
    kind, value = message.key.type, message.value
    if value is None:
        return _BOOTSTRAP if kind is MessageType.BOOTSTRAP else _TOMBSTONE
    # A record that a broker or a client dates beyond all years changes nothing but this date.
    timestamp = min(max(timestamp, FIRST_TIME), LAST_TIME)
    try:
        check_columns(message, tables.sequence)
        if (kind, value.action) in _BUFFERED:
            return _HANDLERS[kind](tables, message.key, value, timestamp)
        if kind is MessageType.UPGRADER:
            return apply_upgrade(tables, value, timestamp, offset)
        tables.flush()
        try:
            return _HANDLERS[kind](tables, message.key, value, timestamp)
        finally:
            tables.flush()
    except RejectionWithRemarks as rejection:
        error = rejection.error
        return Effect(Outcome.REJECTED, error.code, str(error), rejection.remarks)
    except RegistryError as error:
        return Effect(Outcome.REJECTED, error.code, str(error))


def preload(tables: Tables, messages: Iterable[Message | None]) -> None:
    """Read in bulk the rows for applying these records."""
    artifacts: list[ArtifactKey] = []
    contents: list[ContentCoordinates] = []
    for message in messages:
        if message is None:
            continue
        key, value = message.key, message.value
        if isinstance(key, ArtifactKey):
            artifacts.append(key)
            content_hash = value.content_hash if isinstance(value, ArtifactValue) else None
        elif isinstance(key, ContentV2Key):
            content_hash = value.content_hash if isinstance(value, ContentV2Value) else None
        else:
            content_hash = key.content_hash if isinstance(key, ContentKey) else None
        if content_hash is not None:
            contents.append((get_tenant(key), content_hash))
    tables.preload(artifacts, contents)
