"""Says records on the journal and waits for what this node's worker made of them."""

import threading
import time
from collections.abc import Sequence
from uuid import uuid4

from django.conf import settings
from django.db import connection

from journal.brokers.base import BrokerError
from journal.brokers.kafka import JournalProducer
from journal.codec import encode
from journal.dialects import Dialect, Generation, dialect_for
from journal.follower import ensure_following
from journal.messages import Message
from journal.outcomes import Effect, NoOutcome, waiters
from registry.errors import UnsupportedByDialect, refusal

_lock = threading.Lock()
_producer: JournalProducer | None = None


def current_dialect() -> Dialect:
    """JOURNAL_DIALECT, or what the newest records on the journal allow.

    Raises UnsupportedByDialect on a journal of 2.0, where no form of ours is safe.
    """
    if settings.JOURNAL_DIALECT != "auto":
        return Dialect(settings.JOURNAL_DIALECT)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT MAX(generation) FROM journal_position WHERE topic = %s",
            [settings.JOURNAL_TOPIC],
        )
        newest = cursor.fetchone()[0]
    dialect = dialect_for(Generation(newest or 0))
    if dialect is None:
        raise UnsupportedByDialect(
            "The newest records on this journal are of Apicurio Registry 2.0, which reads no form "
            "that this node can write; upgrade those nodes, or name a JOURNAL_DIALECT."
        )
    return dialect


def say(messages: Sequence[Message]) -> list[Effect]:
    """Says the records in this order and returns their effects in this order.

    Raises NoOutcome if one of them was not applied within JOURNAL_RESPONSE_TIMEOUT: then it is
    unknown whether it was said, and safe to ask again.
    """
    ensure_following()
    deadline = time.monotonic() + settings.JOURNAL_RESPONSE_TIMEOUT
    reqs = [str(uuid4()) for _ in messages]
    waiting = waiters.register(reqs)
    try:
        for req, message in zip(reqs, messages, strict=True):
            _publish(req, message, lambda why, req=req: waiting.fail(NoOutcome(req, why)))
        return waiting.effects(deadline)
    finally:
        waiters.forget(reqs)


def heard(messages: Sequence[Message]) -> list[Effect]:
    """The effects; raises the first refusal among them, as registry.errors has it."""
    effects = say(messages)
    for effect in effects:
        if effect.error:
            raise refusal(effect.error, effect.reason)
    return effects


def say_unheard(messages: Sequence[Message]) -> None:
    """Says records that nobody waits for: tombstones, which only compaction hears."""
    for message in messages:
        _publish(str(uuid4()), message, lambda why: None)


def _publish(req: str, message: Message, on_failure: object) -> None:
    key, value = encode(message)
    try:
        _the_producer().publish(key, value, (("req", req.encode()),), on_failure)  # type: ignore[arg-type]
    except BrokerError as error:
        raise NoOutcome(req, str(error)) from error


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
    with _lock:
        if _producer is not None:
            _producer.close()
            _producer = None
