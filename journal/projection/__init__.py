"""Records to rows: what was said is applied alike by every node.

It checks no rules, publishes nothing and takes no time or randomness of its own.
"""

from collections.abc import Callable
from typing import Any

from journal.messages import Message, MessageType
from journal.models import Outcome
from journal.outcomes import Effect
from journal.projection.artifacts import apply_artifact
from journal.projection.contents import apply_content, apply_content_v2
from journal.projection.groups import apply_group
from journal.projection.rules import apply_artifact_rule, apply_global_rule
from journal.projection.sequences import apply_content_id, apply_global_id
from journal.projection.tables import Tables
from journal.projection.versions import apply_artifact_version
from registry.errors import RegistryError

__all__ = ["PROJECTION_VERSION", "Tables", "apply"]

#: Grows with every release that derives other rows from the same records.
PROJECTION_VERSION = 1

_Handler = Callable[[Tables, Any, Any, int], Effect]

_HANDLERS: dict[MessageType, _Handler] = {
    MessageType.GLOBAL_RULE: apply_global_rule,
    MessageType.CONTENT: apply_content,
    MessageType.ARTIFACT: apply_artifact,
    MessageType.ARTIFACT_RULE: apply_artifact_rule,
    MessageType.ARTIFACT_VERSION: apply_artifact_version,
    MessageType.GROUP: apply_group,
    MessageType.GLOBAL_ID: apply_global_id,
    MessageType.CONTENT_ID: apply_content_id,
    MessageType.CONTENT_V2: apply_content_v2,
}
_TOMBSTONE = Effect(Outcome.NO_EFFECT, reason="a tombstone acts through compaction alone")
_SEEN = Effect(Outcome.NO_EFFECT, reason="a node's own affair; no table changes")
_NOT_YET = Effect(Outcome.NOT_YET, reason="this node does not apply records of this type yet")


def apply(tables: Tables, message: Message, timestamp: int) -> Effect:
    """Applies one record; `timestamp` is its own, in ms, for times that the journal leaves open.

    A refusal is an effect, not an exception, and leaves no row changed.
    """
    if message.value is None:
        return _SEEN if message.type is MessageType.BOOTSTRAP else _TOMBSTONE
    if message.type is MessageType.UPGRADER:
        return _SEEN
    handler = _HANDLERS.get(message.type)
    if handler is None:
        return _NOT_YET
    try:
        return handler(tables, message.key, message.value, timestamp)
    except RegistryError as refusal:
        return Effect(Outcome.REFUSED, error=type(refusal).__name__, reason=str(refusal))
