"""J19: upgrades of the topic begun, but not committed, by nodes of 2.5.9 and later."""

from journal.health.findings import Finding, JournalPosition
from journal.health.formatting import format_time, pluralize
from journal.health.observations import Observations, UpgradeAttempt
from journal.projection.handlers.upgrades import LOCK_TIMEOUT

#: A holder gives up after three quarters of its lock's timeout, so that a lock that is held for so
#: long is only renewed, and nothing else is done.
_MAX_UPGRADE_MS = 10 * 60 * 1000


def stuck_upgrade(observations: Observations) -> Finding | None:
    upgrades = observations.upgrades
    released, silent, endless = [], [], []
    for attempt in upgrades.attempts:
        began_at = attempt.seen_at if attempt.began_at is None else attempt.began_at
        if attempt.has_released_lock:
            released.append(attempt)
        elif upgrades.now - attempt.seen_at > LOCK_TIMEOUT:
            silent.append(attempt)
        elif attempt.seen_at - began_at > _MAX_UPGRADE_MS:
            endless.append(attempt)
    stuck = [*silent, *endless, *released]
    if not stuck:
        return None
    version = max(attempt.version for attempt in stuck)
    return Finding(
        code="J19",
        severity="warning",
        summary=f"The topic's upgrade to version {version} was tried by "
        f"{pluralize(len(stuck), 'node')} and not committed: it is of version {upgrades.version}.",
        evidence=(
            *(f"{_describe(attempt)} holds the lock and is silent." for attempt in silent),
            *(f"{_describe(attempt)} renews the lock without an end." for attempt in endless),
            *(f"{_describe(attempt)} gave the lock back." for attempt in released),
        ),
        records=tuple(
            JournalPosition(0, attempt.offset, attempt.began_at or attempt.seen_at)
            for attempt in stuck
            if attempt.offset is not None
        ),
        consequence="Each Java node of 2.5.9 or newer waits for the lock at its start and tries "
        "the upgrade again, up to four times; after that it starts without. A silent holder's lock "
        f"counts for {LOCK_TIMEOUT // 1000} s. Contents with references keep their old hashes.",
        remedy="Look at the log of the node that held the lock, mostly a memory limit or an "
        "unreadable content, then start one node of 2.5.9 or newer alone. This node works with "
        "either version.",
    )


def _describe(attempt: UpgradeAttempt) -> str:
    began = "" if attempt.offset is None else f" asked at offset {attempt.offset},"
    return f"Node {attempt.uuid},{began} last seen {format_time(attempt.seen_at)},"
