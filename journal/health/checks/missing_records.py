"""J08: records removed from the topic, before this node applied them or after."""

from journal.health.findings import Finding
from journal.health.formatting import MAX_NAMED, format_time, pluralize
from journal.health.observations import Observations

_REBUILD_REMEDY = (
    "If another node applied them, or a backup of the topic has them, go on from there. Else stop "
    "this node and rebuild its tables, which then are what the topic as it is says, and read "
    "first what that loses:\n  python manage.py rebuild"
)
_SAVE_REMEDY = (
    "Do not rebuild this node, and back up its database: it knows what those records said. Stop "
    "the loss (J07, J01), then restore the topic from a backup that holds them, or export this "
    "node:\n  curl http://NODE/apis/registry/v2/admin/export --output registry.zip"
)


def missing_records(observations: Observations) -> Finding | None:
    missing, partitions = observations.missing_offsets, observations.tally.partitions
    starts = {number: start for number, start in observations.log_starts.items() if start > 0}
    if not missing and not starts:
        return None
    evidence = [
        f"Gone: {gap.description}, noticed {format_time(gap.noticed_at)}."
        for gap in missing[:MAX_NAMED]
    ]
    if len(missing) > MAX_NAMED:
        evidence.append(f"And {len(missing) - MAX_NAMED} more such stretches.")
    were_applied = False
    for number, start in sorted(starts.items()):
        if number in partitions and partitions[number].first.offset < start:
            were_applied = True
            evidence.append(
                f"Partition {number} begins at offset {start}; this node applied what was there "
                f"from offset {partitions[number].first.offset} on."
            )
        else:
            evidence.append(
                f"Partition {number} begins at offset {start}: {pluralize(start, 'offset')} before "
                "it had gone when this node built its tables."
            )
    if missing:
        summary = (
            "Records were gone from the topic before this node came to them: "
            f"{sum(gap.count for gap in missing)} offsets held none any more."
        )
    else:
        begins = ", ".join(
            f"offset {start} of partition {number}" for number, start in sorted(starts.items())
        )
        summary = f"The oldest records are gone from the topic: it begins at {begins}."
    return Finding(
        code="J08",
        severity="error" if were_applied or any(gap.is_whole for gap in missing) else "warning",
        summary=summary,
        evidence=tuple(evidence),
        consequence="What they said is in the tables of nodes that applied them in time, and in no "
        "others. A node that replays the topic now comes to other rows and other ids, and the "
        "state digests may differ (J16).",
        remedy=_REBUILD_REMEDY if missing or not were_applied else _SAVE_REMEDY,
    )
