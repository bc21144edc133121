"""Properties of the simulated cleaner and retention that hold for any journal."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from journal.forecast.cleanup_config import CleanupConfig
from journal.forecast.compaction import Horizon, LogCleaner, cleanable_ends
from journal.forecast.retention import SegmentExpiry, new_starts
from journal.forecast.scenarios import Compaction, Retention
from journal.forecast.segments import TopicScan
from journal.kafka.records import Record

_NOW = 10_000_000

_RECORDS = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 0, 1]),
        st.sampled_from([None, b"", b"a", b"b", b"c", b"d"]),
        st.sampled_from([None, b"", b"value"]),
        st.integers(0, 400),
    ),
    max_size=40,
)
_CONFIGS = st.builds(
    CleanupConfig,
    segment_ms=st.integers(1, 1000),
    segment_bytes=st.integers(100, 1000),
    min_compaction_lag_ms=st.sampled_from([0, 500, 5000]),
)


def scan_of(config: CleanupConfig, records: list[Record]) -> TopicScan:
    scan = TopicScan(config)
    scan.add(records)
    return scan


def journal_of(rows: Iterable[tuple[int, bytes | None, bytes | None, int]]) -> list[Record]:
    """Build records of partition, key, value and ms since the record before."""
    timestamp, offsets, records = 0, {0: 0, 1: 0}, []
    for partition, key, value, pause in rows:
        timestamp += pause
        records.append(
            Record(partition, offsets[partition], timestamp, "LogAppendTime", (), key, value)
        )
        offsets[partition] += 1
    return records


def remaining_after(cleaner: LogCleaner | SegmentExpiry, records: list[Record]) -> list[Record]:
    for record in records:
        cleaner.process(record)
    removals = cleaner.removals()
    left = [record for record in records if not removals.contains(record)]
    assert len(records) - len(left) == len(removals)
    assert all(removals.reason(record) for record in records if record not in left)
    return left


def cleaned(records: list[Record], scan: TopicScan, horizon: Horizon) -> list[Record]:
    ends = cleanable_ends(scan, horizon, _NOW)
    return remaining_after(LogCleaner(ends, drops_tombstones=horizon is Horizon.END), records)


@given(_RECORDS, _CONFIGS)
def test_cleaning_twice_is_cleaning_once(
    rows: list[tuple[int, bytes | None, bytes | None, int]], config: CleanupConfig
) -> None:
    records = journal_of(rows)
    ends = cleanable_ends(scan_of(config, records), Horizon.NEXT, _NOW)
    once = remaining_after(LogCleaner(ends, drops_tombstones=False), records)
    assert remaining_after(LogCleaner(ends, drops_tombstones=False), once) == once


@given(_RECORDS, _CONFIGS)
def test_in_the_end_each_key_has_its_newest_value_alone(
    rows: list[tuple[int, bytes | None, bytes | None, int]], config: CleanupConfig
) -> None:
    records = journal_of(rows)
    newest = {(record.partition, record.key): record for record in records}
    left = cleaned(records, scan_of(config, records), Horizon.END)
    assert left == [
        record
        for record in records
        if newest[record.partition, record.key] is record and None not in (record.key, record.value)
    ]
    assert cleaned(left, scan_of(config, left), Horizon.END) == left


@given(_RECORDS, _CONFIGS)
def test_the_next_run_removes_nothing_of_the_active_segment_and_no_newest_record(
    rows: list[tuple[int, bytes | None, bytes | None, int]], config: CleanupConfig
) -> None:
    records = journal_of(rows)
    scan = scan_of(config, records)
    left = cleaned(records, scan, Horizon.NEXT)
    active = {partition: record.bases[-1] for partition, record in scan.segments.items()}
    assert [record for record in records if record.offset >= active[record.partition]] == [
        record for record in left if record.offset >= active[record.partition]
    ]
    newest = {
        (record.partition, record.key): record for record in records if record.key is not None
    }
    assert all(record in left for record in newest.values())


@given(_RECORDS, _CONFIGS)
def test_the_next_run_removes_no_more_than_all_runs_together(
    rows: list[tuple[int, bytes | None, bytes | None, int]], config: CleanupConfig
) -> None:
    records = journal_of(rows)
    scan = scan_of(config, records)
    after_next = cleaned(records, scan, Horizon.NEXT)
    in_the_end = cleaned(records, scan, Horizon.END)
    assert all(record in after_next for record in in_the_end)
    assert cleaned(after_next, scan, Horizon.END) == in_the_end


def test_a_record_younger_than_the_lag_holds_up_the_cleaner() -> None:
    config = CleanupConfig(segment_ms=1, min_compaction_lag_ms=100)
    records = journal_of([(0, b"a", b"1", 10)] * 20)
    scan = scan_of(config, records)
    ends = cleanable_ends(scan, Horizon.NEXT, now=200)
    # The eleventh record is of 110 ms: the first one that is younger than 100 ms at 200.
    assert ends == {0: 10}


@given(_RECORDS, _CONFIGS, st.integers(0, 20_000), st.integers(-1, 8000), st.integers(-1, 4000))
def test_retention_removes_whole_segments_from_the_start(
    rows: list[tuple[int, bytes | None, bytes | None, int]],
    config: CleanupConfig,
    when: int,
    limit_ms: int,
    limit_bytes: int,
) -> None:
    records = journal_of(rows)
    config = replace(config, retention_ms=limit_ms, retention_bytes=limit_bytes)
    scan = scan_of(config, records)
    starts = new_starts(scan, config, when)
    left = remaining_after(SegmentExpiry(starts, when - limit_ms), records)
    assert left == [record for record in records if record.offset >= starts[record.partition]]
    for partition, segments in scan.segments.items():
        assert starts[partition] in {*segments.bases, scan.ends[partition]}


@given(_RECORDS, _CONFIGS, st.integers(0, 20_000), st.integers(0, 8000))
def test_retention_by_time_removes_no_record_that_is_young_enough(
    rows: list[tuple[int, bytes | None, bytes | None, int]],
    config: CleanupConfig,
    when: int,
    limit_ms: int,
) -> None:
    records = journal_of(rows)
    config = replace(config, retention_ms=limit_ms)
    starts = new_starts(scan_of(config, records), config, when)
    expiry = SegmentExpiry(starts, when - limit_ms)
    left = remaining_after(expiry, records)
    assert [
        record for record in records if when - record.timestamp <= limit_ms and record not in left
    ] == []
    assert all(expiry.latest_starts[partition] >= start for partition, start in starts.items())


def test_retention_by_size_leaves_at_least_the_size() -> None:
    config = CleanupConfig(segment_ms=1, retention_ms=-1, retention_bytes=250)
    records = journal_of([(0, b"a", b"1" * 28, 10)] * 10)
    # Each segment takes 100 bytes; seven leave 300, an eighth would leave 200.
    assert new_starts(scan_of(config, records), config, when=0) == {0: 7}


def test_a_topic_that_is_not_compacted_loses_nothing_unless_compaction_is_assumed() -> None:
    plain = CleanupConfig(retention_ms=-1)
    assert "cleanup.policy is delete" in Compaction().not_applicable_reason(plain)
    assert Compaction(is_assumed=True).not_applicable_reason(plain) == ""
    assert "no limit" in Retention(by=0).not_applicable_reason(plain)
    assert Retention(by=0, retention_bytes=5).not_applicable_reason(plain) == ""
