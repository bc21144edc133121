"""`manage.py` with a command that sends itself a signal, and with short segments of backups.

    python -m tests.integration.signaled SIGNAL ARGUMENTS

Only from inside can a process be killed, stopped or interrupted in the middle of a segment.
"""

import os
import signal
import sys
from itertools import count

import django
from django.apps import apps
from django.core.management import execute_from_command_line

if not apps.ready:
    django.setup()

from journal.dumps import backups
from journal.dumps.writing import FORMATS, json_line
from journal.kafka import ranges
from journal.kafka.records import Record

#: Records in a segment.
SEGMENT = 100
#: The signal comes in the middle of the third one.
_AT = 2 * SEGMENT + SEGMENT // 2


def main() -> None:
    sent, *arguments = sys.argv[1:]
    numbers = count()

    def line_or_signal(topic: str, record: Record) -> bytes:
        if next(numbers) == _AT:
            os.kill(os.getpid(), signal.Signals[sent])
        return json_line(topic, record)

    backups.json_line = FORMATS["jsonl"] = line_or_signal  # type: ignore[attr-defined]
    ranges._BATCH = backups._MAX_RECORDS = SEGMENT
    execute_from_command_line(["manage.py", *arguments])


if __name__ == "__main__":
    main()
