"""J08: records that are gone from the topic, before this node came to them or after."""

from collections.abc import Iterator

from journal.health.findings import Finding
from journal.health.formatting import MAX_NAMED, format_time, pluralize
from journal.health.observations import Observations

_REBUILD = (
    "If another node applied them, or a backup of the topic has them, go on from there. Else stop "
    "this node and rebuild its tables, which then are what the topic as it is says, and read "
    "first what that loses:\n  python manage.py rebuild"
)
_SAVE = (
    "Do not rebuild this node, and back up its database: it knows what those records said. Stop "
    "the loss (J07, J01), then restore the topic from a backup that holds them, or export this "
    "node:\n  curl http://NODE/apis/registry/v2/admin/export --output registry.zip"
)


def missed_records(seen: Observations) -> Finding | None:
    cut = {number: start for number, start in sorted(seen.log_starts.items()) if start > 0}
    if not seen.missed and not cut:
        return None
    held = any(_applied_before(seen, number, start) for number, start in cut.items())
    is_error = held or any(each.is_whole for each in seen.missed)
    return Finding(
        code="J08",
        severity="error" if is_error else "warning",
        summary=_summary(seen, cut),
        evidence=(*_missed(seen), *_cut(seen, cut)),
        consequence="What they said is in the tables of nodes that applied them in time, and in no "
        "others. A node that replays the topic now comes to other rows and other ids, and the "
        "state digests may differ (J16).",
        remedy=_REBUILD if seen.missed or not held else _SAVE,
    )


def _summary(seen: Observations, cut: dict[int, int]) -> str:
    if seen.missed:
        return (
            "Records were gone from the topic before this node came to them: "
            f"{sum(each.count for each in seen.missed)} offsets held none any more."
        )
    begins = ", ".join(f"offset {start} of partition {number}" for number, start in cut.items())
    return f"The oldest records are gone from the topic: it begins at {begins}."


def _missed(seen: Observations) -> Iterator[str]:
    some = seen.missed[:MAX_NAMED]
    yield from (f"Gone: {each.words}, noticed {format_time(each.noticed_at)}." for each in some)
    if len(seen.missed) > len(some):
        yield f"And {len(seen.missed) - len(some)} more such stretches."


def _cut(seen: Observations, cut: dict[int, int]) -> Iterator[str]:
    for number, start in cut.items():
        if _applied_before(seen, number, start):
            first = seen.tally.partitions[number].first.offset
            yield (
                f"Partition {number} begins at offset {start}; this node applied what was there "
                f"from offset {first} on."
            )
        else:
            yield (
                f"Partition {number} begins at offset {start}: {pluralize(start, 'offset')} before "
                "it had gone when this node built its tables."
            )


def _applied_before(seen: Observations, number: int, start: int) -> bool:
    partition = seen.tally.partitions.get(number)
    return partition is not None and partition.first.offset < start
