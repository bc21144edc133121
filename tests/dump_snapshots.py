"""The findings of a dump, as the page and the command get them."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from journal.kafka.topic_description import TopicDescription
from journal.snapshots.from_file import UploadedFile, snapshot_from_file
from journal.snapshots.store import Snapshot, SnapshotStore


def snapshot_of_dump(
    lines: Iterable[bytes], description: TopicDescription | None = None
) -> Snapshot:
    """Return what a snapshot of these lines holds; its folder is gone."""
    file = BytesIO(b"\n".join(line.rstrip(b"\n") for line in lines))
    with TemporaryDirectory() as folder:
        return snapshot_from_file(
            SnapshotStore(Path(folder)),
            UploadedFile("dump.jsonl", file, description),
            lambda *_: None,
        )
