"""How commands say one record: if every reader of the dialect knows it, and with its refusal."""

from journal.projection.effects import Effect
from journal.publish.dialect import current_dialect
from journal.publish.publisher import publish_all
from journal.wire.dialects import Dialect, DialectError, get_form, supports
from journal.wire.messages import Key, Message, Value
from registry.errors import UnsupportedByDialect


def publish_one(key: Key, value: Value, what: str) -> Effect:
    """Raises what the projection refuses, UnsupportedByDialect, which names `what`, NoOutcome."""
    return publish_all([build_message(current_dialect(), key, value, what)])[0]


def build_message(dialect: Dialect, key: Key, value: Value, what: str) -> Message:
    """Raises UnsupportedByDialect."""
    if not supports(dialect, key.type):
        raise UnsupportedByDialect(str(DialectError(dialect, what)))
    return Message(key, value, get_form(dialect))
