"""From a row back to the records that made it and changed it, out of the ledger alone."""

from dataclasses import dataclass

from django.db.models import Q

from journal.models import LedgerRow, Outcome
from journal.wire.messages import MessageType

#: What is said of an artifact as a whole.
_OF_ARTIFACT = (MessageType.ARTIFACT_OWNER, MessageType.ARTIFACT_RULE)
#: Changes of a version that are listed; the journal page has them all.
_LISTED = 20
#: The content of a version is said a few records before it, unless it was known already.
_NEAR = 50


@dataclass(frozen=True, slots=True)
class VersionProvenance:
    """`made` is None for a version whose record was gone before this node came to it.

    `content` is the record of its content where that was said shortly before, None where it was
    known for long. `changes` come after it, the newest first.
    """

    made: LedgerRow | None
    content: LedgerRow | None
    changes: tuple[LedgerRow, ...]


def version_provenance(
    group_id: str | None, artifact_id: str, version: str, ids: tuple[int, int]
) -> VersionProvenance:
    """Of the version with these ids, global and content; a group of None is the default group."""
    global_id, content_id = ids
    applied = LedgerRow.objects.filter(
        in_group(group_id), artifact_id=artifact_id, outcome=Outcome.APPLIED
    )
    made = applied.filter(type=MessageType.ARTIFACT, global_id=global_id).order_by("id").first()
    if made is None:
        return VersionProvenance(None, None, ())
    is_about_it = Q(version=version) | Q(type__in=_OF_ARTIFACT)
    changes = applied.filter(is_about_it, id__gt=made.id).exclude(type=MessageType.ARTIFACT)
    return VersionProvenance(
        made, _content(made, content_id), tuple(changes.order_by("-id")[:_LISTED])
    )


def artifact_history(
    group_id: str | None, artifact_id: str, before: int | None, limit: int
) -> list[LedgerRow]:
    """All records that were said of the artifact, newest first, below a row's id if one is given.

    Those that were refused are told, too.
    """
    rows = LedgerRow.objects.filter(in_group(group_id), artifact_id=artifact_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def in_group(group_id: str | None) -> Q:
    """The default group has no id in most records, and its name in some."""
    if group_id is None:
        return Q(group_id__isnull=True) | Q(group_id="default")
    return Q(group_id=group_id)


def _content(made: LedgerRow, content_id: int) -> LedgerRow | None:
    near = LedgerRow.objects.filter(id__gt=made.id - _NEAR, id__lt=made.id)
    contents = near.filter(
        type__in=(MessageType.CONTENT, MessageType.CONTENT_V2),
        content_id=content_id,
        outcome=Outcome.APPLIED,
    )
    return contents.order_by("-id").first()
