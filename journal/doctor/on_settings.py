"""J01 and J07: settings of the topic under which records are lost."""

from collections.abc import Iterable

from journal.doctor.findings import Finding, places
from journal.doctor.observations import Observations
from journal.doctor.on_sequences import nonce_evidence
from journal.doctor.wording import keep_everything, time_of
from journal.tally import Sort, Tally

_DAY_MS = 24 * 60 * 60 * 1000
#: What a broker falls back to when neither it nor the topic was told another retention.
_BROKERS_RETENTION = "7 days unless the broker was told otherwise"


def compaction(seen: Observations) -> Finding | None:
    policy = _policy(seen)
    if policy is None or "compact" not in policy:
        return None
    bare = seen.tally.seen(Sort.WITHOUT_NONCE)
    setting = f"Topic {seen.topic} has cleanup.policy={policy}."
    if bare.count:
        return Finding(
            code="J01",
            severity="error",
            summary="The topic is compacted, and writers older than 2.1.4 wrote id records whose "
            "keys are all alike: compaction removes all but the last of them.",
            evidence=(setting, nonce_evidence(seen.tally)),
            records=places(bare.first),
            consequence="Each id record that compaction removes leaves the sequence one id further "
            "behind at the next replay, until uploads fail (J02, J03).",
            remedy=f"{keep_everything(seen.topic)}\nThen upgrade every node to 2.1.4 or newer.",
        )
    return Finding(
        code="J01",
        severity="warning",
        summary="The topic is compacted. Id records are safe, since all have a nonce, "
        "but other records whose key is written twice are not.",
        evidence=(setting, nonce_evidence(seen.tally)),
        consequence="After a compaction and a replay, deleted versions and groups can come back, "
        "and rules that were changed after their creation can be lost.",
        remedy=keep_everything(seen.topic),
    )


def finite_retention(seen: Observations) -> Finding | None:
    config, policy = seen.topic_config, _policy(seen)
    if config is None or policy is None or "delete" not in policy:
        return None
    finite = [
        f"{name}={config[name]}"
        for name in ("retention.ms", "retention.bytes")
        if config.get(name, "-1") != "-1"
    ]
    if not finite and "retention.ms" in config:
        return None
    told = ", ".join(finite) or f"no retention.ms: {_BROKERS_RETENTION}"
    return Finding(
        code="J07",
        severity="error" if finite else "warning",
        summary=f"The broker may delete the oldest records of the journal: {told}.",
        evidence=(
            f"Topic {seen.topic} has cleanup.policy={policy}, {told}.",
            *_first_loss(_oldest(seen.tally), config.get("retention.ms")),
        ),
        consequence="Every node builds its tables from the journal's beginning: what was deleted "
        "from the topic is missing in every node that replays it, artifacts and ids alike.",
        remedy=keep_everything(seen.topic),
    )


def _first_loss(oldest: int | None, retention: str | None) -> Iterable[str]:
    if oldest is None:
        return
    yield f"The oldest record that was applied is of {time_of(oldest)}."
    if retention is not None and retention.isdigit():
        days = int(retention) / _DAY_MS
        yield (
            f"It may be deleted from {time_of(oldest + int(retention))} on, "
            f"{days:.3g} days after it was written."
        )


def _oldest(tally: Tally) -> int | None:
    return min((each.first.timestamp for each in tally.partitions.values()), default=None)


def _policy(seen: Observations) -> str | None:
    """None if nobody told the topic's settings; a topic that says nothing has Kafka's default."""
    if seen.topic_config is None:
        return None
    return seen.topic_config.get("cleanup.policy", "delete")
