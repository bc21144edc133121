"""Exports as zips: what Java nodes write is read, what is spoilt or hostile is refused."""

import io
import json
import struct
import zipfile
from collections.abc import Iterable

import pytest

from registry.archives.export_reader import ExportEntry, ExportEntryKind, read_archive
from registry.archives.zip_reader import ArchiveDamaged, ArchiveLimits
from tests.journals import DATA

MANIFEST = ("manifest-2021.Manifest.json", b"{}")


def zipped(*entries: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    data.seek(0)
    return data


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
def test_exports_of_java_nodes_are_read_to_their_end(release: str) -> None:
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
def test_a_zip_that_is_no_export_is_refused(
    entries: Iterable[tuple[str, bytes]], reason: str
) -> None:
    assert reason in reasons(zipped(*entries))


def manifest(version: str, form: str, name: str = "Apicurio Registry (Kafka+SQL)") -> bytes:
    return json.dumps({
        "systemVersion": version,
        "systemName": name,
        "exportVersion": form,
    }).encode()


@pytest.mark.parametrize(("version", "form"), [("3.0.6", "3.0"), ("3.0.0.M4", "1.0")])
def test_an_export_of_registry_3_is_named(version: str, form: str) -> None:
    entries = (
        ("manifest-1.Manifest.json", manifest(version, form)),
        ("groups/a/artifacts/b.Artifact.json", b"{}"),
    )
    message = (
        f"It is an export of Apicurio Registry {version}, which has another form than those of 2,"
        " which are read here."
    )
    assert reasons(zipped(*entries)) == message
    assert read_leniently(zipped(*entries).getvalue()) == ([], [message])


def test_exports_of_other_registries_are_told_by_their_form_alone() -> None:
    data = zipped(("manifest-1.Manifest.json", manifest("3.1.0", "1.0", "Annals")))
    assert len(read_whole(data)) == 1


def test_an_entry_that_is_there_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped(MANIFEST, ("rules/VALIDITY.GlobalRule.json", b"{}"), MANIFEST)
    assert "is there twice" in reasons(data)


def test_a_bomb_is_refused_before_it_is_unpacked_whole() -> None:
    data = zipped(MANIFEST, ("groups/a.Group.json", b" " * 10_000_000))
    assert "unpacks to more than the 1,000 bytes" in reasons(data, ArchiveLimits(entry=1000))


def test_many_entries_may_not_be_large_together() -> None:
    rules = [(f"rules/{item}.GlobalRule.json", b'{"a":"' + b" " * 400 + b'"}') for item in "abc"]
    data = zipped(MANIFEST, *rules)
    assert "unpacks to more than" in reasons(data, ArchiveLimits(total=1000))


def test_too_many_entries_are_refused() -> None:
    rules = [(f"rules/{item}.GlobalRule.json", b"{}") for item in range(10)]
    message = reasons(zipped(MANIFEST, *rules), ArchiveLimits(entries=10))
    assert message == "It holds 11 entries; 10 are the limit."


def test_a_size_that_the_zip_claims_is_not_trusted() -> None:
    data = bytearray(zipped(MANIFEST, compression=zipfile.ZIP_STORED).getvalue())
    directory = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, directory + 24, 2**31)
    assert read_whole(io.BytesIO(bytes(data)))[0].document == {}


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
    data = bytearray(zipped(MANIFEST).getvalue())
    directory = data.rindex(b"PK\x01\x02")
    data[6] |= 1
    data[directory + 8] |= 1
    assert "is encrypted" in reasons(io.BytesIO(bytes(data)))


def read_leniently(content: bytes) -> tuple[list[ExportEntry], list[str]]:
    text: list[str] = []
    result = read_archive(io.BytesIO(content), on_damage=lambda damage: text.append(str(damage)))
    return list(result), text


@pytest.mark.parametrize("release", ["2.1.3", "2.6.13"])
def test_a_cut_export_is_read_up_to_the_cut(release: str) -> None:
    whole = (DATA / "journals" / f"{release}-export.zip").read_bytes()
    entries, text = read_leniently(whole)
    assert text == []
    counts = set()
    for cut in range(0, len(whole), 97):
        result, damage = read_leniently(whole[:cut])
        assert damage
        assert result == entries[: len(result)]
        counts.add(len(result))
    assert {0, 1, len(entries)} <= counts


def test_damaged_bytes_are_reported_and_the_rest_is_read() -> None:
    whole = (DATA / "journals" / "2.1.3-export.zip").read_bytes()
    entries, _ = read_leniently(whole)
    read = 0
    for at in range(0, len(whole), 61):
        spoilt = bytearray(whole)
        spoilt[at] ^= 0xFF
        result, text = read_leniently(bytes(spoilt))
        assert text or result == entries
        read += len(result)
    assert read > 0.8 * len(entries) * len(range(0, len(whole), 61))


def test_stored_entries_are_found_without_a_directory() -> None:
    group = ("groups/a.Group.json", b'{"groupId": "a"}')
    whole = zipped(MANIFEST, group, compression=zipfile.ZIP_STORED).getvalue()
    result, text = read_leniently(whole[: whole.index(b"PK\x01\x02")])
    assert [item.path for item in result] == [MANIFEST[0], group[0]]
    assert len(text) == 1
