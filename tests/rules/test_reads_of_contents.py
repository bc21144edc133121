"""A content is read as often for many references and incompatibilities as for one."""

import json
from collections import Counter

import pytest

from dashboard.versions.layouts import default_layout, lay_out
from registry import checking, text_diff
from registry.artifact_types.checks import Document
from registry.bundles.dependencies import BundlePart, find_dependencies
from registry.checking import checks
from registry.checking.pool import CheckFailed, CheckPool
from registry.content_changes import ContentDifference, compare_contents
from tests.reads import count_reads

SHOP = b'openapi: 3.0.0\n"$id": https://x.example/shop.yaml\ncomponents:\n  schemas:\n'


def test_a_referrer_is_read_once_for_all_of_its_references() -> None:
    refs = b"".join(b"    P%d: {$ref: part%d.json}\n" % (number, number) for number in range(300))
    parts = [
        BundlePart("shop.yaml", SHOP + refs, "OPENAPI"),
        BundlePart("other.json", b'{"$id": "https://x.example/part7.json"}', "JSON"),
    ]
    found = []
    reads = count_reads(lambda: found.extend(find_dependencies(parts)))
    assert reads == {"provided_names": 2, "find_unresolved_references": 2}
    assert len(found[0]) == 300
    assert [item.name for item in found[0] if item.target == 1] == ["part7.json"]


def compared(old: Document, new: Document) -> tuple[ContentDifference, Counter[str]]:
    found = []
    reads = count_reads(lambda: found.append(compare_contents("AVRO", old, new)))
    return found[0], reads


def record(kind: str, count: int) -> Document:
    fields = [{"name": f"f{number}", "type": kind} for number in range(count)]
    return Document(json.dumps({"type": "record", "name": "R", "fields": fields}).encode())


def test_versions_are_read_as_often_for_many_incompatibilities_as_for_one() -> None:
    few, once = compared(record("int", 1), record("string", 1))
    many, often = compared(record("int", 250), record("string", 250))
    assert once == often
    assert 1 <= once["find_name_paths"] <= 2
    assert [change.path for change in few.changes] == ["R.f0"]
    assert [change.path for change in many.changes] == [f"R.f{number}" for number in range(250)]
    assert all(change.backward and change.forward for change in many.changes)


def test_changes_that_find_no_room_are_left_out_and_counted_as_incompatible() -> None:
    difference, _ = compared(record("int", 400), record("string", 400))
    assert len(difference.changes) == 300
    assert not difference.is_backward
    assert not difference.is_forward


def test_large_documents_are_laid_out_in_a_checking_process() -> None:
    content = json.dumps({"items": [{"number": number} for number in range(5_000)]}).encode()
    laid: list[bytes | None] = []

    def lay_out_both() -> None:
        assert default_layout(content) == "json"
        laid.extend((lay_out(content, "json"), lay_out(content, "yaml")))

    assert count_reads(lay_out_both) == {"has_layouts": 1, "lay_out": 2}
    as_json, as_yaml = (text or b"" for text in laid)
    assert json.loads(as_json) == json.loads(content)
    assert as_yaml.startswith(b"items:\n- number: 0\n")


def test_texts_are_compared_in_a_checking_process(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = b"a\nb\nsame\n", b"a\nc\nsame\nmore\n\xff"
    found = []
    reads = count_reads(lambda: found.append(checking.side_by_side(old, new)))
    assert reads == {"side_by_side": 1}
    assert found == [text_diff.side_by_side(old, new)]

    def fail(_pool: CheckPool, _name: str, *_arguments: object) -> bytes:
        raise CheckFailed("The content takes too long")

    monkeypatch.setattr(CheckPool, "run", fail)
    difference = checking.side_by_side(old, new)
    assert difference.rows == ()
    assert "too much time" in difference.remark


@pytest.mark.parametrize("limit", [-1, 64 * 1024])
@pytest.mark.parametrize(
    "content", [b'{"a": 123456789012345678901234567890}', b'["\\ud800"]', b"[" * 300 + b"]" * 300]
)
def test_a_document_that_cant_be_laid_out_is_shown_as_it_is(
    content: bytes, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON as orjson writes it has numbers of 64 bits, whole characters and 254 levels."""
    monkeypatch.setattr(checks, "_SMALL_BYTES", limit)
    assert lay_out(content, "json") is None


@pytest.mark.parametrize(
    ("content", "line"), [(b'{"a": 1\n"b"}', 2), (b"<a>\n<b></a>", 2), (b"\xff", 1), (b"text", 0)]
)
def test_faults_of_a_content_of_unknown_type_have_a_line(content: bytes, line: int) -> None:
    violations = checking.untyped_violations(content)
    assert [violation.line for violation in violations] == ([line] if line else [])
    assert count_reads(lambda: checking.untyped_violations(content)) == {"untyped_violations": 1}
