"""Allocates ids: each node counts the id records in the journal, so all get the same ids."""

from collections.abc import Sequence
from itertools import chain, repeat
from typing import Any
from uuid import uuid4

from journal.publish.publisher import Publisher
from journal.wire.dialects import Dialect, get_form
from journal.wire.messages import (
    Action,
    CommentIdKey,
    CommentIdValue,
    ContentIdKey,
    ContentIdValue,
    GlobalIdKey,
    GlobalIdValue,
    Message,
)
from registry.models import DEFAULT_TENANT, SequenceName

_RECORD_CLASSES: dict[SequenceName, tuple[Any, Any]] = {
    SequenceName.CONTENT_ID: (ContentIdKey, ContentIdValue),
    SequenceName.GLOBAL_ID: (GlobalIdKey, GlobalIdValue),
    SequenceName.COMMENT_ID: (CommentIdKey, CommentIdValue),
}
#: Id records in one round of `allocate_many`.
_BATCH = 500
#: Id records in each round of `allocate_ids`: where compaction took id records away, the ids that
#: are counted are in use, as many as are missing. Patient first, then in bulk: enough for a
#: sequence that lies a million ids behind.
_ROUNDS = (1, 1, 1, 1, 2, 4, 8, 16, 32, 64, 128, 256)
_LAST_ROUNDS = 4000


def allocate_ids(
    publisher: Publisher, names: Sequence[SequenceName], dialect: Dialect
) -> dict[SequenceName, int]:
    """Allocate an unused id of each sequence; ids found in use are skipped.

    Raises NoOutcome.
    """
    allocated: dict[SequenceName, int] = {}
    for count in chain(_ROUNDS, repeat(_ROUNDS[-1], _LAST_ROUNDS)):
        missing = [name for name in names if name not in allocated]
        if not missing:
            break
        requested = [name for name in missing for _ in range(count)]
        effects = publisher.publish_all([_id_record(name, dialect) for name in requested])
        for name, effect in zip(requested, effects, strict=True):
            if not effect.is_in_use and effect.result is not None:
                allocated.setdefault(name, effect.result)
    return allocated


def allocate_many(
    publisher: Publisher, name: SequenceName, count: int, dialect: Dialect
) -> list[int]:
    """Allocate `count` unused ids, in ascending order; raises NoOutcome."""
    allocated: list[int] = []
    while len(allocated) < count:
        size = min(count - len(allocated), _BATCH)
        effects = publisher.publish_all([_id_record(name, dialect) for _ in range(size)])
        allocated += [
            effect.result
            for effect in effects
            if effect.result is not None and not effect.is_in_use
        ]
    return allocated


def _id_record(name: SequenceName, dialect: Dialect) -> Message:
    key_class, value_class = _RECORD_CLASSES[name]
    key = key_class(DEFAULT_TENANT, str(uuid4()))
    return Message(key, value_class(Action.CREATE), get_form(dialect))
