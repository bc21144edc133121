"""Publishes records and waits for their outcomes."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, connection

from journal.health.write_gate import check_write_gate
from journal.health.write_latency import write_latency
from journal.kafka.errors import BrokerError, MessageTooLarge
from journal.kafka.producer import JournalProducer
from journal.ledger.rows import find_by_request_id, to_effect
from journal.outcomes.errors import NoOutcome, RecordTooLarge
from journal.outcomes.follower import ensure_following
from journal.outcomes.pending_writes import pending_writes
from journal.projection.effects import Effect
from journal.publish.readiness import await_ready, current_trouble, newest_generation, reset
from journal.wire.codec import encode
from journal.wire.dialects import Dialect, Generation, get_form
from journal.wire.messages import Action, Message, UpgraderKey, UpgraderValue
from registry.connections import is_reading_snapshot
from registry.errors import ReadOnlyRegistry, error_by_code

_lock = threading.Lock()

_producer: JournalProducer | None = None


def publish(
    messages: Sequence[Message], *, is_repair: bool = False, reqs: Sequence[str] = ()
) -> list[Effect]:
    """Publish records in this order and return their effects in the same order.

    `reqs` are their request ids, for a caller that looks them up in the ledger.

    Raises NoOutcome if a record was not applied within JOURNAL_RESPONSE_TIMEOUT: it may be on the
    topic or not, and trying again is safe. Raises NotReady before anything is published,
    JournalUnwell for a finding that blocks all writes but repairs, and ReadOnlyRegistry where a
    snapshot is read.
    """
    _reject_in_snapshot()
    ensure_following()
    newest = await_ready()
    if not is_repair:
        check_write_gate()
    if newest is Generation.UNKNOWN and settings.JOURNAL_FORMAT_VERSION == "auto":
        # Tells the next node, and this one after a restart, that an empty topic is of generation
        # 2.6: the ID records that a first write begins with look alike in several generations.
        bootstrap = UpgraderValue(Action.UPGRADE_BOOTSTRAP, upgrader_uuid=str(uuid4()))
        _publish_and_wait([Message(UpgraderKey("compact"), bootstrap, get_form(Dialect.V2_6))])
        newest_generation.cache_clear()
    return _publish_and_wait(messages, reqs)


def publish_all(messages: Sequence[Message]) -> list[Effect]:
    """Publish records, and raise the first rejection among them as the error of registry.errors.

    Raises what `publish` raises, too.
    """
    effects = publish(messages)
    for effect in effects:
        if effect.error:
            raise error_by_code(effect.error, effect.reason)
    return effects


def publish_without_waiting(messages: Sequence[Message]) -> None:
    """Publish records that change no table: tombstones, which act through compaction alone."""
    _reject_in_snapshot()
    for message in messages:
        _send(str(uuid4()), message, lambda error: None)


def warm_up() -> None:
    """Make the producer ahead of the first write, which otherwise waits half a second for it."""
    _get_producer()


def close() -> None:
    """Flush and close the producer; the next record makes a new one."""
    global _producer
    reset()
    with _lock:
        if _producer is not None:
            _producer.close()
            _producer = None


def _publish_and_wait(messages: Sequence[Message], reqs: Sequence[str] = ()) -> list[Effect]:
    started = time.monotonic()
    reqs = reqs or [str(uuid4()) for _ in messages]
    pending = pending_writes.register(reqs)

    def on_failure(req: str, error: BrokerError) -> None:
        pending.fail(_to_outcome_error(req, error))

    try:
        for req, message in zip(reqs, messages, strict=True):
            _send(req, message, partial(on_failure, req))
        effects = pending.wait(started + settings.JOURNAL_RESPONSE_TIMEOUT)
        write_latency.record(time.monotonic() - started)
        return effects
    except RecordTooLarge:
        raise
    except NoOutcome as error:
        # A worker that was killed between its commit and its report leaves the outcome in the
        # ledger only.
        try:
            rows = [find_by_request_id(req) for req in reqs]
        except DatabaseError:
            connection.close()
            rows = [None]
        if None in rows:
            write_latency.record_timeout()
            trouble = current_trouble()
            if trouble:
                raise NoOutcome(error.req, f"{error.reason}: {trouble}") from error
            raise
        return [to_effect(row) for row in rows if row is not None]
    finally:
        pending_writes.discard(reqs)


def _reject_in_snapshot() -> None:
    # What was checked against a snapshot's tables has no place on the journal.
    if is_reading_snapshot():
        raise ReadOnlyRegistry


def _send(req: str, message: Message, on_failure: Callable[[BrokerError], None]) -> None:
    key, value = encode(message)
    try:
        _get_producer().publish(key, value, (("req", req.encode()),), on_failure)
    except BrokerError as error:
        raise _to_outcome_error(req, error) from error


def _to_outcome_error(req: str, error: BrokerError) -> NoOutcome:
    error_class = RecordTooLarge if isinstance(error, MessageTooLarge) else NoOutcome
    return error_class(req, str(error))


def _get_producer() -> JournalProducer:
    global _producer
    with _lock:
        if _producer is None:
            _producer = JournalProducer(
                settings.KAFKA_PROPERTIES,
                settings.JOURNAL_TOPIC,
                settings.JOURNAL_RESPONSE_TIMEOUT,
            )
        return _producer
