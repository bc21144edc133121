"""J06 and J10: offsets without a record, and records in several partitions."""

from journal.health.findings import Finding, Severity, to_positions
from journal.health.formatting import format_offsets, pluralize
from journal.health.observations import Observations
from journal.projection.tally import Category


def offset_gaps(observations: Observations) -> Finding | None:
    partitions = observations.tally.partitions
    gaps = sum(partition.gaps for partition in partitions.values())
    missing = sum(partition.missing for partition in partitions.values())
    # Offsets before the first record that the start of the log does not explain.
    late = {}
    for number, partition in partitions.items():
        first = partition.first.offset
        start = 0 if observations.is_dump else observations.log_starts.get(number, first)
        if first > start:
            late[number] = first - start
    if missing <= sum(gap.count for gap in observations.missing_offsets) and not late:
        # J08 reports them.
        return None
    explanation = _explain(observations, gaps, missing, late)
    if explanation is None:
        return None
    severity, reason = explanation
    evidence = []
    for number, partition in partitions.items():
        if number in late:
            evidence.append(f"Partition {number} begins at offset {partition.first.offset}.")
        if partition.missing:
            ranges = ", ".join(
                str(low) if low == high else f"{low} to {high}" for low, high in partition.stretches
            )
            more = partition.gaps - len(partition.stretches)
            evidence.append(
                f"{partition.missing} of the offsets {partition.first.offset} to "
                f"{partition.last.offset} of partition {number}: {ranges}"
                f"{f' and {more} more gaps' if more else ''}."
            )
    total = missing + sum(late.values())
    return Finding(
        code="J06",
        severity=severity,
        summary=f"{pluralize(total, 'offset')} of the journal {'holds' if total == 1 else 'hold'} "
        f"no record, in {pluralize(gaps + len(late), 'gap')}. {reason}",
        evidence=tuple(evidence),
        consequence="If records of the journal were in these places, what they said is known to "
        "nodes that applied them in time, and to no other. Id records among them are told by J02, "
        "contents by J04 and J05; a deletion that is gone leaves no trace.",
        remedy="Compare the state digests of nodes that started at different times, and the "
        "topic with its backup. If the topic is compacted or deletes old records, change its "
        "settings first (J01, J07).\n  python manage.py digest",
    )


def _explain(
    observations: Observations, gaps: int, missing: int, late: dict[int, int]
) -> tuple[Severity, str] | None:
    """Return severity and reason, None for ordinary gaps."""
    if observations.is_dump and not missing:
        return "info", "The dump begins after the topic's first offset, or the topic does."
    description = observations.topic_description
    if description is None:
        return "info", "The topic's settings, which would explain them, are not known."
    if "compact" in (description.value("cleanup.policy") or "delete"):
        return "info", "Compaction explains them: the topic is compacted (J01)."
    if any(
        draws.lacking
        for sequences in observations.tally.draws.values()
        for draws in sequences.values()
    ):
        return "info", "Id records are missing as well: the topic was compacted before."
    if gaps == missing and all(count == 1 for count in late.values()):
        # The control records of transactions, each after the records that it ends.
        return None
    return "warning", (
        "Nothing explains them: the topic does not compact, and the control records of "
        "transactions leave gaps of one."
    )


def several_partitions(observations: Observations) -> Finding | None:
    description, tally = observations.topic_description, observations.tally
    count = max(
        0 if description is None else len(description.partitions),
        observations.partition_count,
        1 + max(tally.partitions, default=0),
    )
    if count < 2:
        return None
    outside = tally.occurrences(Category.OUTSIDE)
    by_partition = ", ".join(
        f"{partition.records} in partition {number}"
        for number, partition in sorted(tally.partitions.items())
    )
    evidence = [f"Records: {by_partition or 'none'}."]
    if outside.count:
        evidence.append(f"Outside partition 0: {format_offsets(outside.first, outside.count)}.")
        where = (
            f"{pluralize(outside.count, 'record')} {'is' if outside.count == 1 else 'are'} "
            "outside partition 0."
        )
        consequence = (
            "Kafka promises no order between partitions: each node may apply such records at "
            "another moment, and come to other tables (J16)."
        )
    else:
        where = "all records are in partition 0, as they must be."
        consequence = (
            "Nodes write to partition 0 alone, so nothing is wrong. Whoever else writes with a "
            "key may come to another partition, where no order holds."
        )
    return Finding(
        code="J10",
        severity="warning" if outside.count else "info",
        summary=f"The topic has {count} partitions, and {where}",
        evidence=tuple(evidence),
        records=to_positions(outside.first),
        consequence=consequence,
        remedy="Let only registry nodes write to the topic. Partitions can't be taken away: "
        "a journal whose order must be certain again needs a new topic with one.\n"
        "  bin/kafka-topics.sh --bootstrap-server HOST:PORT --describe --topic "
        f"{observations.topic}",
    )
