"""Times as people write them."""

from datetime import UTC, datetime


def parse_time(text: str) -> int:
    """Return the epoch ms of an ISO date, in UTC if it names no zone; raises ValueError."""
    time = datetime.fromisoformat(text)
    return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000)
