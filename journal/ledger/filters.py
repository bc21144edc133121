"""Filters on the rows of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from journal.ledger.remark_search import in_remark
from journal.models import REQ_START, REQ_START_LENGTH, LedgerRow, Outcome
from registry.queries.sql import replace_nul

_TEXT_COLUMNS = ("summary", "reason")


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Empty fields match everything.

    `artifact` is a part of group or artifact id; `artifacts` and `groups` are whole ids. Each of
    `words` is a part of the summary, the reason or the words of a remark. `start` and `end` are
    epoch ms, the end exclusive; `offsets` are first and last, in any partition or in `partition`.
    """

    types: tuple[int, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    artifact: str = ""
    req: str = ""
    words: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    artifacts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    content_ids: tuple[int, ...] = ()
    global_ids: tuple[int, ...] = ()
    partition: int | None = None
    offsets: tuple[int | None, int | None] = (None, None)

    @property
    def is_empty(self) -> bool:
        return self == LedgerFilter()

    @property
    def needs_scan(self) -> bool:
        """Check if no index leads to the rows, and each one must be examined."""
        texts = (self.artifact, self.words, self.groups, self.content_ids, self.global_ids)
        bounds = (self.start, self.end, self.partition, *self.offsets)
        is_indexed = bool(self.req or self.artifacts)
        return not is_indexed and (any(texts) or any(bound is not None for bound in bounds))


def rows_with_request_ids(reqs: Sequence[str]) -> QuerySet[LedgerRow]:
    """Find the rows of these request ids by their index."""
    starts = {req[:REQ_START_LENGTH] for req in reqs}
    return LedgerRow.objects.alias(req_start=REQ_START).filter(req_start__in=starts, req__in=reqs)


def matching_rows(where: LedgerFilter) -> QuerySet[LedgerRow]:
    where = replace(
        where,
        artifact=replace_nul(where.artifact),
        req=replace_nul(where.req),
        words=tuple(map(replace_nul, where.words)),
        artifacts=tuple(map(replace_nul, where.artifacts)),
        groups=tuple(map(replace_nul, where.groups)),
    )
    rows = rows_with_request_ids([where.req]) if where.req else LedgerRow.objects.all()
    if where.outcomes and Outcome.APPLIED not in where.outcomes:
        # The index has no others, and SQLite uses it only if the condition says so.
        rows = rows.exclude(outcome=Outcome.APPLIED)
    if where.artifact:
        text = where.artifact
        rows = rows.filter(Q(artifact_id__icontains=text) | Q(group_id__icontains=text))
    for word in where.words:
        in_texts = (Q((f"{name}__icontains", word)) for name in _TEXT_COLUMNS)
        rows = rows.filter(reduce(or_, in_texts, in_remark(word)))
    if where.groups:
        in_groups = Q(group_id__in=where.groups)
        if "default" in where.groups:
            in_groups |= Q(group_id__isnull=True, artifact_id__isnull=False)
        rows = rows.filter(in_groups)
    conditions: dict[str, object] = {
        "type__in": where.types or None,
        "outcome__in": where.outcomes or None,
        "artifact_id__in": where.artifacts or None,
        "content_id__in": where.content_ids or None,
        "global_id__in": where.global_ids or None,
        "timestamp__gte": where.start,
        "timestamp__lt": where.end,
        "partition": where.partition,
        "offset__gte": where.offsets[0],
        "offset__lte": where.offsets[1],
    }
    return rows.filter(**{name: value for name, value in conditions.items() if value is not None})
