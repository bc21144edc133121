"""Commands with a single record."""

from journal.commands.writer import Writer
from journal.projection.effects import Effect
from journal.wire.dialects import Dialect, DialectError, get_form, supports
from journal.wire.messages import Key, Message, Value
from registry.errors import UnsupportedByDialect


def publish_one(writer: Writer, key: Key, value: Value, subject: str) -> Effect:
    """Publish one record in the journal's dialect and wait for its effect.

    `subject` names the record in the sentence of UnsupportedByDialect. Raises the error of a
    rejection, UnsupportedByDialect, NoOutcome.
    """
    message = build_message(writer.publisher.current_dialect(), key, value, subject)
    return writer.publisher.publish_all([message])[0]


def build_message(dialect: Dialect, key: Key, value: Value, subject: str) -> Message:
    """Build a message; raises UnsupportedByDialect if some reader of the dialect can't read it."""
    if not supports(dialect, key.type):
        raise UnsupportedByDialect(str(DialectError(dialect, subject)))
    return Message(key, value, get_form(dialect))
