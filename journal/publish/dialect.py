"""In which dialect this node writes."""

from uuid import uuid4

from django.conf import settings

from journal.publish.publisher import say
from journal.publish.readiness import await_ready, newest_generation
from journal.wire.dialects import Dialect, Generation, dialect_for, form
from journal.wire.messages import Action, Message, UpgraderKey, UpgraderValue
from registry.errors import UnsupportedByDialect


def current_dialect() -> Dialect:
    """JOURNAL_DIALECT, or what the newest records on the journal allow.

    Raises UnsupportedByDialect on a journal of 2.0, where no form of ours is safe.
    """
    if settings.JOURNAL_DIALECT != "auto":
        return Dialect(settings.JOURNAL_DIALECT)
    newest = await_ready()
    return _dialect_of(_found_journal() if newest is Generation.UNKNOWN else newest)


def dialect_to_come() -> Dialect:
    """The same, but nothing is said on an empty topic; raises UnsupportedByDialect, NotReady."""
    if settings.JOURNAL_DIALECT != "auto":
        return Dialect(settings.JOURNAL_DIALECT)
    newest = await_ready()
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
    newest_generation.cache_clear()
    return Generation.V2_6
