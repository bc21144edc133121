"""The pure parts of the list of artifacts: texts that are searched, marks, filters, file names."""

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict

from dashboard.artifacts.file_names import file_names
from dashboard.artifacts.filters import filter_chips, parse_filters, with_filter
from dashboard.artifacts.search_marks import content_match, highlight_terms, snippet
from journal.search.criteria import ArtifactQuery
from journal.search.hits import ArtifactHit
from journal.search.text import Term, fold, index_words, parse_terms

_ROW = ArtifactHit(
    id=1,
    group_id=None,
    artifact_id="order",
    type="JSON",
    version="1",
    state="ENABLED",
    name="Order",
    description=None,
    labels=(),
    properties={"team": "<Sky>"},
    owner="",
    created_on=0,
    modified_on=0,
    global_id=1,
    versions=1,
    content=b'{"a": "<i>", "shippingAddress": "<b>x</b>"}',
)


def test_a_text_is_folded_without_case_and_accents() -> None:
    assert fold("Ordér STRASSE ﬁ") == fold("ORDÉR straße fi") == "order strasse fi"


def test_camel_case_is_found_by_its_parts_and_other_names_by_their_words() -> None:
    words, parts = index_words(b"orderItemId snake_case a.b HTTPServer plain", {"Team": "Blue"})
    assert words == [
        *("orderitemid", "snake", "case", "a", "b", "httpserver", "plain", "team", "blue"),
    ]
    assert {"order", "item", "id", "itemid"} <= set(parts)
    assert "plain" not in parts


def test_of_a_content_only_the_beginning_is_searched() -> None:
    words, _ = index_words(b"a" * 199_999 + b" beyond", {})
    assert words == ["a" * 100]


def test_the_last_word_is_a_prefix_unless_a_blank_or_a_quote_ends_it() -> None:
    assert parse_terms("one tw") == (Term("one", ("one",), False), Term("tw", ("tw",), True))
    assert parse_terms("one ")[-1].is_open is False
    assert parse_terms('"a b" "c d') == (
        Term("a b", ("a", "b"), False),
        Term("c d", ("c", "d"), True),
    )
    assert parse_terms(" \0 ") == parse_terms('""') == ()
    assert len(parse_terms("a " * 1000)) == 12


@pytest.mark.parametrize(
    ("text", "search", "expected"),
    [
        ("An order", "ord", "An <mark>ord</mark>er"),
        ("<b>order</b>", "b", "&lt;<mark>b</mark>&gt;order&lt;/<mark>b</mark>&gt;"),
        ("Ordér", "order", "<mark>Ordér</mark>"),
        ("straße", "ss", "stra<mark>ß</mark>e"),
        ("aaa", "aa a", "<mark>aaa</mark>"),
        ("a&b", "&", "a<mark>&amp;</mark>b"),
        ("plain", "", "plain"),
        ("", "x", ""),
    ],
)
def test_hits_are_marked_and_everything_is_escaped(text: str, search: str, expected: str) -> None:
    assert highlight_terms(text, parse_terms(search)) == expected


def test_a_long_description_begins_near_its_hit() -> None:
    text = "word " * 60 + "target"
    assert snippet(text, parse_terms("target")).startswith("…")
    assert snippet(text, parse_terms("target")).endswith("<mark>target</mark>")
    assert snippet(text, parse_terms("word")).startswith("<mark>word</mark>")


def test_a_term_in_the_content_or_a_property_alone_is_shown() -> None:
    assert content_match(_ROW, parse_terms("order")) == ""
    assert "&lt;<mark>b</mark>&gt;" in content_match(_ROW, parse_terms('"b"'))
    assert "<b>" not in content_match(_ROW, parse_terms("address"))
    assert "shipping<mark>Address</mark>" in content_match(_ROW, parse_terms("order address"))
    assert content_match(_ROW, parse_terms("sky")) == "property team=&lt;<mark>Sky</mark>&gt;"
    assert content_match(replace(_ROW, content=b"\xff\x00"), parse_terms("address")) == ""


def test_filters_are_parsed_and_invalid_ones_left_out() -> None:
    query = QueryDict(
        "q=+a&group=g&type=AVRO&state=ENABLED&owner=ann&labels=x&labels=&labels=y"
        "&property=k:v:w&property=n&since=2026-11-25"
    )
    assert parse_filters(query) == ArtifactQuery(
        text="a",
        group="g",
        type="AVRO",
        state="ENABLED",
        owner="ann",
        labels=("x", "y"),
        properties=(("k", "v:w"), ("n", None)),
        since=1_795_564_800_000,
    )
    assert parse_filters(QueryDict("state=odd&since=yesterday&labels=+")) == ArtifactQuery()


def test_a_chip_links_to_the_list_without_its_filter() -> None:
    query = QueryDict("q=a&labels=x&labels=y&type=AVRO&page=3")
    chips = {
        (chip.words, chip.value): chip.href for chip in filter_chips(query, parse_filters(query))
    }
    assert chips == {
        ("type", "AVRO"): "?q=a&labels=x&labels=y",
        ("label", "x"): "?q=a&labels=y&type=AVRO",
        ("label", "y"): "?q=a&labels=x&type=AVRO",
    }
    assert with_filter(query, "labels", "x") == "?q=a&labels=y&labels=x&type=AVRO"
    assert with_filter(query, "type", "JSON") == "?q=a&labels=x&labels=y&type=JSON"


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([("g", "a", "AVRO"), (None, "b", "PROTOBUF")], ["g/a.avsc", "default/b.proto"]),
        ([("..", "../../etc/passwd", "JSON")], ["_/_.._etc_passwd.json"]),
        ([("g", "A", "JSON"), ("g", "a", "JSON")], ["g/A.json", "g/a-2.json"]),
        ([("g", "a.json", "JSON"), ("g", "a", "JSON")], ["g/a.json", "g/a-2.json"]),
        ([("con", "nul", "XML")], ["_con/_nul.xml"]),
        ([("g", "x" * 300, "XSD")], [f"g/{'x' * 100}.xsd"]),
    ],
)
def test_names_of_files_are_safe_and_unique(
    places: Sequence[tuple[str | None, str, str]], expected: list[str]
) -> None:
    metas: Any = [SimpleNamespace(group_id=g, artifact_id=a, type=t) for g, a, t in places]
    assert list(file_names(metas)) == expected
