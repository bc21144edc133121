"""An import says what a Java node said when it imported the same zip, byte for byte."""

import re
import zipfile
from io import BytesIO

import pytest

from journal.dumps.export_entries import import_messages
from journal.dumps.reading import DumpReader
from journal.wire.codec import encode
from journal.wire.dialects import Dialect
from registry.archives.export_reader import read_archive
from registry.archives.zip_reader import ArchiveDamaged
from tests.journals import DATA

JOURNALS = DATA / "journals"
_NONCE = re.compile(rb'"uuid":"[0-9a-f-]{36}"')
_IMPORTS = (b'"action":5', b'"IMPORT"', b'"action":6', b'"RESET"')

Spelled = tuple[bytes, bytes | None]


def without_nonces(key: bytes, value: bytes | None) -> Spelled:
    return _NONCE.sub(b"", key), value


def said_by_java(release: str) -> list[Spelled]:
    """Imports and resets, from the last import of a content on."""
    with (JOURNALS / f"{release}.jsonl").open("rb") as lines:
        records = [(item.key or b"", item.value or b"") for item in DumpReader(lines)]
    result = [
        (key, value)
        for key, value in records
        if value.startswith(b"\x02\x05") or any(sign in value for sign in _IMPORTS)
    ]
    return [without_nonces(*item) for item in result]


def said_here(release: str, dialect: Dialect) -> list[Spelled]:
    with (JOURNALS / f"{release}-imported.zip").open("rb") as file:
        return [
            without_nonces(*encode(message))
            for message in import_messages(read_archive(file), dialect)
        ]


@pytest.mark.parametrize(
    ("release", "dialect"), [("2.6.13", Dialect.V2_6), ("2.1.5", Dialect.V2_1_4)]
)
def test_an_import_has_the_records_of_the_recorded_one(release: str, dialect: Dialect) -> None:
    assert said_here(release, dialect) == said_by_java(release)


def test_the_records_of_2_1_3_are_equal_but_for_their_nonces() -> None:
    here = said_here("2.1.3", Dialect.V2_1_0)
    java = said_by_java("2.1.3")
    assert [item.replace(b",}", b"}") for item, _ in here] == [
        item.replace(b",}", b"}") for item, _ in java
    ]
    assert [value for _, value in here] == [value for _, value in java]


def zipped(*entries: tuple[str, bytes]) -> BytesIO:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("manifest-2021.Manifest.json", b"{}")
        for name, content in entries:
            archive.writestr(name, content)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ([("groups/a.Group.json", b"{}")], "missing required field `groupId`"),
        ([("groups/a.Group.json", b'{"groupId": 3}')], "Expected `str | null`, got `int`"),
        ([("groups/a.Group.json", b'{"groupId": "a", "x": 1}')], "unknown field `x`"),
        ([("a.GlobalRule.json", b'{"ruleType": null}')], "Expected `str`, got `null`"),
        (
            [
                (
                    "content/a.Content.json",
                    b'{"contentId": 1, "contentHash": "' + b"ab" * 32 + b'"}',
                ),
                ("content/a.Content.data", b"x"),
            ],
            "its bytes do not have the hash abab",
        ),
        (
            [
                ("content/a.Content.json", b'{"contentId": 1e30, "contentHash": "ab"}'),
                ("content/a.Content.data", b"x"),
            ],
            "Expected `int`",
        ),
    ],
)
def test_a_contradictory_entry_is_named(entries: list[tuple[str, bytes]], reason: str) -> None:
    with pytest.raises(ArchiveDamaged, match=re.escape(reason)) as refused:
        list(import_messages(read_archive(zipped(*entries)), Dialect.V2_6))
    assert entries[0][0] in str(refused.value)

    damages: list[str] = []
    left = list(
        import_messages(
            read_archive(zipped(*entries)), Dialect.V2_6, lambda damage: damages.append(str(damage))
        )
    )
    assert len(damages) == 1
    assert len(left) == 2


def test_an_import_of_comments_names_a_dialect_without_them() -> None:
    comment = b'{"globalId": 1, "commentId": "2", "value": "x"}'
    file = zipped(("comments/462.Comment.json", comment))
    with pytest.raises(ArchiveDamaged, match="has no comments"):
        list(import_messages(read_archive(file), Dialect.V2_1_4))
