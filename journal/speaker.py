"""Says records on the journal and waits for what this node's worker made of them."""

import threading
import time
from collections.abc import Sequence
from functools import lru_cache
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, connection

from journal.activity import activity
from journal.brokers.base import BrokerError, RecordRefused
from journal.brokers.kafka import JournalProducer
from journal.codec import encode
from journal.dialects import Dialect, Generation, dialect_for, form
from journal.doctor.refusal import refuse_if_unwell
from journal.follower import ensure_following
from journal.messages import Action, Message, UpgraderKey, UpgraderValue
from journal.models import LedgerRow
from journal.outcomes import Effect, NoOutcome, NotReady, RecordTooLarge, waiters
from journal.queries import effect_of, outcome_of
from journal.write_waits import write_waits
from registry.errors import ReadOnlyRegistry, UnsupportedByDialect, refusal
from registry.reading import reads_snapshot

#: A worker that is started again catches up in a moment; a write waits so many seconds for it.
_CATCH_UP = 5.0
_LOOK_AGAIN = 0.05

_lock = threading.Lock()
_producer: JournalProducer | None = None
_has_been_ready = False


def current_dialect() -> Dialect:
    """JOURNAL_DIALECT, or what the newest records on the journal allow.

    Raises UnsupportedByDialect on a journal of 2.0, where no form of ours is safe.
    """
    if settings.JOURNAL_DIALECT != "auto":
        return Dialect(settings.JOURNAL_DIALECT)
    newest = _await_ready()
    return _dialect_of(_found_journal() if newest is Generation.UNKNOWN else newest)


def dialect_to_come() -> Dialect:
    """The same, but nothing is said on an empty topic; raises UnsupportedByDialect, NotReady."""
    if settings.JOURNAL_DIALECT != "auto":
        return Dialect(settings.JOURNAL_DIALECT)
    newest = _await_ready()
    return Dialect.V2_6 if newest is Generation.UNKNOWN else _dialect_of(newest)


def _dialect_of(newest: Generation) -> Dialect:
    dialect = dialect_for(newest)
    if dialect is None:
        raise UnsupportedByDialect(
            "The newest records on this journal are of Apicurio Registry 2.0, which reads no form "
            "that this node can write; upgrade those nodes, or name a JOURNAL_DIALECT."
        )
    return dialect


def _found_journal() -> Generation:
    """Says on an empty topic which generation it is of; the ids drawn first would not tell."""
    bootstrap = UpgraderValue(Action.UPGRADE_BOOTSTRAP, upgrader_uuid=str(uuid4()))
    say([Message(UpgraderKey("compact"), bootstrap, form(Dialect.V2_6))])
    _look.cache_clear()
    return Generation.V2_6


def _await_ready() -> Generation:
    """The newest generation on the topic; raises NotReady, at once before the first replay's end.

    A node that has been ready lost its worker for a moment only, so the write waits for the next.
    It does not wait for the end of a trouble: threads that wait are missing where reads go on.
    """
    global _has_been_ready
    deadline = time.monotonic() + min(_CATCH_UP, settings.JOURNAL_RESPONSE_TIMEOUT)
    while True:
        try:
            newest = _look(settings.JOURNAL_TOPIC, int(time.monotonic()))
        except NotReady as error:
            if not (_has_been_ready and error.is_passing) or time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_AGAIN)
        else:
            _has_been_ready = True
            return newest


@lru_cache(maxsize=1)
def _look(topic: str, second: int) -> Generation:
    """The newest generation on the topic, looked up once a second; raises NotReady.

    A second's delay does no harm: newer nodes read the older form as well.
    """
    if activity.trouble:
        # What the worker can't say in its table.
        raise NotReady(activity.trouble)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT is_caught_up, trouble, "
            "(SELECT MAX(generation) FROM journal_position WHERE topic = %s) "
            "FROM journal_workerstatus WHERE id = 1",
            [topic],
        )
        is_caught_up, trouble, newest = cursor.fetchone() or (False, "", None)
    if trouble:
        raise NotReady(trouble)
    if not is_caught_up:
        # The dialect is known only after the last record: another one could stop Java nodes.
        raise NotReady("the node is still replaying the journal", is_passing=True)
    return Generation(newest or 0)


def say(
    messages: Sequence[Message], *, is_mending: bool = False, reqs: Sequence[str] = ()
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
    _await_ready()
    if not is_mending:
        refuse_if_unwell()
    began = time.monotonic()
    deadline = began + settings.JOURNAL_RESPONSE_TIMEOUT
    reqs = reqs or [str(uuid4()) for _ in messages]
    waiting = waiters.register(reqs)
    try:
        for req, message in zip(reqs, messages, strict=True):
            _publish(req, message, lambda error, req=req: waiting.fail(_failure(req, error)))
        effects = waiting.effects(deadline)
        write_waits.waited(time.monotonic() - began)
        return effects
    except RecordTooLarge:
        raise
    except NoOutcome as error:
        # A worker that was killed after its commit told nobody: the ledger knows.
        rows = _ledger_rows(reqs)
        if None in rows:
            write_waits.waited_in_vain()
            trouble = _trouble_now()
            if trouble:
                raise NoOutcome(error.req, f"{error.why}: {trouble}") from error
            raise
        return [effect_of(row) for row in rows if row is not None]
    finally:
        waiters.forget(reqs)


def _trouble_now() -> str:
    """Why nothing is applied; a record may have been said in the moment that it began."""
    try:
        _look.__wrapped__(settings.JOURNAL_TOPIC, 0)
    except NotReady as trouble:
        return trouble.why
    except DatabaseError:
        connection.close()
    return ""


def _ledger_rows(reqs: Sequence[str]) -> list[LedgerRow | None]:
    """None for what is not known, also where nobody can look."""
    try:
        return [outcome_of(req) for req in reqs]
    except DatabaseError:
        connection.close()
        return [None]


def heard(messages: Sequence[Message]) -> list[Effect]:
    """The effects; raises the first refusal among them, as registry.errors has it."""
    effects = say(messages)
    for effect in effects:
        if effect.error:
            raise refusal(effect.error, effect.reason)
    return effects


def say_unheard(messages: Sequence[Message]) -> None:
    """Says records that nobody waits for: tombstones, which only compaction hears."""
    _refuse_in_snapshot()
    for message in messages:
        _publish(str(uuid4()), message, lambda error: None)


def _refuse_in_snapshot() -> None:
    """What was checked against a snapshot's tables has no place on the journal."""
    if reads_snapshot():
        raise ReadOnlyRegistry


def _publish(req: str, message: Message, on_failure: object) -> None:
    key, value = encode(message)
    try:
        _the_producer().publish(key, value, (("req", req.encode()),), on_failure)  # type: ignore[arg-type]
    except BrokerError as error:
        raise _failure(req, error) from error


def _failure(req: str, error: BrokerError) -> NoOutcome:
    kind = RecordTooLarge if isinstance(error, RecordRefused) else NoOutcome
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
    global _producer, _has_been_ready
    _has_been_ready = False
    with _lock:
        if _producer is not None:
            _producer.close()
            _producer = None
