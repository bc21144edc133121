"""Forecasts of recorded and of hand-made journals, and the output of the command."""

import json
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from journal.database.scratch import scratch_database
from journal.dumps.sources import RecordSource
from journal.forecast.cleanup_config import CleanupConfig, InvalidSetting, parse_cleanup_config
from journal.forecast.compaction import Horizon
from journal.forecast.forecast import Forecast, ForecastInput, forecast
from journal.forecast.scenarios import Compaction, Retention, Scenario
from journal.kafka.records import Record
from journal.kafka.topic_description import Setting, TopicDescription
from journal.models import ContentView
from journal.projection.positions import Origin
from journal.projection.replay import replay
from journal.wire.messages import (
    Action,
    ArtifactVersionKey,
    ContentValue,
    GlobalIdKey,
    GlobalIdValue,
    LogConfigKey,
    LogConfigValue,
    Message,
)
from tests.examples import examples
from tests.journals import DATA, read_journal, record, records
from tests.publishing import (
    artifact_rule,
    delete_artifact,
    global_rule,
    group,
    new_artifact,
    new_content,
    new_version,
    old_content,
    role,
    version_record,
)
from tests.random_journals import random_journal
from tests.tools import load

pytestmark = pytest.mark.usefixtures("sqlite_database")

JOURNALS = DATA / "journals"
#: As the incident's topic was; each record is in a segment of its own if its time is apart.
COMPACTING = CleanupConfig(cleanup_policy="compact", segment_ms=100)


def forecast_of(
    journal: Sequence[Record],
    scenario: Scenario | None = None,
    config: CleanupConfig = COMPACTING,
) -> Forecast:
    source = RecordSource(
        len(journal), lambda: (part for part in (journal[:7], journal[7:]) if part)
    )
    journal_input = ForecastInput("t", source, config)
    return forecast(journal_input, scenario or Compaction(), lambda doing, part: None)


def summaries(result: Forecast) -> list[str]:
    return [change.summary for change in result.changes]


@pytest.mark.parametrize("name", ["bug", "control"])
def test_the_recorded_compaction_is_predicted_offset_by_offset(name: str) -> None:
    before = read_journal(JOURNALS / f"{name}-before.jsonl")
    after = read_journal(JOURNALS / f"{name}-after.jsonl")
    result = forecast_of(before, Compaction(Horizon.NEXT))
    gone = result.removals.offsets()[0]
    assert [record.offset for record in before if record.offset not in gone] == [
        record.offset for record in after
    ]


def test_the_incident_is_predicted() -> None:
    result = forecast_of(read_journal(JOURNALS / "bug-before.jsonl"), Compaction(Horizon.NEXT))
    assert summaries(result) == [
        "sequence contentId: value 3 → 2",
        "sequence globalId: value 3 → 2",
    ]
    assert [(record.offset, record.type, record.reason) for record in result.removed] == [
        (1, "ContentId", "offset 5 has its key"),
        (3, "GlobalId", "offset 7 has its key"),
    ]
    assert not result.is_lossless
    assert [record.code for record in result.findings] == ["J02", "J03"]


def test_with_a_nonce_in_the_keys_nothing_would_be_lost() -> None:
    result = forecast_of(read_journal(JOURNALS / "control-before.jsonl"))
    assert result.is_lossless
    assert result.findings == []
    assert result.removals.offsets() == {0: [0, 1]}
    assert result.summary == (
        "2 of 16 records would go, and a replay of the rest would give the same tables."
    )


def compacted(*messages: Message) -> list[str]:
    return summaries(forecast_of(records(*messages)))


def test_a_deleted_version_comes_back() -> None:
    tombstone = Message(ArtifactVersionKey("_", "g", "orders", "2"))
    assert "version 2 of artifact orders in group g, global id 2: new" in compacted(
        new_content(1, "a"),
        new_content(2, "b"),
        new_artifact("orders", 1, "a"),
        new_version("orders", 2, "b"),
        version_record("orders", "2", Action.DELETE),
        tombstone,
    )


def test_a_rule_that_was_created_and_changed_is_lost() -> None:
    assert compacted(
        new_content(1, "a"),
        new_artifact("orders", 1, "a"),
        artifact_rule("orders", Action.CREATE, "FULL"),
        artifact_rule("orders", Action.UPDATE, "NONE"),
        global_rule(Action.CREATE, "FULL"),
        global_rule(Action.UPDATE, "NONE"),
    ) == [
        "rule COMPATIBILITY of artifact orders in group g: gone",
        "global rule COMPATIBILITY: gone",
    ]


def test_a_role_that_was_changed_is_lost() -> None:
    assert compacted(role(Action.CREATE, "ADMIN"), role(Action.UPDATE, "READ_ONLY")) == [
        "role of fay: gone"
    ]


def test_the_last_of_several_loggers_survives() -> None:
    messages = [
        Message(LogConfigKey("_"), LogConfigValue(Action.UPDATE, name, "DEBUG"))
        for name in ("one", "two")
    ]
    assert compacted(*messages) == ["level of logger one: gone"]


def test_artifacts_of_a_deleted_group_come_back() -> None:
    assert "artifact orders in group g: new" in compacted(
        new_content(1, "a"),
        group(Action.CREATE),
        new_artifact("orders", 1, "a"),
        group(Action.DELETE),
        group(Action.CREATE),
    )


def test_a_content_that_an_upgrader_wrote_again_loses_its_bytes() -> None:
    first = old_content(1, "a")
    again = Message(first.key, ContentValue(Action.UPDATE, "another canon", b""))
    result = compacted(first, new_artifact("orders", 1, "a"), again)
    assert "content 1: gone" in result
    assert "artifact orders in group g: gone" in result


def test_a_deleted_artifact_stays_deleted() -> None:
    messages = [new_content(1, "a"), new_artifact("orders", 1, "a"), delete_artifact("orders")]
    assert compacted(*messages) == []


@given(st.integers(0, 10_000), st.sampled_from(Horizon))
@examples(test=15, soak=200)
def test_changes_are_predicted_exactly_if_the_digests_differ(seed: int, horizon: Horizon) -> None:
    journal = random_journal(seed, 120)
    result = forecast_of(journal, Compaction(horizon), replace(COMPACTING, segment_ms=10))
    rest = [record for record in journal if not result.removals.contains(record)]
    assert result.is_lossless == (digest_of(journal) == digest_of(rest))
    assert len(result.removed) == len(result.removals) == len(journal) - len(rest)


def digest_of(journal: Sequence[Record]) -> str:
    with scratch_database() as scratch:
        ends = {0: len(journal)}
        # The choice of `auto`: such a journal has records of the newer nodes.
        origin = Origin("t", ContentView.LAST_WINS)
        return replay([journal], ends, origin, scratch, lambda done: None).digest


def draws(count: int) -> list[Record]:
    """Build id records that are a second apart."""
    messages = [
        Message(GlobalIdKey("_", f"uuid {number}"), GlobalIdValue(Action.CREATE))
        for number in range(count)
    ]
    return [
        replace(record(message, offset), timestamp=1000 * offset)
        for offset, message in enumerate(messages)
    ]


def test_retention_is_predicted_by_a_date() -> None:
    config = CleanupConfig(retention_ms=5000, segment_ms=100)
    result = forecast_of(draws(10), Retention(by=8500), config)
    assert result.removals.offsets() == {0: [0, 1, 2, 3]}
    assert summaries(result) == ["sequence globalId: value 10 → 6"]
    assert forecast_of(draws(10), Retention(by=5000), config).is_lossless
    assert len(forecast_of(draws(10), Retention(by=99_000), config).removals) == 10


def test_segments_go_as_a_whole() -> None:
    config = CleanupConfig(retention_ms=5000, segment_ms=2500)
    result = forecast_of(draws(10), Retention(by=9500), config)
    # Offsets 0 to 2 are a segment, 3 to 5 the next; 3 and 4 are too old, 5 is not.
    assert result.removals.offsets() == {0: [0, 1, 2]}
    assert "keeps all from offset 5 on" in " ".join(result.notes)


def test_retention_by_size_is_predicted() -> None:
    journal = draws(10)
    result = forecast_of(journal, Retention(by=0, retention_bytes=500), replace(COMPACTING))
    assert 0 < len(result.removals) < 10
    assert forecast_of(journal, Retention(by=0, retention_bytes=10**9), COMPACTING).is_lossless


def test_a_setting_that_is_no_number_is_named() -> None:
    with pytest.raises(InvalidSetting, match=r"segment\.ms is 'soon'"):
        parse_cleanup_config(TopicDescription({"segment.ms": Setting("soon")}))


def test_a_record_lost_between_two_readings_is_reported() -> None:
    journal = read_journal(JOURNALS / "bug-before.jsonl")
    readings = iter([journal, journal[1:], journal[1:]])
    source = RecordSource(13, lambda: iter([next(readings)]))
    result = forecast(
        ForecastInput("t", source, COMPACTING), Compaction(), lambda doing, part: None
    )
    assert "13 were there, then 12" in result.notes[-1]


# The commands


def simulate(*arguments: object) -> tuple[int, str]:
    """Return the exit code of `simulate`, and what it printed."""
    out = StringIO()
    try:
        call_command("simulate", *map(str, arguments), stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_the_command_reports_the_losses_of_a_dump() -> None:
    dump = JOURNALS / "bug-before.jsonl"
    code, text = simulate("compaction", "--dump", dump)
    assert code == 1
    assert "5 of 13 records would go" in text
    assert "0:7 GlobalId: draw a global id; offset 11 has its key" in text
    assert "sequence contentId: value 3 → 1" in text


def test_the_command_prints_a_document_that_has_all_offsets() -> None:
    code, text = simulate("compaction", "--dump", JOURNALS / "bug-before.jsonl", "--json")
    document = json.loads(text)
    assert code == 1
    assert document["removed"]["offsets"] == {"0": [0, 1, 3, 5, 7]}
    assert document["removed"]["types"] == {"ContentId": 2, "GlobalId": 2, "Bootstrap": 1}
    assert document["changed"]["rows"][0] == {
        "table": "sequences",
        "change": "changed",
        "subject": "sequence contentId",
        "key": {"tenant_id": "_", "name": "contentId"},
        "before": {"tenant_id": "_", "name": "contentId", "value": 3},
        "after": {"tenant_id": "_", "name": "contentId", "value": 1},
    }


def test_a_dump_is_simulated_with_the_given_settings() -> None:
    strimzi = DATA / "strimzi"
    dump = "--dump", JOURNALS / "bug-before.jsonl"
    kept = simulate("compaction", *dump, "--topic-config", strimzi / "keeping-topic.yaml")
    lost = simulate("compaction", *dump, "--topic-config", strimzi / "compacting-topic.yaml")
    assert kept[0] == 0
    assert "The topic is not compacted: its cleanup.policy is delete." in kept[1]
    assert lost[0] == 1
    assert simulate("retention", *dump, "--topic-config", strimzi / "keeping-topic.yaml")[0] == 0


def test_an_existing_topic_is_simulated(broker: str) -> None:
    name = load(JOURNALS / "bug-before.jsonl")
    assert simulate("compaction", "--topic", name)[0] == 0
    code, text = simulate("compaction", "--topic", name, "--assume")
    assert code == 1
    assert "sequence contentId: value 3 → 1" in text
    assert simulate("retention", "--topic", name)[0] == 0
    assert simulate("retention", "--topic", name, "--ms", "1", "--by", "2100-01-01")[0] == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("compaction", "--topic", "tools-that-is-not-there"), "Unknown topic"),
        (("compaction", "--dump", "/no/such/dump"), "No such file"),
        (("retention", "--dump", JOURNALS / "bug-before.jsonl"), "give --topic-config"),
        (("compaction", "--dump", DATA / "strimzi" / "keeping-topic.yaml"), "line 1"),
        (("compaction", "--dump", "x", "--topic-config", "/no/such/text"), "No such file"),
    ],
)
def test_without_an_answer_the_exit_code_is_2(
    broker: str, arguments: tuple[object, ...], reason: str
) -> None:
    with pytest.raises(CommandError, match=reason) as error:
        simulate(*arguments)
    assert error.value.returncode == 2


def test_an_invalid_date_or_limit_is_rejected() -> None:
    dump = JOURNALS / "bug-before.jsonl"
    for wrong in (("--by", "soon"), ("--ms", "-5"), ("--bytes", "1e3")):
        with pytest.raises(CommandError, match="is no"):
            simulate("retention", "--dump", dump, *wrong)
