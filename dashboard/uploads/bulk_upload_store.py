"""Bulk uploads from their plan to their end, in the node's home, for a day.

Files are named by their numbers: the names in a zip are texts in the document beside them, never
paths. Only the uploading user finds them.
"""

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
from django.conf import settings

from journal.durable_files import read_json, write_json
from registry.bundles.file_reader import BundleFile

_DOCUMENT = "bundle.json"
_MAX_AGE_S = 24 * 3600
#: The oldest is discarded when one more comes.
_MAX_UPLOADS = 20


class UploadItem(msgspec.Struct, kw_only=True, rename={"is_skipped": "is_left_out"}):
    """A file with its chosen id and type; an empty `type_name` means the detected type."""

    path: str
    artifact_id: str
    type_name: str = ""
    is_skipped: bool = False


class ItemResult(msgspec.Struct, kw_only=True, rename={"index": "at", "error": "trouble"}):
    """The result of the last run; `state` is waiting, stored, there, failed or not tried."""

    index: int
    artifact_id: str
    state: str
    version: str = ""
    error: str = ""


class BulkUpload(
    msgspec.Struct,
    kw_only=True,
    rename={"created": "began", "items": "lines", "results": "outcomes"},
):
    """The files of one bulk upload, found by `owner` only; `created` is in epoch seconds."""

    id: str
    owner: str
    created: float
    group: str
    items: list[UploadItem]
    remarks: list[str] = []
    results: list[ItemResult] = []


_decoder = msgspec.json.Decoder(BulkUpload)


def create_upload(
    owner: str,
    group: str,
    files: Sequence[BundleFile],
    ids: Sequence[str],
    remarks: list[str],
) -> BulkUpload:
    """Store files and their artifact ids durably; discards old uploads."""
    home: Path = settings.ANNALS_HOME.uploads
    earlier = []
    for folder in home.iterdir() if home.is_dir() else ():
        known = _read(folder)
        earlier.append((folder.stat().st_mtime if known is None else known.created, folder))
    for index, (created, folder) in enumerate(sorted(earlier, reverse=True)):
        if index >= _MAX_UPLOADS - 1 or time.time() - created > _MAX_AGE_S:
            shutil.rmtree(folder, ignore_errors=True)
    upload = BulkUpload(
        id=str(uuid4()),
        owner=owner,
        created=time.time(),
        group=group,
        items=[
            UploadItem(path=file.path, artifact_id=artifact_id)
            for file, artifact_id in zip(files, ids, strict=True)
        ],
        remarks=remarks,
    )
    folder = _folder(upload.id)
    folder.mkdir(mode=0o700, parents=True)
    for index, file in enumerate(files):
        descriptor = os.open(folder / str(index), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stored:
            stored.write(file.content)
    save(upload)
    return upload


def save(upload: BulkUpload) -> None:
    write_json(_folder(upload.id) / _DOCUMENT, upload)


def find_upload(upload_id: UUID, owner: str) -> BulkUpload | None:
    """Return the upload; None if unknown, expired or of another owner."""
    upload = _read(_folder(str(upload_id)))
    if upload is None or upload.owner != owner or time.time() - upload.created > _MAX_AGE_S:
        return None
    return upload


def read_contents(upload: BulkUpload) -> list[bytes]:
    """Return the contents in the order of the items."""
    folder = _folder(upload.id)
    return [(folder / str(index)).read_bytes() for index in range(len(upload.items))]


def discard(upload: BulkUpload) -> None:
    shutil.rmtree(_folder(upload.id), ignore_errors=True)


def _folder(upload_id: str) -> Path:
    home: Path = settings.ANNALS_HOME.uploads
    return home / upload_id


def _read(folder: Path) -> BulkUpload | None:
    try:
        return read_json(folder / _DOCUMENT, _decoder)
    except (OSError, ValueError):
        return None
