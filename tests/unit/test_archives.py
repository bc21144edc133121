"""Exports as zips: what Java nodes write is read, what is spoilt or hostile is refused."""

import io
import struct
import zipfile
from collections.abc import Iterable

import pytest

from registry.archives.export_reader import ExportEntry, ExportEntryKind, read_archive
from registry.archives.zip_reader import ArchiveDamaged, ArchiveLimits
from tests.journals import DATA

MANIFEST = ("manifest-2021.Manifest.json", b"{}")


def zipped(*entries: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    held.seek(0)
    return held


def reasons(held: io.BytesIO, limits: ArchiveLimits | None = None) -> str:
    with pytest.raises(ArchiveDamaged) as refused:
        read_whole(held, limits)
    return str(refused.value)


def read_whole(held: io.BytesIO, limits: ArchiveLimits | None = None) -> list[ExportEntry]:
    return list(read_archive(held, limits or ArchiveLimits()))


def test_the_empty_export_of_the_incident_is_a_manifest() -> None:
    with (DATA / "empty-export.zip").open("rb") as file:
        (manifest,) = read_archive(file)
    assert manifest.kind is ExportEntryKind.MANIFEST
    assert manifest.document["systemName"] == "Apicurio Registry (Kafka+SQL)"


@pytest.mark.parametrize("release", ["2.1.3", "2.1.5", "2.6.13", "2.6.13-3partitions"])
def test_what_java_nodes_exported_is_read_to_its_end(release: str) -> None:
    file = DATA / "journals" / f"{release}-export.zip"
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if not name.endswith(".data")]
    with file.open("rb") as stream:
        entries = list(read_archive(stream))
    assert [entry.path for entry in entries] == names
    contents = [entry for entry in entries if entry.kind is ExportEntryKind.CONTENT]
    assert contents
    assert all(entry.data for entry in contents)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd.Group.json",
        "groups/../../a.Group.json",
        "..\\windows\\a.Group.json",
        f"{'a' * 5000}.Group.json",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(path: str) -> None:
    assert "is no path that an export has" in reasons(zipped(MANIFEST, (path, b"{}")))


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([], "not even the manifest"),
        ([("groups/a.Group.json", b"{}")], "begins with its manifest"),
        ([MANIFEST, ("a.exe", b"MZ")], "'a.exe' is no entry of an export"),
        ([MANIFEST, ("groups/a.Group.json", b"[1]")], "is not a JSON object"),
        ([MANIFEST, ("groups/a.Group.json", b"{")], "is not JSON"),
        ([MANIFEST, ("groups/a.Group.json", b"[" * 100_000)], "is not JSON"),
        ([MANIFEST, ("content/1.Content.json", b"{}")], "not followed by its bytes"),
        ([MANIFEST, ("content/1.Content.data", b"{}")], "does not follow the document"),
        (
            [MANIFEST, ("content/1.Content.json", b"{}"), ("content/2.Content.data", b"{}")],
            "not followed by its bytes",
        ),
    ],
)
def test_what_is_no_export_is_refused(entries: Iterable[tuple[str, bytes]], reason: str) -> None:
    assert reason in reasons(zipped(*entries))


def test_an_entry_that_is_there_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        held = zipped(MANIFEST, ("rules/VALIDITY.GlobalRule.json", b"{}"), MANIFEST)
    assert "is there twice" in reasons(held)


def test_a_bomb_is_refused_before_it_is_unpacked_whole() -> None:
    held = zipped(MANIFEST, ("groups/a.Group.json", b" " * 10_000_000))
    assert "unpacks to more than the 1,000 bytes" in reasons(held, ArchiveLimits(entry=1000))


def test_many_entries_may_not_be_large_together() -> None:
    rules = [(f"rules/{each}.GlobalRule.json", b'{"a":"' + b" " * 400 + b'"}') for each in "abc"]
    held = zipped(MANIFEST, *rules)
    assert "unpacks to more than" in reasons(held, ArchiveLimits(total=1000))


def test_too_many_entries_are_refused() -> None:
    rules = [(f"rules/{each}.GlobalRule.json", b"{}") for each in range(10)]
    said = reasons(zipped(MANIFEST, *rules), ArchiveLimits(entries=10))
    assert said == "It holds 11 entries; 10 are the limit."


def test_a_size_that_the_zip_only_claims_is_not_believed() -> None:
    held = bytearray(zipped(MANIFEST, compression=zipfile.ZIP_STORED).getvalue())
    directory = held.rindex(b"PK\x01\x02")
    struct.pack_into("<I", held, directory + 24, 2**31)
    assert read_whole(io.BytesIO(bytes(held)))[0].document == {}


@pytest.mark.parametrize("cut", range(1, 300, 13))
def test_a_cut_zip_is_refused(cut: int) -> None:
    whole = (DATA / "empty-export.zip").read_bytes()
    assert "no zip that can be read" in reasons(io.BytesIO(whole[:-cut]))


def test_a_zip_with_flipped_bytes_is_read_or_refused() -> None:
    whole = (DATA / "journals" / "2.1.3-export.zip").read_bytes()
    refused = 0
    for at in range(0, len(whole), 61):
        spoilt = bytearray(whole)
        spoilt[at] ^= 0xFF
        try:
            read_whole(io.BytesIO(bytes(spoilt)))
        except ArchiveDamaged:
            refused += 1
    assert refused > len(whole) / 61 / 2


def test_an_encrypted_entry_is_refused() -> None:
    held = bytearray(zipped(MANIFEST).getvalue())
    directory = held.rindex(b"PK\x01\x02")
    held[6] |= 1
    held[directory + 8] |= 1
    assert "is encrypted" in reasons(io.BytesIO(bytes(held)))


def read_leniently(content: bytes) -> tuple[list[ExportEntry], list[str]]:
    told: list[str] = []
    found = read_archive(io.BytesIO(content), on_damage=lambda damage: told.append(str(damage)))
    return list(found), told


@pytest.mark.parametrize("release", ["2.1.3", "2.6.13"])
def test_of_a_cut_export_what_came_before_the_cut_is_read(release: str) -> None:
    whole = (DATA / "journals" / f"{release}-export.zip").read_bytes()
    entries, told = read_leniently(whole)
    assert told == []
    counts = set()
    for cut in range(0, len(whole), 97):
        found, damage = read_leniently(whole[:cut])
        assert damage
        assert found == entries[: len(found)]
        counts.add(len(found))
    assert {0, 1, len(entries)} <= counts


def test_spoilt_bytes_are_told_and_the_rest_is_read() -> None:
    whole = (DATA / "journals" / "2.1.3-export.zip").read_bytes()
    entries, _ = read_leniently(whole)
    read = 0
    for at in range(0, len(whole), 61):
        spoilt = bytearray(whole)
        spoilt[at] ^= 0xFF
        found, told = read_leniently(bytes(spoilt))
        assert told or found == entries
        read += len(found)
    assert read > 0.8 * len(entries) * len(range(0, len(whole), 61))


def test_stored_entries_are_found_without_a_directory() -> None:
    group = ("groups/a.Group.json", b'{"groupId": "a"}')
    whole = zipped(MANIFEST, group, compression=zipfile.ZIP_STORED).getvalue()
    found, told = read_leniently(whole[: whole.index(b"PK\x01\x02")])
    assert [each.path for each in found] == [MANIFEST[0], group[0]]
    assert len(told) == 1
