"""Download records: a link's id is its key's, so that it works on every node that asks here.

Java nodes each make an id of their own, so a link of theirs works on one node alone.
"""

from journal.projection.effects import Effect
from journal.projection.rows import check_lengths, get_tenant, replace_nul
from journal.projection.tables import Tables
from journal.wire.messages import Action, DownloadContext, DownloadKey, DownloadValue
from registry.errors import DownloadNotFound, ImpossibleRecord


def apply_download(tables: Tables, key: DownloadKey, value: DownloadValue, at: int) -> Effect:
    if key.download_id is None:
        raise ImpossibleRecord("A download record needs a downloadId")
    check_lengths(download_id=key.download_id)
    if value.action is Action.CREATE:
        # Every new link clears what expired before it, so that the table stays short.
        tables.writer.write("DELETE FROM registry_download WHERE expires <= %s", at)
        return _create(tables, key, value.context)
    if value.action is not Action.DELETE:
        raise ImpossibleRecord(f"A download record can't be {value.action!r}")
    changed = tables.writer.write(
        "DELETE FROM registry_download WHERE tenant_id = %s AND download_id = %s AND expires > %s",
        get_tenant(key),
        replace_nul(key.download_id),
        at,
    )
    if not changed:
        raise DownloadNotFound(key.download_id)
    return Effect()


def _create(tables: Tables, key: DownloadKey, context: DownloadContext | None) -> Effect:
    if context is None:
        raise ImpossibleRecord("A download record needs a downloadContext")
    tables.writer.write(
        "INSERT INTO registry_download (tenant_id, download_id, expires, type, global_id, "
        "content_id, content_hash) VALUES (%s, %s, %s, %s, %s, %s, %s) "
        "ON CONFLICT (tenant_id, download_id) DO NOTHING",
        get_tenant(key),
        replace_nul(key.download_id),
        context.expires,
        context.type,
        context.global_id,
        context.content_id,
        replace_nul(context.content_hash),
    )
    return Effect()
