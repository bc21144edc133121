"""tail: decoded records of the topic with their outcomes, filtered and followed."""

import json
from typing import Any

import pytest
from confluent_kafka import Producer
from django.core.management import CommandError

from journal.commands import create_artifact, delete_artifact
from journal.models import LedgerRow
from tests.integration.test_commands import new
from tests.journals import DATA
from tests.own_node import writer
from tests.tools import call, interrupted, line_of, load, started
from tests.waiting import DEADLINE, until

pytestmark = pytest.mark.usefixtures("sqlite_database")

CAPTURE = DATA / "captures" / "2.6.13.jsonl"


def tailed(*arguments: object) -> list[Any]:
    return [json.loads(line) for line in call("tail", "--json", *arguments).splitlines()]


def offsets(*arguments: object) -> list[int]:
    return [each["offset"] for each in tailed(*arguments)]


def test_records_come_decoded_with_what_became_of_them(topic: str, node: None) -> None:
    create_artifact(writer(), new())

    drawn, content = tailed("-n", 5)[0], tailed("--type", "content-v2")[0]

    assert (drawn["type"], drawn["action"], drawn["summary"]) == (
        "ContentId",
        "CREATE",
        "draw a content id",
    )
    assert (content["outcome"], content["contentId"]) == ("applied", 1)
    assert content["req"] == LedgerRow.objects.get(offset=3).req
    assert "0:5  " in call("tail")
    assert "Artifact CREATE  create artifact orders, v1" in call("tail")


def test_matching_records_are_searched_for_as_far_back_as_needed(broker: str) -> None:
    name = load(CAPTURE)
    everything = tailed("--topic", name, "--from", "start")
    versions = [each["offset"] for each in everything if each["type"] == "ArtifactVersion"]

    assert len(everything) == 177
    assert offsets("--topic", name) == list(range(167, 177))
    assert offsets("--topic", name, "--type", "ArtifactVersion", "-n", 3) == versions[-3:]
    assert offsets("--topic", name, "--type", "5", "-n", 1000) == versions
    assert offsets("--topic", name, "--type", "5", "--from", "start", "-n", 2) == versions[:2]


def test_artifact_req_and_offset_narrow_it_down(broker: str) -> None:
    name = load(CAPTURE)
    first, second = tailed("--topic", name, "--from", "20", "-n", 2)
    assert (first["offset"], second["offset"]) == (20, 21)

    assert offsets("--topic", name, "--req", first["req"], "--req", second["req"]) == [20, 21]
    artifact = next(each for each in tailed("--topic", name, "-n", 177) if each["artifactId"])
    found = tailed("--topic", name, "-n", 177, "--artifact", artifact["artifactId"])
    assert {each["artifactId"] for each in found} == {artifact["artifactId"]}
    assert offsets("--topic", name, "--from", "end") == []


def test_outcomes_filter_where_this_node_has_a_ledger_of_the_topic(
    kafka: str, topic: str, node: None
) -> None:
    create_artifact(writer(), new())
    delete_artifact(writer(), "shop", "orders")
    refused = Producer({"bootstrap.servers": kafka})
    refused.produce(topic, key=b'\x05{"tenantId":"_","artifactId":"a","version":"1"}',
                    value=b'\x05{"action":3}', partition=0)  # fmt: skip
    refused.produce(topic, key=b"\x63\x1b[2J", value=b"x", partition=0)
    assert refused.flush(DEADLINE) == 0
    until(lambda: LedgerRow.objects.filter(outcome=4).exists())

    (found,) = tailed("--outcome", "refused")
    assert (found["artifactId"], found["outcome"]) == ("a", "refused")
    assert found["reason"]
    assert {each["outcome"] for each in tailed("--outcome", "no-effect")} == {"no effect"}
    text = call("tail", "--outcome", "undecodable")
    assert "undecodable" in text
    assert "\x1b" not in text


def test_a_filter_by_outcome_needs_a_node_with_a_ledger(
    broker: str, topic: str, sqlite_database: str
) -> None:
    with pytest.raises(CommandError, match="no ledger"):
        call("tail", "--topic", topic, "--outcome", "refused")


@pytest.mark.parametrize(
    "wrong", [("--type", "Nonsense"), ("--outcome", "good"), ("--from", "x"), ("-n", "-1")]
)
def test_unknown_types_and_outcomes_are_rejected(wrong: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match=f"argument {wrong[0]}"):
        call("tail", f"{wrong[0]}={wrong[1]}")


def test_it_follows_and_ends_at_ctrl_c(kafka: str, topic: str, node: None) -> None:
    setting = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "JOURNAL_TOPIC": topic}
    create_artifact(writer(), new())
    with started("tail", "--follow", "--json", "--from", "5", **setting) as process:
        assert json.loads(line_of(process.stdout))["offset"] == 5
        create_artifact(writer(), new("bills", "Bills"))
        live = [json.loads(line_of(process.stdout)) for _ in range(3)]
        assert [each["offset"] for each in live] == [6, 7, 8]

        assert interrupted(process) == (0, "")


def test_it_ends_when_its_output_is_closed(kafka: str, topic: str, node: None) -> None:
    setting = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "JOURNAL_TOPIC": topic}
    create_artifact(writer(), new())
    with started("tail", "--follow", "--from", "start", **setting) as process:
        line_of(process.stdout)
        assert process.stdout is not None
        process.stdout.close()
        create_artifact(writer(), new("bills", "Bills"))

        assert process.wait(DEADLINE) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
