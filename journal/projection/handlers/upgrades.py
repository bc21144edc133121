"""Upgrade records of 2.5.9 and later: the lock for an upgrade, and the version committed.

This node writes none of them and waits for none, so it never blocks a Java node.
"""

from journal.projection.effects import APPLIED, Effect
from journal.projection.remarks import Remark, RemarkCode
from journal.projection.tables import Tables
from journal.wire.messages import Action, UpgraderValue
from registry.errors import ImpossibleRecord

#: Milliseconds of silence, by the records' own clock, after which 2.6.1 and later take over a lock.
LOCK_TIMEOUT = 80_000
_ACTIONS = {action for action in Action if action >= Action.UPGRADE_BOOTSTRAP}
_UNLOCKING = {Action.UPGRADE_ABORT_AND_UNLOCK, Action.UPGRADE_COMMIT_AND_UNLOCK}


def apply_upgrade(tables: Tables, value: object, timestamp: int, offset: int) -> Effect:
    """Apply a record to the lock's table; the registry's own tables stay as they are."""
    if not isinstance(value, UpgraderValue) or value.action not in _ACTIONS:
        raise ImpossibleRecord("An upgrade record asks for one of the actions 9 to 14")
    uuid, writer = value.upgrader_uuid, tables.writer
    if uuid is None:
        # A waiting node's heartbeat names no upgrader: it only moves the clock.
        return APPLIED
    writer.write(
        "INSERT INTO journal_upgraderstate (upgrader_uuid, seen_at) VALUES (%s, %s) "
        "ON CONFLICT (upgrader_uuid) DO UPDATE SET seen_at = excluded.seen_at",
        uuid,
        timestamp,
    )
    if value.action is Action.UPGRADE_TRY_LOCK:
        writer.write(
            "UPDATE journal_upgraderstate SET version = %s, "
            "tried_at_offset = COALESCE(tried_at_offset, %s) WHERE upgrader_uuid = %s",
            value.version,
            offset,
            uuid,
        )
        # The earliest attempt for this version holds the lock, as long as its node is not silent.
        holder = writer.read(
            "SELECT upgrader_uuid FROM journal_upgraderstate WHERE tried_at_offset IS NOT NULL "
            "AND version = %s AND seen_at >= %s ORDER BY tried_at_offset LIMIT 1",
            value.version,
            timestamp - LOCK_TIMEOUT,
        )
        if holder is None or holder[0] == uuid:
            return Effect(remarks=(Remark(RemarkCode.UPGRADE_LOCK_HELD, (value.version,)),))
        return Effect(remarks=(Remark(RemarkCode.UPGRADE_LOCK_AWAITED, (holder[0],)),))
    if value.action in _UNLOCKING:
        writer.write(
            "UPDATE journal_upgraderstate SET tried_at_offset = NULL WHERE upgrader_uuid = %s", uuid
        )
    if value.action is not Action.UPGRADE_COMMIT_AND_UNLOCK:
        return APPLIED
    if value.version is None:
        raise ImpossibleRecord("An upgrade commit names no version")
    writer.write(
        'INSERT INTO journal_upgradecommit ("offset", upgrader_uuid, version, timestamp) '
        "VALUES (%s, %s, %s, %s)",
        offset,
        uuid,
        value.version,
        timestamp,
    )
    return Effect(remarks=(Remark(RemarkCode.TOPIC_VERSION_RAISED, (value.version,)),))
