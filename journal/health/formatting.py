"""Readable tenants, counts, times and offsets in the sentences of findings."""

from collections.abc import Collection
from datetime import UTC, datetime

from journal.health.findings import JournalPosition
from journal.projection.tally import RecordPosition
from registry.models import DEFAULT_TENANT

#: How many things of a kind a sentence names one by one.
MAX_NAMED = 20


def tenant_prefix(tenant: str) -> str:
    return "" if tenant == DEFAULT_TENANT else f"tenant {tenant}'s "


def pluralize(count: int, noun: str) -> str:
    """Format as `1 record` or `5 records`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def format_time(timestamp: int) -> str:
    """Format epoch ms as UTC; a time outside the calendar stays in ms."""
    try:
        return datetime.fromtimestamp(timestamp / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{timestamp} ms"


def format_position(position: RecordPosition | JournalPosition) -> str:
    return f"partition {position.partition}, offset {position.offset}"


def format_offsets(records: Collection[RecordPosition], count: int) -> str:
    """Format as `offsets 3, 5 and 12 more`; a partition is named unless it is 0."""
    named = ", ".join(
        f"{record.offset} of partition {record.partition}"
        if record.partition
        else str(record.offset)
        for record in records
    )
    if count > len(records):
        named += f" and {count - len(records)} more"
    return f"offset {named}" if count == 1 else f"offsets {named}"
