"""Upgrade records of 2.5.9 and later: who holds the lock, and which version was committed.

This node is passive: it sends none of them and waits for none, so it never blocks a Java node.
"""

from journal.projection.effects import Effect
from journal.projection.rows import replace_nul
from journal.projection.tables import Tables
from journal.wire.messages import Action, UpgraderValue
from registry.errors import ImpossibleRecord

#: What a lock holder of 2.6.1 and later may be silent for, in ms of the records' own clock.
LOCK_TIMEOUT = 80_000
_ACTIONS = {action for action in Action if action >= Action.UPGRADE_BOOTSTRAP}
_LETS_GO = {Action.UPGRADE_ABORT_AND_UNLOCK, Action.UPGRADE_COMMIT_AND_UNLOCK}


def apply_upgrade(tables: Tables, value: object, at: int, offset: int) -> Effect:
    """No table of the registry changes; the lock table follows the records."""
    if not isinstance(value, UpgraderValue) or value.action not in _ACTIONS:
        raise ImpossibleRecord("An upgrade record asks for one of the actions 9 to 14")
    if value.upgrader_uuid is None:
        # A waiter's heartbeat names nobody: it only moves the clock.
        return Effect()
    _remember(tables, value, at)
    if value.action is Action.UPGRADE_TRY_LOCK:
        return _try_lock(tables, value, at, offset)
    if value.action in _LETS_GO:
        _let_go(tables, value)
    if value.action is Action.UPGRADE_COMMIT_AND_UNLOCK:
        return _commit(tables, value, at, offset)
    return Effect()


def _remember(tables: Tables, value: UpgraderValue, at: int) -> None:
    tables.writer.write(
        "INSERT INTO journal_upgraderstate (upgrader_uuid, seen_at) VALUES (%s, %s) "
        "ON CONFLICT (upgrader_uuid) DO UPDATE SET seen_at = excluded.seen_at",
        replace_nul(value.upgrader_uuid),
        at,
    )


def _try_lock(tables: Tables, value: UpgraderValue, at: int, offset: int) -> Effect:
    """The lock is whose attempt came first among those who want this version and still speak."""
    uuid = replace_nul(value.upgrader_uuid)
    tables.writer.write(
        "UPDATE journal_upgraderstate SET version = %s, "
        "tried_at_offset = COALESCE(tried_at_offset, %s) WHERE upgrader_uuid = %s",
        value.version,
        offset,
        uuid,
    )
    holder = tables.writer.read(
        "SELECT upgrader_uuid FROM journal_upgraderstate WHERE tried_at_offset IS NOT NULL "
        "AND version = %s AND seen_at >= %s ORDER BY tried_at_offset LIMIT 1",
        value.version,
        at - LOCK_TIMEOUT,
    )
    if holder is None or holder[0] == uuid:
        return Effect(remark=f"holds the upgrade lock for version {value.version}")
    return Effect(remark=f"waits: {holder[0]} holds the upgrade lock")


def _let_go(tables: Tables, value: UpgraderValue) -> None:
    tables.writer.write(
        "UPDATE journal_upgraderstate SET tried_at_offset = NULL WHERE upgrader_uuid = %s",
        replace_nul(value.upgrader_uuid),
    )


def _commit(tables: Tables, value: UpgraderValue, at: int, offset: int) -> Effect:
    if value.version is None:
        raise ImpossibleRecord("An upgrade commit names no version")
    tables.writer.write(
        'INSERT INTO journal_upgradecommit ("offset", upgrader_uuid, version, timestamp) '
        "VALUES (%s, %s, %s, %s)",
        offset,
        replace_nul(value.upgrader_uuid),
        value.version,
        at,
    )
    return Effect(remark=f"the topic is of version {value.version} from here on")
