"""Words that findings share: times, ids, commands."""

from collections.abc import Iterable
from datetime import UTC, datetime

from journal.health.findings import JournalPosition
from journal.projection.tally import RecordPosition
from registry.models import DEFAULT_TENANT

#: How many of a kind a sentence names one by one.
MAX_NAMED = 20


def tenant_prefix(tenant: str) -> str:
    return "" if tenant == DEFAULT_TENANT else f"tenant {tenant}'s "


def pluralize(count: int, what: str) -> str:
    """Such as `1 record` or `5 records`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def format_time(timestamp: int) -> str:
    try:
        return datetime.fromtimestamp(timestamp / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{timestamp} ms"


def format_position(mark: RecordPosition | JournalPosition) -> str:
    return f"partition {mark.partition}, offset {mark.offset}"


def format_offsets(marks: Iterable[RecordPosition], count: int) -> str:
    """Such as `offsets 3, 5 and 12 more`; the partition is named where it is not 0."""
    told = [
        f"{m.offset} of partition {m.partition}" if m.partition else str(m.offset) for m in marks
    ]
    more = count - len(told)
    named = ", ".join(told) + (f" and {more} more" if more > 0 else "")
    return f"offset {named}" if count == 1 else f"offsets {named}"


RESET_REMEDY = (
    "Reset the sequences: one RESET record for each, after a dump of the topic was saved, "
    "on the page /ui/health/mend/reset or in the shell.\n"
    "  python manage.py mend reset\n"
    "Where only a Java node is at hand, import an export of an empty registry into it, which says "
    "the same records.\n"
    "  curl http://EMPTY/apis/registry/v2/admin/export --output empty.zip\n"
    "  curl -X POST -H 'Content-Type: application/zip' --data-binary @empty.zip "
    "http://NODE/apis/registry/v2/admin/import"
)
