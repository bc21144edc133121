"""The journal's search box, and what an address asks of the ledger."""

from contextlib import suppress
from urllib.parse import parse_qs

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from dashboard.journal.search_box import SearchSyntaxError, parse_search, parse_time
from journal.ledger.filters import LedgerFilter
from journal.models import Outcome
from journal.wire.messages import MessageType


def query(text: str, address: str = "") -> QueryDict:
    made = QueryDict(address, mutable=True)
    made["q"] = text
    return made


def where(text: str) -> LedgerFilter:
    search = parse_search(query(text))
    assert search.faults == ()
    return search.where


def test_words_and_fields_are_distinguished() -> None:
    parsed = where(
        "order type:artifact outcome:no-effect group:shop artifact:order-1 contentId:12 "
        'globalid:40 req:ab-cd "two words" text:x'
    )
    assert parsed == LedgerFilter(
        types=(MessageType.ARTIFACT,),
        outcomes=(Outcome.NO_EFFECT,),
        groups=("shop",),
        artifacts=("order-1",),
        content_ids=(12,),
        global_ids=(40,),
        req="ab-cd",
        words=("order", "two words", "x"),
    )


@pytest.mark.parametrize(
    ("text", "partition", "offsets"),
    [
        ("offset:120", None, (120, 120)),
        ("offset:100..200", None, (100, 200)),
        ("offset:100..", None, (100, None)),
        ("offset:..200", None, (None, 200)),
        ("offset:2:100..200", 2, (100, 200)),
        ("offset:0002:" + "0" * 500 + "7", 2, (7, 7)),
        (f"offset:{2**63 - 1}..", None, (2**63 - 1, None)),
    ],
)
def test_offsets_are_one_or_a_stretch(
    text: str, partition: int | None, offsets: tuple[int | None, int | None]
) -> None:
    parsed = where(text)
    assert (parsed.partition, parsed.offsets) == (partition, offsets)


def test_days_and_times_are_in_utc_and_an_until_day_is_whole() -> None:
    parsed = where("since:2026-11-01 until:2026-11-01")
    assert (parsed.start, parsed.end) == (1_793_491_200_000, 1_793_577_600_000)
    assert where("since:2026-11-01T10:30").start == 1_793_491_200_000 + 37_800_000
    assert parse_time("1793491200000") == 1_793_491_200_000
    assert parse_time("0001793491200000") == 1_793_491_200_000


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("foo:bar", "There is no field “foo”."),
        ("type:Nonsense", "There is no type “Nonsense”."),
        ("outcome:fine", "There is no outcome “fine”."),
        ("offset:x", "“x” is no offset."),
        ("offset:1:", "“1:” is no offset."),
        ("offset:١٢", "“١٢” is no offset."),
        ("offset:1:²..", "is no offset."),
        ("offset:-1", "is no offset."),
        (f"offset:{2**63}", "is no offset."),
        (f"offset:{2**31}:1", "is no offset."),
        ("contentId:١٢", "“١٢” is no content id"),
        ("since:١٧٩٣٤٩١٢٠٠٠٠٠", "is no time."),
        ("contentId:x", "“x” is no content id"),
        ("globalId:99999999999999999999", "is no global id"),
        ("since:yesterday", "“yesterday” is no time."),
        ("until:2026-13-01", "is no time."),
    ],
)
def test_a_syntax_error_is_reported_and_the_other_terms_count(text: str, fault: str) -> None:
    search = parse_search(query(f"order {text}"))
    assert fault in search.faults[0]
    assert search.where == LedgerFilter(words=("order",))
    assert [chip.words for chip in search.chips] == ["order"]


def test_a_text_with_a_colon_goes_in_quotes() -> None:
    assert where('"urn:x"').words == ("urn:x",)


def test_each_chip_leads_to_the_search_without_it() -> None:
    search = parse_search(query('type:Group "a b" x', "outcome=refused&view=records&at=9"))
    words = [chip.words for chip in search.chips]
    assert words == ["outcome: refused", "type: Group", "a b", "x"]
    left = [parse_qs(chip.query.removeprefix("?")) for chip in search.chips]
    assert left[0] == {"q": ['type:Group "a b" x'], "view": ["records"]}
    assert left[1] == {"q": ['"a b" x'], "outcome": ["refused"], "view": ["records"]}
    assert left[2]["q"] == ["type:Group x"]


def test_a_long_search_is_cut_and_reported() -> None:
    search = parse_search(query("word " * 300))
    assert len(search.faults) == 2
    assert len(search.where.words) == 30


@given(st.text(max_size=200))
def test_any_text_is_parsed_or_reported(text: str) -> None:
    search = parse_search(query(text))
    assert isinstance(search.where, LedgerFilter)


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_a_syntax_error(text: str) -> None:
    with suppress(SearchSyntaxError):
        assert isinstance(parse_time(text), int)
