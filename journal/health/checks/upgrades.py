"""J19: upgrades of the topic that nodes of 2.5.9 and later began and did not end."""

from journal.health.findings import Finding, JournalPosition
from journal.health.formatting import format_time, pluralize
from journal.health.observations import Observations, UpgradeAttempt, UpgradeHistory
from journal.projection.handlers.upgrades import LOCK_TIMEOUT

#: Milliseconds that an upgrade may take. A holder gives up after three quarters of its lock's
#: timeout, so that a lock that is held for so long was renewed by nobody who works.
_LONG = 10 * 60 * 1000


def stuck_upgrade(seen: Observations) -> Finding | None:
    upgrades = seen.upgrades
    silent = [each for each in upgrades.tries if _is_silent(each, upgrades)]
    endless = [each for each in upgrades.tries if _is_endless(each, upgrades)]
    given_up = [each for each in upgrades.tries if each.has_let_go]
    if not silent and not endless and not given_up:
        return None
    tried = [*silent, *endless, *given_up]
    version = max(each.version for each in tried)
    return Finding(
        code="J19",
        severity="warning",
        summary=f"The topic's upgrade to version {version} was tried by "
        f"{pluralize(len(tried), 'node')} and not committed: it is of version {upgrades.version}.",
        evidence=(
            *(f"{_who(each)} holds the lock and is silent." for each in silent),
            *(f"{_who(each)} renews the lock without an end." for each in endless),
            *(f"{_who(each)} gave the lock back." for each in given_up),
        ),
        records=tuple(
            JournalPosition(0, each.offset, each.began_at or each.seen_at)
            for each in tried
            if each.offset is not None
        ),
        consequence="Each Java node of 2.5.9 or newer waits for the lock at its start and tries "
        "the upgrade again, up to four times; after that it starts without. A silent holder's lock "
        f"counts for {LOCK_TIMEOUT // 1000} s. Contents with references keep their old hashes.",
        remedy="Look at the log of the node that held the lock, mostly a memory limit or an "
        "unreadable content, then start one node of 2.5.9 or newer alone. This node works with "
        "either version.",
    )


def _is_silent(each: UpgradeAttempt, upgrades: UpgradeHistory) -> bool:
    return not each.has_let_go and upgrades.now - each.seen_at > LOCK_TIMEOUT


def _is_endless(each: UpgradeAttempt, upgrades: UpgradeHistory) -> bool:
    began = each.seen_at if each.began_at is None else each.began_at
    is_held = not each.has_let_go and not _is_silent(each, upgrades)
    return is_held and each.seen_at - began > _LONG


def _who(each: UpgradeAttempt) -> str:
    began = "" if each.offset is None else f" asked at offset {each.offset},"
    return f"Node {each.uuid},{began} last seen {format_time(each.seen_at)},"
