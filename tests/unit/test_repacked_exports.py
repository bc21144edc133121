"""Exports that were unpacked and packed again, by whatever program, and ids odd in paths."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from registry.archives.export_paths import file_step, group_path, version_path
from registry.archives.export_reader import ExportEntry, ExportEntryKind, read_archive
from registry.archives.zip_reader import ArchiveDamaged
from tests.journals import DATA

EXPORT = DATA / "journals" / "2.6.13-export.zip"
APPLE_DOUBLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X"
Files = list[tuple[str, bytes]]


def read_whole(data: bytes) -> list[ExportEntry]:
    return list(read_archive(io.BytesIO(data)))


def files_of(archive: Path) -> Files:
    with zipfile.ZipFile(archive) as entries:
        return [(name, entries.read(name)) for name in entries.namelist()]


def packed(files: Iterable[tuple[str, bytes]]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return written.getvalue()


def in_folder_order(files: Files) -> Files:
    """As `zip -r` packs: folders first, then what they hold, sorted here."""
    folders = {name[: at.end()] for name, _ in files for at in re.finditer("/", name)}
    return sorted([*files, *((folder, b"") for folder in folders)])


def backwards(files: Files) -> Files:
    return in_folder_order(files)[::-1]


def in_a_folder(files: Files) -> Files:
    return in_folder_order([(f"export 2/{name}", content) for name, content in files])


def from_windows(files: Files) -> Files:
    return [(name.replace("/", "\\"), content) for name, content in in_folder_order(files)]


def from_macos(files: Files) -> Files:
    attributes = [
        (f"__MACOSX/{name.rpartition('/')[0]}/._{name.rpartition('/')[2]}", APPLE_DOUBLE)
        for name, _ in files
    ]
    beside = [("content/._1.Content.json", APPLE_DOUBLE), ("._x.Manifest.json", APPLE_DOUBLE)]
    clutter = [(".DS_Store", b"\0"), ("content/.DS_Store", b"\0"), ("Thumbs.db", b"")]
    return [*attributes, *beside, *clutter, *in_folder_order(files)]


@pytest.mark.parametrize(
    "repack", [in_folder_order, backwards, in_a_folder, from_windows, from_macos]
)
def test_an_export_that_was_packed_again_is_read_in_the_order_of_an_export(
    repack: Callable[[Files], Files],
) -> None:
    files = files_of(EXPORT)
    before = read_whole(EXPORT.read_bytes())

    after = read_whole(packed(repack(files)))

    def documents(entries: list[ExportEntry]) -> list[tuple[object, ...]]:
        return sorted((entry.kind, json.dumps(entry.document), entry.data) for entry in entries)

    assert documents(after) == documents(before)
    kinds = [entry.kind for entry in after]
    assert kinds == sorted(kinds, key=list(ExportEntryKind).index)
    versions = [e.document for e in after if e.kind is ExportEntryKind.ARTIFACT_VERSION]
    ages = [(version["createdOn"], version["globalId"]) for version in versions]
    assert ages == sorted(ages)


class _Pipe(io.RawIOBase):
    """Can't be sought, so that sizes follow the contents."""

    def __init__(self) -> None:
        self.written = io.BytesIO()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        return self.written.write(data)


@pytest.mark.parametrize("is_zip64", [False, True])
def test_sizes_behind_the_contents_and_in_64_bits_are_read(is_zip64: bool) -> None:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in backwards(files_of(EXPORT)):
            with archive.open(name, "w", force_zip64=is_zip64) as stream:
                stream.write(content)
    assert len(read_whole(pipe.written.getvalue())) == len(read_whole(EXPORT.read_bytes()))


def version(**ids: object) -> tuple[str, bytes]:
    """A version where a Java node puts it: `%s` of the ids as they are."""
    document = {"groupId": None, "artifactId": "x", "version": "1", **ids}
    group = document["groupId"] or "default"
    path = f"groups/{group}/artifacts/{document['artifactId']}/versions/{document['version']}"
    return f"{path}.ArtifactVersion.json", json.dumps(document).encode()


ODD_IDS = (
    "..",
    "a/../b",
    "../../etc",
    "/etc/x",
    "..\\x",
    "C:\\x",
    ".",
    "",
    " ",
    "a.",
    "%2E",
    "é" * 300,
)


@pytest.mark.parametrize("text", ODD_IDS)
@pytest.mark.parametrize("where", ["groupId", "artifactId", "version"])
def test_ids_in_the_paths_of_java_nodes_are_no_way_out(where: str, text: str) -> None:
    manifest = ("m.Manifest.json", b"{}")
    _, entry = read_whole(packed([manifest, version(**{where: text})]))
    assert entry.document[where] == text
    _, entry = read_whole(
        packed([
            manifest,
            ("folder/" + version(**{where: text})[0], json.dumps(entry.document).encode()),
        ])
    )
    assert entry.document[where] == text


@pytest.mark.parametrize(
    "path",
    [
        "groups/default/artifacts/../versions/1.ArtifactVersion.json",
        "../groups/default/artifacts/x/versions/1.ArtifactVersion.json",
        "/groups/default/artifacts/x/versions/1.ArtifactVersion.json",
        "C:\\groups\\default\\artifacts\\x\\versions\\1.ArtifactVersion.json",
    ],
)
def test_a_path_with_steps_that_are_no_id_of_its_document_is_refused(path: str) -> None:
    _, content = version(artifactId="x")
    with pytest.raises(ArchiveDamaged, match="is no path that an export has"):
        read_whole(packed([("m.Manifest.json", b"{}"), (path, content)]))


def test_written_paths_survive_every_unpacking_program(tmp_path: Path) -> None:
    documents = [
        {"groupId": group, "artifactId": artifact, "version": number}
        for group in (None, "shop", *ODD_IDS[:4])
        for artifact in ("order", *ODD_IDS)
        for number in ("1", "..", "a/versions/b")
    ]
    paths = [version_path(document) for document in documents]
    assert len(set(paths)) == len(paths)
    for path in paths:
        steps = path.split("/")
        assert len(steps) == 6
        assert not any(re.search(r'[\\:*?"<>|]|[. ]$|^$', step) for step in steps)
        assert all(len(step.encode()) <= 255 for step in steps)

    with zipfile.ZipFile(io.BytesIO(packed((path, b"{}") for path in paths))) as archive:
        archive.extractall(tmp_path)
    unpacked = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.json")}
    assert unpacked == set(paths)


def test_usual_ids_stand_in_paths_as_java_nodes_write_them() -> None:
    for text in ("order", "com.example.Order", "Order-value", "größe_2", "a b", "..a", "@x+y=(1)"):
        assert file_step(text) == text
        assert group_path({"groupId": text}) == f"groups/{text}.Group.json"
