"""The pure parts of the pages."""

import pytest
from django.http import QueryDict

from dashboard.frame.converters import GroupConverter, IdConverter, parse_group
from dashboard.frame.paging import parse_page
from dashboard.journal.filters import parse_filter, query_number
from dashboard.templatetags.annals import ago, full_time, remedy_blocks, size
from dashboard.versions.highlight import highlight_content
from journal.models import Outcome
from journal.wire.messages import MessageType
from tests.own_node import Client


@pytest.mark.parametrize(
    "text", ["plain", "a/b", "50%", ".", "..", "a%2Fb", "é ?#&", "%", "", " x "]
)
def test_any_id_survives_its_address(text: str) -> None:
    address = IdConverter().to_url(text)
    assert "/" not in address
    assert address not in {".", ".."}
    assert IdConverter().to_python(address) == text


def test_the_default_group_has_no_id_but_a_name_in_addresses() -> None:
    assert GroupConverter().to_url(None) == "default"
    assert GroupConverter().to_python("default") is None
    assert GroupConverter().to_python(" shop ") == " shop "
    assert parse_group("  ") is None
    assert parse_group(" shop ") == "shop"


def test_filters_are_parsed_from_the_address_without_unknown_names() -> None:
    where = parse_filter(QueryDict("type=Artifact&type=Nonsense&outcome=no-effect&artifact=+x+"))
    assert where.types == (MessageType.ARTIFACT,)
    assert where.outcomes == (Outcome.NO_EFFECT,)
    assert where.artifact == "x"


@pytest.mark.parametrize("text", ["", "-1", "1.5", "x", "٣", "9" * 19])
def test_an_invalid_row_id_is_none(text: str) -> None:
    query = QueryDict(mutable=True)
    query["before"] = text
    assert query_number(query, "before") is None


def test_a_page_starts_at_one_and_counts_a_started_page() -> None:
    page = parse_page(QueryDict("page=0"), 30)
    assert (page.number, page.offset) == (1, 0)
    assert page.count_pages(61) == 3
    assert page.count_pages(0) == 1


def test_content_is_escaped_and_its_limits_are_reported() -> None:
    assert "<script>" not in highlight_content(b'{"a": "<script>"}', "JSON").html
    assert "<script>" not in highlight_content(b"<script>" + b" " * 300_000, "XML").html
    assert "first 600,000 of 600,001" in highlight_content(b"x" * 600_001, "JSON").remark
    assert "not UTF-8" in highlight_content(b"\xff{}", "AVRO").remark
    assert highlight_content(b"{}", "AVRO").remark == ""


def test_ages_and_sizes_are_in_words() -> None:
    assert ago(0, 4) == "just now"
    assert ago(0, 60) == "1 minute ago"
    assert ago(0, 7200) == "2 hours ago"
    assert ago(0, 40 * 86400) == "1970-01-01"
    assert full_time(1500) == "1970-01-01 00:00:01.500 UTC"
    assert full_time(10**18).startswith("9999")
    assert full_time(-(10**18)) == "0001-01-01 00:00:00.000 UTC"
    assert ago(253402300799999, 0) == "9999-12-31"
    assert (size(1), size(999), size(4200)) == ("1 byte", "999 bytes", "4.2 KB")


def test_a_form_without_its_token_is_answered_with_the_error_page() -> None:
    answer = Client(enforce_csrf_checks=True, headers={"host": "localhost"}).post("/ui/upload")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "The form is out of date." in page
    assert "CSRF cookie not set" in page


def test_a_remedy_is_split_into_sentences_and_commands() -> None:
    assert remedy_blocks("First:\n  one\n  two\nThen this.") == [
        (False, "First:"),
        (True, "one\ntwo"),
        (False, "Then this."),
    ]
