"""Finds the records behind an artifact or version, in the ledger alone."""

from dataclasses import dataclass

from django.db.models import Q

from journal.models import LedgerRow, Outcome
from journal.wire.messages import MessageType

#: Types of records that concern all versions of an artifact.
_ARTIFACT_TYPES = (MessageType.ARTIFACT_OWNER, MessageType.ARTIFACT_RULE)
#: Changes of a version that are listed; the journal page has them all.
_MAX_CHANGES = 20
#: A version's content is a few records before it, unless it was stored already.
_CONTENT_REACH = 50


@dataclass(frozen=True, slots=True)
class VersionProvenance:
    """The records of a version; `changes` are the later ones, the newest first.

    `creation` is None if its record was gone before this node applied it. `content` is the record
    of the version's content if it came shortly before, None if the content was stored already.
    """

    creation: LedgerRow | None
    content: LedgerRow | None
    changes: tuple[LedgerRow, ...]


def version_provenance(
    group_id: str | None, artifact_id: str, version: str, ids: tuple[int, int]
) -> VersionProvenance:
    """Find the records of the version with these ids, global and content."""
    global_id, content_id = ids
    applied = LedgerRow.objects.filter(
        in_group(group_id), artifact_id=artifact_id, outcome=Outcome.APPLIED
    )
    creation = applied.filter(type=MessageType.ARTIFACT, global_id=global_id).order_by("id").first()
    if creation is None:
        return VersionProvenance(None, None, ())
    concerns_version = Q(version=version) | Q(type__in=_ARTIFACT_TYPES)
    changes = applied.filter(concerns_version, id__gt=creation.id).exclude(
        type=MessageType.ARTIFACT
    )
    contents = LedgerRow.objects.filter(
        id__gt=creation.id - _CONTENT_REACH,
        id__lt=creation.id,
        type__in=(MessageType.CONTENT, MessageType.CONTENT_V2),
        content_id=content_id,
        outcome=Outcome.APPLIED,
    )
    return VersionProvenance(
        creation, contents.order_by("-id").first(), tuple(changes.order_by("-id")[:_MAX_CHANGES])
    )


def artifact_history(
    group_id: str | None, artifact_id: str, before: int | None, limit: int
) -> list[LedgerRow]:
    """Return an artifact's rows, newest first, those of rejected records included.

    With `before`, only rows below that row id.
    """
    rows = LedgerRow.objects.filter(in_group(group_id), artifact_id=artifact_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:limit])


def in_group(group_id: str | None) -> Q:
    """Match a group's rows; None is the default group, named `default` in some records."""
    if group_id is None:
        return Q(group_id__isnull=True) | Q(group_id="default")
    return Q(group_id=group_id)
