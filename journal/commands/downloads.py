"""Single-use links to an export."""

import time
from uuid import uuid4

from journal.commands.single_record import publish_one
from journal.commands.writer import Writer
from journal.wire.messages import Action, DownloadContext, DownloadKey, DownloadValue
from registry import queries
from registry.models import DEFAULT_TENANT
from registry.queries import Download

#: Apicurio's name of a download that is the whole registry.
EXPORT = "EXPORT"


def offer_export(writer: Writer) -> str:
    """Return the id of a new link, valid for `registry.download.href.ttl` seconds.

    Raises UnsupportedByDialect, NoOutcome.
    """
    download_id = str(uuid4())
    lifetime = int(queries.config_property(queries.DOWNLOAD_TTL).value) * 1000
    context = DownloadContext(EXPORT, expires=_now() + lifetime)
    _publish(writer, download_id, DownloadValue(Action.CREATE, context))
    return download_id


def use_download(writer: Writer, download_id: str) -> Download:
    """Consume a link and return its download.

    Raises DownloadNotFound for an unknown, used or expired link; NoOutcome.
    """
    download = queries.download(download_id, _now())
    _publish(writer, download_id, DownloadValue(Action.DELETE))
    return download


def _publish(writer: Writer, download_id: str, value: DownloadValue) -> None:
    publish_one(writer, DownloadKey(DEFAULT_TENANT, download_id), value, "links to downloads")


def _now() -> int:
    return int(time.time() * 1000)
