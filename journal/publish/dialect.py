"""The dialect in which this node writes."""

from django.conf import settings

from journal.publish.readiness import await_ready
from journal.wire.dialects import Dialect, Generation, dialect_for
from registry.errors import UnsupportedByDialect


def current_dialect() -> Dialect:
    """Return JOURNAL_FORMAT_VERSION, or the dialect that the newest records on the journal allow.

    An empty journal gets 2.6. Raises NotReady, and UnsupportedByDialect on a journal of 2.0,
    where no form of this node is safe.
    """
    if settings.JOURNAL_FORMAT_VERSION != "auto":
        return Dialect(settings.JOURNAL_FORMAT_VERSION)
    newest = await_ready()
    dialect = Dialect.V2_6 if newest is Generation.UNKNOWN else dialect_for(newest)
    if dialect is None:
        raise UnsupportedByDialect(
            "The newest records on this journal are of Apicurio Registry 2.0, which reads no form "
            "that this node can write; upgrade those nodes, or name a JOURNAL_FORMAT_VERSION."
        )
    return dialect
