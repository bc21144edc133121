"""J06 and J10: offsets without a record, and records where no order holds."""

from collections.abc import Iterable

from journal.health.findings import Finding, Severity, to_positions
from journal.health.formatting import format_offsets, pluralize
from journal.health.observations import Observations
from journal.projection.tally import Category, PartitionTally


def offset_gaps(seen: Observations) -> Finding | None:
    partitions = seen.tally.partitions
    gaps = sum(each.gaps for each in partitions.values())
    missing = sum(each.missing for each in partitions.values())
    late = {number: count for number in partitions if (count := _late(seen, number)) > 0}
    if missing <= sum(each.count for each in seen.missed) and not late:
        # J08 tells of them.
        return None
    is_single = gaps == missing and all(count == 1 for count in late.values())
    only_begins_late = seen.is_dump and not missing
    explained = _BEGINS_LATE if only_begins_late else _explained(seen, is_single)
    if explained is None:
        return None
    severity, why = explained
    total = missing + sum(late.values())
    return Finding(
        code="J06",
        severity=severity,
        summary=f"{pluralize(total, 'offset')} of the journal {'holds' if total == 1 else 'hold'} "
        f"no record, in {pluralize(gaps + len(late), 'gap')}. {why}",
        evidence=tuple(_evidence(partitions, late)),
        consequence="If records of the journal were in these places, what they said is known to "
        "nodes that applied them in time, and to no other. Id records among them are told by J02, "
        "contents by J04 and J05; a deletion that is gone leaves no trace.",
        remedy="Compare the state digests of nodes that started at different times, and the "
        "topic with its backup. If the topic is compacted or deletes old records, change its "
        "settings first (J01, J07).\n  python manage.py digest",
    )


def _late(seen: Observations, partition: int) -> int:
    """Offsets before the first record, as far as the log's own start does not explain them."""
    first = seen.tally.partitions[partition].first.offset
    if seen.is_dump:
        return first
    return first - seen.log_starts.get(partition, first)


_BEGINS_LATE: tuple[Severity, str] = (
    "info",
    "The dump begins after the topic's first offset, or the topic does.",
)


def _explained(seen: Observations, is_single: bool) -> tuple[Severity, str] | None:
    """None where there is nothing to tell."""
    if seen.facts is None:
        return "info", "The topic's settings, which would explain them, are not known."
    if "compact" in (seen.facts.value("cleanup.policy") or "delete"):
        return "info", "Compaction explains them: the topic is compacted (J01)."
    if _lacks_id_records(seen):
        return "info", "Id records are missing as well: the topic was compacted before."
    if is_single:
        # The control records of transactions, each after what it ends.
        return None
    return "warning", (
        "Nothing explains them: the topic does not compact, and the control records of "
        "transactions leave gaps of one."
    )


def _lacks_id_records(seen: Observations) -> bool:
    return any(
        each.lacking for sequences in seen.tally.draws.values() for each in sequences.values()
    )


def _evidence(partitions: dict[int, PartitionTally], late: dict[int, int]) -> Iterable[str]:
    for number, each in partitions.items():
        if number in late:
            yield f"Partition {number} begins at offset {each.first.offset}."
        if each.missing:
            told = ", ".join(
                str(low) if low == high else f"{low} to {high}" for low, high in each.stretches
            )
            more = each.gaps - len(each.stretches)
            yield (
                f"{each.missing} of the offsets {each.first.offset} to {each.last.offset} of "
                f"partition {number}: {told}{f' and {more} more gaps' if more else ''}."
            )


def several_partitions(seen: Observations) -> Finding | None:
    told = 0 if seen.facts is None else len(seen.facts.partitions)
    count = max(told, seen.partition_count, 1 + max(seen.tally.partitions, default=0))
    if count < 2:
        return None
    outside = seen.tally.seen(Category.OUTSIDE)
    held = ", ".join(
        f"{each.records} in partition {number}"
        for number, each in sorted(seen.tally.partitions.items())
    )
    return Finding(
        code="J10",
        severity="warning" if outside.count else "info",
        summary=f"The topic has {count} partitions, and "
        + (
            f"{pluralize(outside.count, 'record')} {'is' if outside.count == 1 else 'are'} "
            "outside partition 0."
            if outside.count
            else "all records are in partition 0, as they must be."
        ),
        evidence=(
            f"Records: {held or 'none'}.",
            *(
                [f"Outside partition 0: {format_offsets(outside.first, outside.count)}."]
                if outside.count
                else []
            ),
        ),
        records=to_positions(outside.first),
        consequence="Kafka promises no order between partitions: each node may apply such records "
        "at another moment, and come to other tables (J16)."
        if outside.count
        else "Nodes write to partition 0 alone, so nothing is wrong. Whoever else writes with a "
        "key may come to another partition, where no order holds.",
        remedy="Let only registry nodes write to the topic. Partitions can't be taken away: "
        "a journal whose order must be certain again needs a new topic with one.\n"
        f"  bin/kafka-topics.sh --bootstrap-server HOST:PORT --describe --topic {seen.topic}",
    )
