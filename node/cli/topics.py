"""Commands on a topic: a broker, the opened topic, and errors as CommandError."""

import os
import signal
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.core.management import CommandError

from journal.kafka.consumer import RecordConsumer
from journal.kafka.embedded import BrokerUnavailable
from journal.kafka.errors import BrokerError
from journal.kafka.ranges import OffsetSpec, parse_offset_spec, resolve_range
from node.config.home import HomeLocked
from node.processes.cluster import KafkaCluster, running_cluster

#: The exit code of shells for a program that ended by Ctrl-C.
_INTERRUPTED = 130


def offset_argument(text: str) -> OffsetSpec:
    """Parse an offset of a command line, for argparse."""
    try:
        return parse_offset_spec(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


@contextmanager
def ensure_broker(bootstrap_servers: str | None = None) -> Iterator[KafkaCluster]:
    """Yield a cluster as `running_cluster` does; errors and Ctrl-C become a CommandError."""
    is_interrupted = False

    def on_interrupt(*_: object) -> None:
        nonlocal is_interrupted
        is_interrupted = True
        raise KeyboardInterrupt

    # Where Ctrl-C is ignored, as behind nohup, it stays so.
    previous = signal.getsignal(signal.SIGINT)
    if previous is signal.default_int_handler:
        signal.signal(signal.SIGINT, on_interrupt)
    try:
        with running_cluster(bootstrap_servers) as cluster:
            yield cluster
    except KeyboardInterrupt:
        raise CommandError("Interrupted", returncode=_INTERRUPTED) from None
    except Exception as error:
        if is_interrupted:
            # The Kafka client turns an interrupt while it makes objects into an ImportError.
            raise CommandError("Interrupted", returncode=_INTERRUPTED) from None
        if isinstance(error, BrokerError | BrokerUnavailable | HomeLocked):
            raise CommandError(str(error)) from error
        raise
    finally:
        signal.signal(signal.SIGINT, previous)


@contextmanager
def open_topic(topic: str) -> Iterator[RecordConsumer]:
    """Yield a consumer of the topic, on the cluster of `ensure_broker`."""
    with ensure_broker() as cluster:
        consumer = RecordConsumer(cluster.properties, topic)
        try:
            yield consumer
        finally:
            consumer.close()


def resolve_offsets(
    offsets: Mapping[int, tuple[int, int]], first: OffsetSpec | None, end: OffsetSpec | None
) -> tuple[dict[int, int], dict[int, int]]:
    """Resolve offsets of a command line to start and end of each partition."""
    try:
        return resolve_range(offsets, first, end)
    except ValueError as error:
        raise CommandError(str(error)) from error


@contextmanager
def ignore_broken_pipe() -> Iterator[None]:
    """Ignore a standard output closed by its reader, such as `head`."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter flushes once more at its exit, which must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
