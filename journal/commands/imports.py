"""Imports of an export: looked through whole, and only then said, entry by entry."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO

from msgspec.structs import replace

from journal.commands.import_plan import ImportPlan, plan_import
from journal.dumps.export_entries import entry_messages, reset_messages
from journal.models import Outcome
from journal.publish.dialect import current_dialect
from journal.publish.id_allocation import allocate_many
from journal.publish.publisher import publish
from journal.wire.messages import (
    ArtifactKey,
    ArtifactValue,
    CommentKey,
    CommentValue,
    ContentKey,
    ContentV2Key,
    Message,
)
from registry.archives.export_reader import read_archive
from registry.errors import ImportConflict, ImportIncomplete
from registry.models import SequenceName

#: Hears how many entries of how many were imported.
OnProgress = Callable[[int, int], None]
#: Records said at a time; the next ones wait until these were applied.
_AT_ONCE = 500
#: Of these the plan says which are new; of others a record has no effect where one is there.
_PLANNED = (ArtifactKey, ContentV2Key, ContentKey, CommentKey)


@dataclass(frozen=True, slots=True)
class PreservedIds:
    """Which ids of the export stay what they are; others are drawn anew."""

    global_ids: bool = True
    content_ids: bool = True


def preview_import(file: IO[bytes], kept: PreservedIds) -> ImportPlan:
    """What `import_archive` would do, conflicts included; raises ArchiveDamaged."""
    file.seek(0)
    said = entry_messages(read_archive(file), current_dialect())
    return plan_import(said, keeps_content_ids=kept.content_ids, keeps_global_ids=kept.global_ids)


def import_archive(
    file: IO[bytes], kept: PreservedIds, on_progress: OnProgress = lambda done, total: None
) -> ImportPlan:
    """What a Java node says of it, in its order, then the two resets; of an empty export only them.

    Read to the end twice: before anything is said, and while it is. Raises ArchiveDamaged and
    ImportConflict before anything was said, ImportIncomplete and NoOutcome after some of it was.
    """
    plan = preview_import(file, kept)
    if plan.conflict_count:
        raise ImportConflict(plan.conflicts[0], plan.conflict_count)
    dialect = current_dialect()
    _draw_ids(plan)
    file.seek(0)
    messages = _renumbered(plan, entry_messages(read_archive(file), dialect))
    total = sum(count.created + count.renumbered for count in plan.counts.values())
    done = 0
    while batch := list(islice(messages, _AT_ONCE)):
        _say(batch)
        done += len(batch)
        on_progress(min(done, total), total)
    publish(list(reset_messages(dialect)), is_repair=True)
    return plan


def _draw_ids(plan: ImportPlan) -> None:
    """For all that get another one."""
    dialect = current_dialect()
    for ids, name in (
        (plan.content_ids, SequenceName.CONTENT_ID),
        (plan.global_ids, SequenceName.GLOBAL_ID),
    ):
        missing = [old for old, new in ids.items() if not new]
        ids.update(zip(missing, allocate_many(name, len(missing), dialect), strict=True))
    unnamed = [old for old, new in plan.comment_ids.items() if not new]
    drawn = allocate_many(SequenceName.COMMENT_ID, len(unnamed), dialect)
    plan.comment_ids.update(zip(unnamed, map(str, drawn), strict=True))


def _renumbered(plan: ImportPlan, said: Iterator[tuple[str, Message]]) -> Iterator[Message]:
    """What is to be said, under the ids of this registry."""
    for _, message in said:
        key, value = message.key, message.value
        match key:
            case ContentV2Key() | ContentKey():
                if (ContentV2Key, key.content_id) in plan.skipped:
                    continue
                key = replace(key, content_id=plan.content_ids[key.content_id or 0])
            case ArtifactKey() if isinstance(value, ArtifactValue):
                if (ArtifactKey, value.global_id) in plan.skipped:
                    continue
                value = replace(
                    value,
                    global_id=plan.global_ids[value.global_id or 0],
                    content_id=plan.content_ids[value.content_id or 0],
                )
            case CommentKey() if isinstance(value, CommentValue):
                if (CommentKey, key.comment_id) in plan.skipped:
                    continue
                key = replace(key, comment_id=plan.comment_ids[key.comment_id or ""])
                value = replace(value, global_id=plan.global_ids[value.global_id])
        yield Message(key, value, message.form)


def _say(batch: list[Message]) -> None:
    """Raises ImportIncomplete where another writer came in between."""
    for message, effect in zip(batch, publish(batch), strict=True):
        is_planned = isinstance(message.key, _PLANNED)
        if effect.error or (is_planned and effect.outcome is not Outcome.APPLIED):
            raise ImportIncomplete(effect.reason)
