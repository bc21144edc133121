"""One log line an event: `time level logger message key=value …`, values quoted as JSON."""

import json
import logging
from datetime import UTC, datetime

from access.request_ids import current_request_id

_PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class StructuredFormatter(logging.Formatter):
    """Appends the values of `extra=` to the message, then the id of the request."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = f"{time} {record.levelname} {record.name} {record.getMessage()}"
        for name, value in vars(record).items():
            if name not in _PLAIN:
                line += f" {name}={json.dumps(value, default=str)}"
        if current_request_id():
            line += f" request={json.dumps(current_request_id())}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


class ExceptionsOnlyFilter(logging.Filter):
    """Passes only records with an exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.exc_info is not None
