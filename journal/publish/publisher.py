"""Publishes records and waits for their outcomes."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, connection

from journal.health.node_health import NodeHealth
from journal.kafka.errors import BrokerError, MessageTooLarge
from journal.kafka.producer import JournalProducer
from journal.kafka.topics import KafkaTopic
from journal.ledger.rows import find_by_request_id, to_effect
from journal.outcomes.errors import NoOutcome, RecordTooLarge
from journal.outcomes.outcomes import Outcomes
from journal.projection.effects import Effect
from journal.publish.readiness import Readiness
from journal.wire.codec import encode
from journal.wire.dialects import Dialect, Generation, dialect_for, get_form
from journal.wire.messages import Action, Message, UpgraderKey, UpgraderValue
from registry.connections import is_reading_snapshot
from registry.errors import ReadOnlyRegistry, UnsupportedByDialect, error_by_code


class Publisher:
    """Publishes to one topic; the producer is made with the first record."""

    def __init__(self, topic: KafkaTopic, outcomes: Outcomes, health: NodeHealth) -> None:
        self._topic = topic
        self._outcomes = outcomes
        self._health = health
        self._readiness = Readiness(topic.name, outcomes.activity)
        self._lock = threading.Lock()
        self._producer: JournalProducer | None = None

    def current_dialect(self) -> Dialect:
        """Return JOURNAL_FORMAT_VERSION, or the dialect for the topic's newest records.

        An empty journal gets 2.6. Raises NotReady, and UnsupportedByDialect on a journal of 2.0,
        where no form of this node is safe.
        """
        if settings.JOURNAL_FORMAT_VERSION != "auto":
            return Dialect(settings.JOURNAL_FORMAT_VERSION)
        newest = self._readiness.wait()
        dialect = Dialect.V2_6 if newest is Generation.UNKNOWN else dialect_for(newest)
        if dialect is None:
            raise UnsupportedByDialect(
                "The newest records on this journal are of Apicurio Registry 2.0, which reads no "
                "form that this node can write; upgrade those nodes, or name a "
                "JOURNAL_FORMAT_VERSION."
            )
        return dialect

    def publish(
        self, messages: Sequence[Message], *, is_repair: bool = False, reqs: Sequence[str] = ()
    ) -> list[Effect]:
        """Publish records in this order and return their effects in the same order.

        `reqs` are their request ids, for a caller that looks them up in the ledger.

        Raises NoOutcome if a record was not applied within JOURNAL_RESPONSE_TIMEOUT: it may be on
        the topic or not, and trying again is safe. Raises NotReady before anything is published,
        JournalUnwell for a finding that blocks all writes but repairs, and ReadOnlyRegistry where
        a snapshot is read.
        """
        _reject_in_snapshot()
        self._outcomes.follower.ensure_following()
        newest = self._readiness.wait()
        if not is_repair:
            self._health.check_write_gate()
        if newest is Generation.UNKNOWN and settings.JOURNAL_FORMAT_VERSION == "auto":
            # Shows the next node, and this one after a restart, that an empty topic is of
            # generation 2.6: the ID records that a first write begins with look alike in several.
            bootstrap = UpgraderValue(Action.UPGRADE_BOOTSTRAP, upgrader_uuid=str(uuid4()))
            self._publish_and_wait([
                Message(UpgraderKey("compact"), bootstrap, get_form(Dialect.V2_6))
            ])
            self._readiness.forget_generation()
        return self._publish_and_wait(messages, reqs)

    def publish_all(self, messages: Sequence[Message]) -> list[Effect]:
        """Publish records, and raise the first rejection as the error of registry.errors.

        Raises what `publish` raises, too.
        """
        effects = self.publish(messages)
        for effect in effects:
            if effect.error:
                raise error_by_code(effect.error, effect.reason)
        return effects

    def publish_without_waiting(self, messages: Sequence[Message]) -> None:
        """Publish tombstones: they change no table, and act through compaction alone."""
        _reject_in_snapshot()
        for message in messages:
            self._send(str(uuid4()), message, lambda error: None)

    def warm_up(self) -> None:
        """Make the producer before the first write; it takes half a second."""
        self._get_producer()

    def close(self) -> None:
        """Flush and close the producer; the next record makes a new one."""
        with self._lock:
            if self._producer is not None:
                self._producer.close()
                self._producer = None

    def _publish_and_wait(
        self, messages: Sequence[Message], reqs: Sequence[str] = ()
    ) -> list[Effect]:
        started = time.monotonic()
        reqs = reqs or [str(uuid4()) for _ in messages]
        pending = self._outcomes.pending_writes.register(reqs)

        def on_failure(req: str, error: BrokerError) -> None:
            pending.fail(_to_outcome_error(req, error))

        try:
            for req, message in zip(reqs, messages, strict=True):
                self._send(req, message, partial(on_failure, req))
            effects = pending.wait(started + settings.JOURNAL_RESPONSE_TIMEOUT)
            self._health.write_latency.record(time.monotonic() - started)
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
                self._health.write_latency.record_timeout()
                trouble = self._readiness.trouble()
                if trouble:
                    raise NoOutcome(error.req, f"{error.reason}: {trouble}") from error
                raise
            return [to_effect(row) for row in rows if row is not None]
        finally:
            self._outcomes.pending_writes.discard(reqs)

    def _send(self, req: str, message: Message, on_failure: Callable[[BrokerError], None]) -> None:
        key, value = encode(message)
        try:
            self._get_producer().publish(key, value, (("req", req.encode()),), on_failure)
        except BrokerError as error:
            raise _to_outcome_error(req, error) from error

    def _get_producer(self) -> JournalProducer:
        with self._lock:
            if self._producer is None:
                self._producer = JournalProducer(
                    *self._topic,
                    settings.JOURNAL_RESPONSE_TIMEOUT,
                )
            return self._producer


def _reject_in_snapshot() -> None:
    # What was checked against a snapshot's tables has no place on the journal.
    if is_reading_snapshot():
        raise ReadOnlyRegistry


def _to_outcome_error(req: str, error: BrokerError) -> NoOutcome:
    error_class = RecordTooLarge if isinstance(error, MessageTooLarge) else NoOutcome
    return error_class(req, str(error))
