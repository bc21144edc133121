"""What commands on a topic share: the topic opened, failures in words, a quiet end."""

import os
import signal
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from django.core.management import CommandError

from journal.kafka.consumer import RecordConsumer
from journal.kafka.embedded import BrokerUnavailable
from journal.kafka.errors import BrokerError
from journal.kafka.ranges import OffsetSpec, parse_offset_spec, resolve_range
from node.config.home import HomeInUse
from node.processes.cluster import running_cluster

#: What shells call a program that ended by Ctrl-C.
_INTERRUPTED = 130


def offset_argument(text: str) -> OffsetSpec:
    """Parse an offset of a command line, for argparse."""
    try:
        return parse_offset_spec(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


@contextmanager
def broker_at_hand() -> Iterator[None]:
    """settings.KAFKA_PROPERTIES name a cluster; what goes wrong is a CommandError, Ctrl-C, too."""
    try:
        with _interrupts_told(), running_cluster():
            yield
    except (BrokerError, BrokerUnavailable, HomeInUse) as error:
        raise CommandError(str(error)) from error
    except KeyboardInterrupt:
        raise CommandError("Interrupted", returncode=_INTERRUPTED) from None


@contextmanager
def _interrupts_told() -> Iterator[None]:
    """What Ctrl-C brought about is a KeyboardInterrupt.

    One that comes while the client turns an answer into objects leaves it as an ImportError.
    Where Ctrl-C is ignored, as behind nohup, it stays so.
    """
    came = False

    def on_interrupt(*_: object) -> None:
        nonlocal came
        came = True
        raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:
        signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    except Exception:
        if came:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def topic_opened(topic: str) -> Iterator[RecordConsumer]:
    """The same, with a reader of the topic."""
    with broker_at_hand():
        reader = RecordConsumer(settings.KAFKA_PROPERTIES, topic)
        try:
            yield reader
        finally:
            reader.close()


def stretch_of(
    offsets: Mapping[int, tuple[int, int]], first: OffsetSpec | None, end: OffsetSpec | None
) -> tuple[dict[int, int], dict[int, int]]:
    """`journal.kafka.ranges.bounds`, for a user's words."""
    try:
        return resolve_range(offsets, first, end)
    except ValueError as error:
        raise CommandError(str(error)) from error


@contextmanager
def readers_may_leave() -> Iterator[None]:
    """Whoever reads standard output may stop reading it, as `head` does."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more at its exit, which must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
