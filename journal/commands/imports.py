"""Imports an export: planned as a whole, then published entry by entry."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO

from msgspec.structs import replace

from journal.commands.import_plan import ImportPlan, plan_import
from journal.commands.writer import Writer
from journal.dumps.export_entries import entry_messages, reset_messages
from journal.models import Outcome
from journal.publish.id_allocation import allocate_many
from journal.wire.dialects import Dialect
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

#: Is called with the number of imported entries, and of all that are imported.
OnProgress = Callable[[int, int], None]
#: Records in one batch; the next one waits until all of them were applied.
_BATCH_SIZE = 500
#: Entries of which the plan knows that they are new; others may exist, which has no effect.
_PLANNED_KEYS = (ArtifactKey, ContentV2Key, ContentKey, CommentKey)


@dataclass(frozen=True, slots=True)
class PreservedIds:
    """Flags for the ids to preserve; without them, new ids are allocated."""

    global_ids: bool = True
    content_ids: bool = True


def preview_import(writer: Writer, file: IO[bytes], preserved: PreservedIds) -> ImportPlan:
    """Return the plan of `import_archive`, with its conflicts; raises ArchiveDamaged."""
    file.seek(0)
    entries = entry_messages(read_archive(file), writer.publisher.current_dialect())
    return plan_import(
        entries,
        preserve_content_ids=preserved.content_ids,
        preserve_global_ids=preserved.global_ids,
    )


def import_archive(
    writer: Writer,
    file: IO[bytes],
    preserved: PreservedIds,
    on_progress: OnProgress = lambda done, total: None,
) -> ImportPlan:
    """Publish an export's entries in the order of a Java node, then the two RESET records.

    The file is read twice: before anything is published, and while it is. Raises ArchiveDamaged and
    ImportConflict before anything was published, ImportIncomplete and NoOutcome later.
    """
    plan = preview_import(writer, file, preserved)
    if plan.conflict_count:
        raise ImportConflict(plan.conflicts[0], plan.conflict_count)
    dialect = writer.publisher.current_dialect()
    _allocate_ids(writer, plan, dialect)
    file.seek(0)
    messages = _renumber(plan, entry_messages(read_archive(file), dialect))
    total = sum(count.created + count.renumbered for count in plan.counts.values())
    done = 0
    while batch := list(islice(messages, _BATCH_SIZE)):
        for message, effect in zip(batch, writer.publisher.publish(batch), strict=True):
            is_planned = isinstance(message.key, _PLANNED_KEYS)
            if effect.error or (is_planned and effect.outcome is not Outcome.APPLIED):
                # Another writer came in between.
                raise ImportIncomplete(effect.reason)
        done += len(batch)
        on_progress(min(done, total), total)
    writer.publisher.publish(list(reset_messages(dialect)), is_repair=True)
    return plan


def _allocate_ids(writer: Writer, plan: ImportPlan, dialect: Dialect) -> None:
    for ids, name in (
        (plan.content_ids, SequenceName.CONTENT_ID),
        (plan.global_ids, SequenceName.GLOBAL_ID),
    ):
        open_ids = [old for old, new in ids.items() if not new]
        ids.update(
            zip(
                open_ids, allocate_many(writer.publisher, name, len(open_ids), dialect), strict=True
            )
        )
    open_comments = [old for old, new in plan.comment_ids.items() if not new]
    comment_ids = allocate_many(
        writer.publisher, SequenceName.COMMENT_ID, len(open_comments), dialect
    )
    plan.comment_ids.update(zip(open_comments, map(str, comment_ids), strict=True))


def _renumber(plan: ImportPlan, entries: Iterator[tuple[str, Message]]) -> Iterator[Message]:
    """Yield the messages of entries not skipped, with the ids of this registry."""
    for _, message in entries:
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
