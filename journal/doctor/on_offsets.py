"""J06, J08 and J10: offsets without a record, at the start and in between, and partitions."""

from collections.abc import Mapping

from journal.doctor.findings import Finding, places
from journal.doctor.observations import Observations
from journal.doctor.wording import NAMED_AT_MOST, keep_everything, offsets_of, time_of
from journal.tally import PartitionTally, Sort


def gaps(seen: Observations) -> Finding | None:
    """Single offsets are control records as a rule, and nobody misses those."""
    policy = None if seen.facts is None else seen.facts.value("cleanup.policy") or "delete"
    wide = {
        number: each
        for number, each in seen.tally.partitions.items()
        if each.missing > each.gaps or (each.gaps and policy is not None and "compact" in policy)
    }
    if not wide:
        return None
    is_compacted = policy is not None and "compact" in policy
    missing = sum(each.missing for each in wide.values())
    stretches = sum(each.gaps for each in wide.values())
    return Finding(
        code="J06",
        severity="info" if is_compacted or policy is None else "warning",
        summary=f"{missing} offsets in {stretches} places between the records hold none.",
        evidence=tuple(_stretches(number, each) for number, each in sorted(wide.items())),
        consequence="The topic is compacted: these records were superseded by later ones with the "
        "same key, see what that loses (J01, J02)."
        if is_compacted
        else "Records were removed here once, by compaction or by hand: single offsets may be "
        "marks of transactions, these are more. What they said is in no table.",
        remedy=keep_everything(seen.topic),
    )


def _stretches(number: int, partition: PartitionTally) -> str:
    told = ", ".join(
        str(first) if first == last else f"{first} to {last}" for first, last in partition.stretches
    )
    more = partition.gaps - len(partition.stretches)
    also = f" and {more} more places" if more else ""
    return f"Partition {number}: {told}{also}."


def missed_records(seen: Observations) -> Finding | None:
    cut = {number: start for number, start in seen.log_starts.items() if start > 0}
    if not seen.missed and not cut:
        return None
    some = seen.missed[:NAMED_AT_MOST]
    more = len(seen.missed) - len(some)
    return Finding(
        code="J08",
        severity="error" if cut or any(each.is_whole for each in seen.missed) else "warning",
        summary=_loss(seen, cut),
        evidence=(
            *(_start(seen, number, start) for number, start in sorted(cut.items())),
            *(f"Gone: {each.words}, noticed {time_of(each.noticed_at)}." for each in some),
            *([f"And {more} more such stretches."] if more else []),
        ),
        consequence=_CONSEQUENCE if seen.missed else _CONSEQUENCE_FOR_OTHERS,
        remedy="If another node applied them, or a backup of the topic has them, go on from "
        "there. Else stop this node and rebuild its tables, which then are what the topic as it "
        "is says, and read first what that loses:\n  python manage.py rebuild",
    )


_CONSEQUENCE = (
    "What they said is not in these tables. Nodes that applied them in time hold other rows, and "
    "so does a node that replays the topic now; the state digests may differ."
)
_CONSEQUENCE_FOR_OTHERS = (
    "A node that starts anew can't derive what they said: it will hold other rows than this one, "
    "and lower sequences (J03)."
)


def _loss(seen: Observations, cut: Mapping[int, int]) -> str:
    if seen.missed:
        count = sum(each.count for each in seen.missed)
        return (
            "Records were gone from the topic before this node came to them: "
            f"{count} offsets held none any more."
        )
    return f"The first {sum(cut.values())} offsets of the topic are gone."


def _start(seen: Observations, number: int, start: int) -> str:
    partition = seen.tally.partitions.get(number)
    first = None if partition is None else partition.first.offset
    had = first is not None and first < start
    held = "this node applied what was before it" if had else "this node never saw what was before"
    return f"Partition {number} begins at offset {start} now; {held}."


def partitions(seen: Observations) -> Finding | None:
    outside = seen.tally.seen(Sort.OUTSIDE)
    if not outside.count:
        return None
    counts = ", ".join(
        f"{each.records} in partition {number}"
        for number, each in sorted(seen.tally.partitions.items())
    )
    return Finding(
        code="J10",
        severity="warning",
        summary=f"{outside.count} records are outside partition 0, where every node writes.",
        evidence=(
            f"Records: {counts}.",
            f"The first ones: {offsets_of(outside.first, outside.count)}.",
        ),
        records=places(outside.first),
        consequence="Kafka promises no order between partitions: an artifact record may be applied "
        "before its content, and two nodes may come to different tables.",
        remedy="Nodes write partition 0 alone, so a tool that loads by key has done this. Load the "
        "records again into partition 0, in the order of their times:\n"
        "  python manage.py dump journal.jsonl\n"
        "  python manage.py load_dump journal.jsonl --topic NEW",
    )
