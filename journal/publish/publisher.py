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
from journal.models import LedgerRow
from journal.outcomes.errors import NoOutcome, RecordTooLarge
from journal.outcomes.follower import ensure_following
from journal.outcomes.pending_writes import pending_writes
from journal.projection.effects import Effect
from journal.publish.readiness import await_ready, current_trouble, newest_generation, reset
from journal.wire.codec import encode
from journal.wire.dialects import Dialect, Generation, get_form
from journal.wire.messages import Action, Message, UpgraderKey, UpgraderValue
from registry.connections import is_reading_snapshot
from registry.errors import ReadOnlyRegistry, error_by_name

_lock = threading.Lock()

_producer: JournalProducer | None = None


def publish(
    messages: Sequence[Message], *, is_repair: bool = False, reqs: Sequence[str] = ()
) -> list[Effect]:
    """Says the records in this order and returns their effects in this order.

    `reqs` are request ids to say them with, for a caller that looks them up in the ledger.

    Raises NoOutcome if one of them was not applied within JOURNAL_RESPONSE_TIMEOUT: then it is
    unknown whether it was said, and safe to ask again. Raises NotReady before anything is said,
    and JournalUnwell for a finding that refuses writes, unless they mend it; ReadOnlyRegistry
    where a snapshot is read.
    """
    _refuse_in_snapshot()
    ensure_following()
    newest = await_ready()
    if not is_repair:
        check_write_gate()
    if newest is Generation.UNKNOWN and settings.JOURNAL_DIALECT == "auto":
        _found_journal()
    return _publish_and_wait(messages, reqs)


def _found_journal() -> None:
    """Publish the record that tells nodes of an empty topic its generation.

    The ID records that a first write begins with are alike in all of them.
    """
    bootstrap = UpgraderValue(Action.UPGRADE_BOOTSTRAP, upgrader_uuid=str(uuid4()))
    _publish_and_wait([Message(UpgraderKey("compact"), bootstrap, get_form(Dialect.V2_6))])
    newest_generation.cache_clear()


def _publish_and_wait(messages: Sequence[Message], reqs: Sequence[str] = ()) -> list[Effect]:
    began = time.monotonic()
    deadline = began + settings.JOURNAL_RESPONSE_TIMEOUT
    reqs = reqs or [str(uuid4()) for _ in messages]
    waiting = pending_writes.register(reqs)

    def fail(req: str, error: BrokerError) -> None:
        waiting.fail(_failure(req, error))

    try:
        for req, message in zip(reqs, messages, strict=True):
            _publish(req, message, partial(fail, req))
        effects = waiting.effects(deadline)
        write_latency.waited(time.monotonic() - began)
        return effects
    except RecordTooLarge:
        raise
    except NoOutcome as error:
        # A worker that was killed after its commit told nobody: the ledger knows.
        rows = _ledger_rows(reqs)
        if None in rows:
            write_latency.waited_in_vain()
            trouble = current_trouble()
            if trouble:
                raise NoOutcome(error.req, f"{error.why}: {trouble}") from error
            raise
        return [to_effect(row) for row in rows if row is not None]
    finally:
        pending_writes.discard(reqs)


def _ledger_rows(reqs: Sequence[str]) -> list[LedgerRow | None]:
    """None for what is not known, also where nobody can look."""
    try:
        return [find_by_request_id(req) for req in reqs]
    except DatabaseError:
        connection.close()
        return [None]


def publish_all(messages: Sequence[Message]) -> list[Effect]:
    """The effects; raises the first refusal among them, as registry.errors has it."""
    effects = publish(messages)
    for effect in effects:
        if effect.error:
            raise error_by_name(effect.error, effect.reason)
    return effects


def publish_without_waiting(messages: Sequence[Message]) -> None:
    """Says records that nobody waits for: tombstones, which only compaction hears."""
    _refuse_in_snapshot()
    for message in messages:
        _publish(str(uuid4()), message, lambda error: None)


def _refuse_in_snapshot() -> None:
    """What was checked against a snapshot's tables has no place on the journal."""
    if is_reading_snapshot():
        raise ReadOnlyRegistry


def _publish(req: str, message: Message, on_failure: Callable[[BrokerError], None]) -> None:
    key, value = encode(message)
    try:
        _the_producer().publish(key, value, (("req", req.encode()),), on_failure)
    except BrokerError as error:
        raise _failure(req, error) from error


def _failure(req: str, error: BrokerError) -> NoOutcome:
    kind = RecordTooLarge if isinstance(error, MessageTooLarge) else NoOutcome
    return kind(req, str(error))


def _the_producer() -> JournalProducer:
    global _producer
    with _lock:
        if _producer is None:
            _producer = JournalProducer(
                settings.KAFKA_PROPERTIES,
                settings.JOURNAL_TOPIC,
                settings.JOURNAL_RESPONSE_TIMEOUT,
            )
        return _producer


def warm_up() -> None:
    """Makes the producer ahead of the first write, which else waits half a second for it."""
    _the_producer()


def close() -> None:
    """Waits for what was said, then lets the producer go; the next record makes a new one."""
    global _producer
    reset()
    with _lock:
        if _producer is not None:
            _producer.close()
            _producer = None
