"""Times of rows and records, in epoch milliseconds, as dates."""

from datetime import UTC, datetime, timedelta

_DAY = 24 * 60 * 60 * 1000
#: The first and the last moment whose year has four digits, as ISO 8601 and Python have them.
FIRST_TIME, LAST_TIME = -719_162 * _DAY, 2_932_897 * _DAY - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_datetime(milliseconds: int) -> datetime:
    """Return a time as a date in UTC, or the nearest one if there is no such date.

    Records may have any time, and so may rows that an earlier release stored.
    """
    bounded = min(max(milliseconds, FIRST_TIME), LAST_TIME)
    return _EPOCH + timedelta(milliseconds=bounded)


def format_seconds(milliseconds: int) -> str:
    """Return a time as an ISO 8601 date in UTC, without the zone, to the second."""
    # strftime leaves the leading zeros of a year out.
    return to_datetime(milliseconds).replace(microsecond=0, tzinfo=None).isoformat()
