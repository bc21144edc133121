"""How commands say one record: if every reader of the dialect knows it, and with its refusal."""

from journal.dialects import Dialect, DialectCannotSay, can_say, form
from journal.messages import Key, Message, Value
from journal.outcomes import Effect
from journal.speaker import current_dialect, heard
from registry.errors import UnsupportedByDialect


def say_one(key: Key, value: Value, what: str) -> Effect:
    """Raises what the projection refuses, UnsupportedByDialect, which names `what`, NoOutcome."""
    return heard([message_of(current_dialect(), key, value, what)])[0]


def message_of(dialect: Dialect, key: Key, value: Value, what: str) -> Message:
    """Raises UnsupportedByDialect."""
    if not can_say(dialect, key.type):
        raise UnsupportedByDialect(str(DialectCannotSay(dialect, what)))
    return Message(key, value, form(dialect))
