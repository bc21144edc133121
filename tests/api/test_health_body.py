"""The body of /health/ready: the state digest, and the progress of a replay."""

import time
from dataclasses import replace
from typing import Any

from journal.health.node_state import node_state
from journal.health.state_digest import StateDigestCache, state_digest
from journal.ledger.upgrades import UpgradeState, upgrade_state
from journal.models import ContentView, WorkerStatus
from tests.journals import DATA, apply_to_database, read_journal
from tests.own_node import Client
from tests.waiting import until

ARTIFACTS = "/apis/registry/v2/groups/shop/artifacts"
JOURNALS = DATA / "journals"


def ready() -> dict[str, Any]:
    body: dict[str, Any] = Client().get("/health/ready").json()
    return body


def current_digest() -> dict[str, Any] | None:
    """Return the digest of everything applied; None while it is being made."""
    digest: dict[str, Any] = ready()["digest"] or {}
    return digest if digest.get("offsets") == {"0": node_state().applied} else None


def test_readiness_has_the_digest_and_its_offsets(node_on_each: None) -> None:
    Client().post(ARTIFACTS, '{"type":"string"}', content_type="application/json")
    digest = until(current_digest)

    assert digest is not None
    assert digest["value"] == state_digest().value
    assert digest["contentView"] == "last-wins"


def test_a_digest_is_cached_while_nothing_is_applied(sqlite_database: str) -> None:
    apply_to_database(read_journal(JOURNALS / "2.1.5.jsonl"))
    cache, offsets = StateDigestCache(), state_digest().offsets

    first = until(lambda: cache.latest(offsets, ContentView.FIRST_WINS))

    assert cache.latest(offsets, ContentView.FIRST_WINS) is first


def test_a_replay_reports_its_offset_its_rate_and_the_time_left(sqlite_database: str) -> None:
    apply_to_database(read_journal(JOURNALS / "2.1.5.jsonl"))
    applied = state_digest().offsets[0]
    WorkerStatus.objects.using("journal").create(
        id=1,
        pid=1,
        beat=time.time_ns() // 1_000_000,
        is_caught_up=False,
        is_broker_reachable=True,
        start_offsets="{}",
        end_offsets=f'{{"0": {applied + 90_000}}}',
        trouble="",
        rate=45_000.0,
    )

    body = ready()

    assert (body["applied"], body["rate"], body["secondsLeft"]) == (applied, 45_000, 2)
    reason = next(check["reason"] for check in body["checks"] if check["name"] == "replay")
    assert reason.endswith("offsets, 45,000 a second, about 2 s left")
    assert "digest" not in body


def test_a_rate_of_nothing_gives_no_time_left(sqlite_database: str) -> None:
    state = replace(node_state(), rate=0.0)
    assert state.seconds_left is None
    assert state.content_view is None


def test_the_topic_s_version_is_the_one_that_was_committed(each_database: str) -> None:
    assert upgrade_state() == UpgradeState(1, None)

    apply_to_database(
        read_journal(JOURNALS / "upgrade-after-start.jsonl"), view=ContentView.LAST_WINS
    )

    assert upgrade_state() == UpgradeState(2, None)
