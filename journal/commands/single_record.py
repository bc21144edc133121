"""The record of a command that needs no more than one."""

from journal.projection.effects import Effect
from journal.publish.publisher import Publisher
from journal.wire.dialects import Dialect, DialectError, get_form, supports
from journal.wire.messages import Key, Message, Value
from registry.errors import UnsupportedByDialect


def publish_one(publisher: Publisher, key: Key, value: Value, what: str) -> Effect:
    """Publish one record in the journal's dialect and wait for its effect.

    Raises the projection's refusal, UnsupportedByDialect, whose sentence names `what`, NoOutcome.
    """
    return publisher.publish_all([build_message(publisher.current_dialect(), key, value, what)])[0]


def build_message(dialect: Dialect, key: Key, value: Value, what: str) -> Message:
    """Raise UnsupportedByDialect where some reader of the dialect does not know the record."""
    if not supports(dialect, key.type):
        raise UnsupportedByDialect(str(DialectError(dialect, what)))
    return Message(key, value, get_form(dialect))
