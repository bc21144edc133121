"""Ids are drawn on the journal: each node counts its records, so all of them draw the same."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from journal.publish.publisher import publish_all
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

_KINDS: dict[SequenceName, tuple[Any, Any]] = {
    SequenceName.CONTENT_ID: (ContentIdKey, ContentIdValue),
    SequenceName.GLOBAL_ID: (GlobalIdKey, GlobalIdValue),
    SequenceName.COMMENT_ID: (CommentIdKey, CommentIdValue),
}
#: Draws in one round of many.
_AT_ONCE = 500
#: Draws in one round while the drawn ids turn out to be in use: patient first, then in bulk.
_ROUNDS = (1, 1, 1, 1, 2, 4, 8, 16, 32, 64, 128, 256)


def allocate_ids(names: Sequence[SequenceName], dialect: Dialect) -> dict[SequenceName, int]:
    """One id each that nothing uses yet; a drawn id that is in use is left and drawn again.

    Raises NoOutcome.
    """
    drawn: dict[SequenceName, int] = {}
    for count in _rounds():
        missing = [name for name in names if name not in drawn]
        if not missing:
            break
        asked = [name for name in missing for _ in range(count)]
        effects = publish_all([_message(name, dialect) for name in asked])
        for name, effect in zip(asked, effects, strict=True):
            if not effect.is_in_use and effect.result is not None:
                drawn.setdefault(name, effect.result)
    return drawn


def allocate_many(name: SequenceName, count: int, dialect: Dialect) -> list[int]:
    """So many ids that nothing uses yet, in ascending order; raises NoOutcome."""
    drawn: list[int] = []
    while len(drawn) < count:
        asked = min(count - len(drawn), _AT_ONCE)
        effects = publish_all([_message(name, dialect) for _ in range(asked)])
        drawn += [
            effect.result
            for effect in effects
            if effect.result is not None and not effect.is_in_use
        ]
    return drawn


def _rounds() -> Sequence[int]:
    """Enough for a sequence that lies a million ids behind; 0 looks once more and draws none."""
    return (*_ROUNDS, *([_ROUNDS[-1]] * 4000), 0)


def _message(name: SequenceName, dialect: Dialect) -> Message:
    key, value = _KINDS[name]
    return Message(key(DEFAULT_TENANT, str(uuid4())), value(Action.CREATE), get_form(dialect))
