"""Unused download links."""

from dataclasses import dataclass

from registry.errors import DownloadNotFound
from registry.models import DEFAULT_TENANT
from registry.queries.sql import fetch_row


@dataclass(frozen=True, slots=True)
class Download:
    """`type` is EXPORT or another kind of download; `expires` is in epoch ms."""

    download_id: str
    type: str | None
    expires: int


def download(download_id: str, now: int) -> Download:
    """Return a link valid at `now`, in epoch ms; raises DownloadNotFound, also if expired."""
    row = fetch_row(
        "SELECT download_id, type, expires FROM registry_download "
        "WHERE tenant_id = %s AND download_id = %s AND expires > %s",
        *(DEFAULT_TENANT, download_id, now),
    )
    if row is None:
        raise DownloadNotFound(download_id)
    return Download(*row)
