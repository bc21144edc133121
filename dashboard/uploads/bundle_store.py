"""Uploads of several files between their plan and their end: in the node's home, for a day.

Files are called by their numbers; what people called them stands in a document beside them.
"""

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
from django.conf import settings

from journal.durable_files import durable_file
from registry.bundles.file_reader import BundleFile

_DOCUMENT = "bundle.json"
_SECONDS = 24 * 3600
#: The oldest goes when one more comes.
_MOST = 20


class KeptLine(msgspec.Struct, kw_only=True):
    """One file and what was chosen for it; `type_name` is empty for the one that is detected."""

    path: str
    artifact_id: str
    type_name: str = ""
    is_left_out: bool = False


class KeptOutcome(msgspec.Struct, kw_only=True):
    """Of the last run; `state` is waiting, stored, there, failed or not tried."""

    at: int
    artifact_id: str
    state: str
    version: str = ""
    trouble: str = ""


class KeptBundle(msgspec.Struct, kw_only=True):
    """`owner` is who brought it; nobody else finds it. Times are in epoch seconds."""

    id: str
    owner: str
    began: float
    group: str
    lines: list[KeptLine]
    remarks: list[str] = []
    outcomes: list[KeptOutcome] = []
    job: str = ""


def keep_bundle(
    owner: str,
    group: str,
    files: Sequence[BundleFile],
    ids: Sequence[str],
    remarks: list[str],
) -> KeptBundle:
    """All of it is on the disk when this returns."""
    _forget_old()
    bundle = KeptBundle(
        id=str(uuid4()),
        owner=owner,
        began=time.time(),
        group=group,
        lines=[
            KeptLine(path=each.path, artifact_id=named)
            for each, named in zip(files, ids, strict=True)
        ],
        remarks=remarks,
    )
    folder = _folder(bundle.id)
    folder.mkdir(mode=0o700, parents=True)
    for at, each in enumerate(files):
        descriptor = os.open(folder / str(at), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(each.content)
    save(bundle)
    return bundle


def save(bundle: KeptBundle) -> None:
    with durable_file(_folder(bundle.id) / _DOCUMENT) as file:
        file.write(msgspec.json.encode(bundle))


def find_bundle(bundle_id: UUID, owner: str) -> KeptBundle | None:
    """None for one that is not known, too old, or somebody else's."""
    bundle = _read(_folder(str(bundle_id)))
    if bundle is None or bundle.owner != owner or time.time() - bundle.began > _SECONDS:
        return None
    return bundle


def contents_of(bundle: KeptBundle) -> list[bytes]:
    """In the order of its lines."""
    folder = _folder(bundle.id)
    return [(folder / str(at)).read_bytes() for at in range(len(bundle.lines))]


def forget(bundle: KeptBundle) -> None:
    shutil.rmtree(_folder(bundle.id), ignore_errors=True)


def _folder(bundle_id: str) -> Path:
    home: Path = settings.ANNALS_HOME.brought
    return home / bundle_id


def _read(folder: Path) -> KeptBundle | None:
    try:
        return msgspec.json.decode((folder / _DOCUMENT).read_bytes(), type=KeptBundle)
    except (OSError, msgspec.MsgspecError):
        return None


def _forget_old() -> None:
    home: Path = settings.ANNALS_HOME.brought
    kept = sorted(_ages(home), reverse=True)
    for at, (began, folder) in enumerate(kept):
        if at >= _MOST - 1 or time.time() - began > _SECONDS:
            shutil.rmtree(folder, ignore_errors=True)


def _ages(home: Path) -> Iterator[tuple[float, Path]]:
    """What can't be read is as old as its folder."""
    if not home.is_dir():
        return
    for folder in home.iterdir():
        bundle = _read(folder)
        yield (folder.stat().st_mtime if bundle is None else bundle.began), folder
