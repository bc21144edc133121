"""The simulated cleaner and retention, against what is true of them for any journal."""

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
_SETTINGS = st.builds(
    CleanupConfig,
    segment_ms=st.integers(1, 1000),
    segment_bytes=st.integers(100, 1000),
    min_compaction_lag_ms=st.sampled_from([0, 500, 5000]),
)


def survey_of(settings: CleanupConfig, records: list[Record]) -> TopicScan:
    survey = TopicScan(settings)
    survey.add(records)
    return survey


def journal_of(rows: Iterable[tuple[int, bytes | None, bytes | None, int]]) -> list[Record]:
    """Of partition, key, value and ms since the record before."""
    now, offsets, records = 0, {0: 0, 1: 0}, []
    for partition, key, value, pause in rows:
        now += pause
        records.append(Record(partition, offsets[partition], now, "LogAppendTime", (), key, value))
        offsets[partition] += 1
    return records


def left_by(cleaner: LogCleaner | SegmentExpiry, records: list[Record]) -> list[Record]:
    for each in records:
        cleaner.process(each)
    removals = cleaner.removals()
    left = [each for each in records if not removals.contains(each)]
    assert len(records) - len(left) == len(removals)
    assert all(removals.reason(each) for each in records if each not in left)
    return left


def cleaned(records: list[Record], survey: TopicScan, horizon: Horizon) -> list[Record]:
    ends = cleanable_ends(survey, horizon, _NOW)
    return left_by(LogCleaner(ends, drops_tombstones=horizon is Horizon.END), records)


@given(_RECORDS, _SETTINGS)
def test_cleaning_twice_is_cleaning_once(
    rows: list[tuple[int, bytes | None, bytes | None, int]], settings: CleanupConfig
) -> None:
    records = journal_of(rows)
    ends = cleanable_ends(survey_of(settings, records), Horizon.NEXT, _NOW)
    once = left_by(LogCleaner(ends, drops_tombstones=False), records)
    assert left_by(LogCleaner(ends, drops_tombstones=False), once) == once


@given(_RECORDS, _SETTINGS)
def test_in_the_end_each_key_has_its_newest_value_alone(
    rows: list[tuple[int, bytes | None, bytes | None, int]], settings: CleanupConfig
) -> None:
    records = journal_of(rows)
    newest = {(each.partition, each.key): each for each in records}
    left = cleaned(records, survey_of(settings, records), Horizon.END)
    assert left == [
        each
        for each in records
        if newest[each.partition, each.key] is each and None not in (each.key, each.value)
    ]
    assert cleaned(left, survey_of(settings, left), Horizon.END) == left


@given(_RECORDS, _SETTINGS)
def test_the_next_run_takes_nothing_from_the_active_segment_nor_a_newest_record(
    rows: list[tuple[int, bytes | None, bytes | None, int]], settings: CleanupConfig
) -> None:
    records = journal_of(rows)
    survey = survey_of(settings, records)
    left = cleaned(records, survey, Horizon.NEXT)
    active = {partition: each.bases[-1] for partition, each in survey.segments.items()}
    assert [each for each in records if each.offset >= active[each.partition]] == [
        each for each in left if each.offset >= active[each.partition]
    ]
    newest = {(each.partition, each.key): each for each in records if each.key is not None}
    assert all(each in left for each in newest.values())


@given(_RECORDS, _SETTINGS)
def test_the_next_run_takes_no_more_than_all_runs_together(
    rows: list[tuple[int, bytes | None, bytes | None, int]], settings: CleanupConfig
) -> None:
    records = journal_of(rows)
    survey = survey_of(settings, records)
    after_next = cleaned(records, survey, Horizon.NEXT)
    in_the_end = cleaned(records, survey, Horizon.END)
    assert all(each in after_next for each in in_the_end)
    assert cleaned(after_next, survey, Horizon.END) == in_the_end


def test_a_record_younger_than_the_lag_holds_up_the_cleaner() -> None:
    settings = CleanupConfig(segment_ms=1, min_compaction_lag_ms=100)
    records = journal_of([(0, b"a", b"1", 10)] * 20)
    survey = survey_of(settings, records)
    ends = cleanable_ends(survey, Horizon.NEXT, now=200)
    # The eleventh record is of 110 ms: the first one that is younger than 100 ms at 200.
    assert ends == {0: 10}


@given(_RECORDS, _SETTINGS, st.integers(0, 20_000), st.integers(-1, 8000), st.integers(-1, 4000))
def test_retention_takes_whole_segments_from_the_start(
    rows: list[tuple[int, bytes | None, bytes | None, int]],
    settings: CleanupConfig,
    when: int,
    limit_ms: int,
    limit_bytes: int,
) -> None:
    records = journal_of(rows)
    settings = replace(settings, retention_ms=limit_ms, retention_bytes=limit_bytes)
    survey = survey_of(settings, records)
    starts = new_starts(survey, settings, when)
    left = left_by(SegmentExpiry(starts, when - limit_ms), records)
    assert left == [each for each in records if each.offset >= starts[each.partition]]
    for partition, segments in survey.segments.items():
        assert starts[partition] in {*segments.bases, survey.ends[partition]}


@given(_RECORDS, _SETTINGS, st.integers(0, 20_000), st.integers(0, 8000))
def test_retention_by_time_takes_no_record_that_is_young_enough(
    rows: list[tuple[int, bytes | None, bytes | None, int]],
    settings: CleanupConfig,
    when: int,
    limit_ms: int,
) -> None:
    records = journal_of(rows)
    settings = replace(settings, retention_ms=limit_ms)
    starts = new_starts(survey_of(settings, records), settings, when)
    expiry = SegmentExpiry(starts, when - limit_ms)
    left = left_by(expiry, records)
    assert [
        each for each in records if when - each.timestamp <= limit_ms and each not in left
    ] == []
    assert all(expiry.latest_starts[partition] >= start for partition, start in starts.items())


def test_retention_by_size_leaves_at_least_the_size() -> None:
    settings = CleanupConfig(segment_ms=1, retention_ms=-1, retention_bytes=250)
    records = journal_of([(0, b"a", b"1" * 28, 10)] * 10)
    # Each segment takes 100 bytes; seven leave 300, an eighth would leave 200.
    assert new_starts(survey_of(settings, records), settings, when=0) == {0: 7}


def test_a_topic_that_is_not_compacted_loses_nothing_so_unless_that_is_assumed() -> None:
    plain = CleanupConfig(retention_ms=-1)
    assert "cleanup.policy is delete" in Compaction().not_applicable_reason(plain)
    assert Compaction(is_assumed=True).not_applicable_reason(plain) == ""
    assert "no limit" in Retention(by=0).not_applicable_reason(plain)
    assert Retention(by=0, retention_bytes=5).not_applicable_reason(plain) == ""
