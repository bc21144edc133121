"""Links to an export, which lead there once."""

import time
from uuid import uuid4

from journal.commands.single_record import publish_one
from journal.wire.messages import Action, DownloadContext, DownloadKey, DownloadValue
from registry import queries
from registry.models import DEFAULT_TENANT
from registry.queries import Download

#: What Apicurio calls a download link that leads to the whole registry.
EXPORT = "EXPORT"


def offer_export() -> str:
    """The id of a link to an export; it lives as long as `registry.download.href.ttl` says.

    Raises UnsupportedByDialect, NoOutcome.
    """
    download_id = str(uuid4())
    context = DownloadContext(
        EXPORT, expires=_now() + int(queries.config_property(queries.DOWNLOAD_TTL).value) * 1000
    )
    _say_download(download_id, DownloadValue(Action.CREATE, context))
    return download_id


def use_download(download_id: str) -> Download:
    """What the link leads to; it leads nowhere from now on.

    Raises DownloadNotFound when it was never offered, was used already or has expired; NoOutcome.
    """
    found = queries.download(download_id, _now())
    _say_download(download_id, DownloadValue(Action.DELETE))
    return found


def _say_download(download_id: str, value: DownloadValue) -> None:
    publish_one(DownloadKey(DEFAULT_TENANT, download_id), value, "links to downloads")


def _now() -> int:
    return int(time.time() * 1000)
