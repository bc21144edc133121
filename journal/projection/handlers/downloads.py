"""Download records: a link's id is its record's key, so every node of this kind can serve it.

Java nodes make up an id of their own, so their links work on one node only.
"""

from journal.projection.effects import APPLIED, Effect
from journal.projection.rows import get_tenant
from journal.projection.tables import Tables
from journal.wire.messages import Action, DownloadKey, DownloadValue
from registry.errors import DownloadNotFound, ImpossibleRecord


def apply_download(
    tables: Tables, key: DownloadKey, value: DownloadValue, timestamp: int
) -> Effect:
    if key.download_id is None:
        raise ImpossibleRecord("A download record needs a downloadId")
    tenant = get_tenant(key)
    if value.action is Action.CREATE:
        # Each new link deletes the expired ones, so that the table stays short.
        tables.writer.write("DELETE FROM registry_download WHERE expires <= %s", timestamp)
        if value.context is None:
            raise ImpossibleRecord("A download record needs a downloadContext")
        tables.writer.write(
            "INSERT INTO registry_download (tenant_id, download_id, expires, type, global_id, "
            "content_id, content_hash) VALUES (%s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (tenant_id, download_id) DO NOTHING",
            tenant,
            key.download_id,
            value.context.expires,
            value.context.type,
            value.context.global_id,
            value.context.content_id,
            value.context.content_hash,
        )
        return APPLIED
    if value.action is not Action.DELETE:
        raise ImpossibleRecord(f"A download record can't be {value.action!r}")
    changed = tables.writer.write(
        "DELETE FROM registry_download WHERE tenant_id = %s AND download_id = %s AND expires > %s",
        tenant,
        key.download_id,
        timestamp,
    )
    if not changed:
        raise DownloadNotFound(key.download_id)
    return APPLIED
