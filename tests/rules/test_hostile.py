"""Hostile contents are checked by their types: nothing raises, is fetched or takes too long."""

import gc
from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.artifact_types import ARTIFACT_TYPES, get_artifact_type
from registry.artifact_types.checks import Document
from tests.examples import examples
from tests.rules.calls import assert_few_calls
from tests.rules.contents import INVALID, VALID
from tests.rules.hostile_contents import EVERY_TYPE, HOSTILE
from tests.rules.type_checks import check_everything, connections_rejected, validations


@pytest.fixture(autouse=True, scope="module")
def own_garbage_only() -> Iterator[None]:
    """The collector leaves alone what hundreds of other tests have left behind."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True, scope="module")
def no_network() -> Iterator[None]:
    with connections_rejected():
        yield


def test_hostile_contents_are_aimed_at_types_that_exist() -> None:
    assert sorted(EVERY_TYPE) == sorted(each.name for each in ARTIFACT_TYPES)
    assert {name for each in HOSTILE.values() for name in each.aimed_at} == {*EVERY_TYPE}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_content_is_checked(name: str) -> None:
    content = HOSTILE[name].content
    for kind in HOSTILE[name].checking_types:
        for step in validations(get_artifact_type(kind), content):
            step()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_content_takes_no_more_calls_than_its_size_asks_for(name: str) -> None:
    for kind in HOSTILE[name].checking_types:
        assert_few_calls(partial(check_everything, get_artifact_type(kind)), HOSTILE[name])


def test_calls_that_grow_with_the_square_are_too_many() -> None:
    def compare_all(content: bytes) -> None:
        for _ in content.split(b","):
            for each in content.split(b","):
                len(each)

    with pytest.raises(AssertionError):
        assert_few_calls(compare_all, HOSTILE["200,000 unknown names"])


def test_a_content_that_is_too_large_gets_one_violation() -> None:
    for kind in ARTIFACT_TYPES:
        (violation,) = kind.load_checks().violations(Document(b" " * 11 * 1024 * 1024))
        assert "bytes, of which no more are checked" in violation.message


_SEEDS = [
    content if isinstance(content, bytes) else content.encode()
    for content in (*(each[1] for each in VALID), *(each[1] for each in INVALID))
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A content of some type with pieces of it cut, doubled, or put elsewhere."""
    content = draw(st.sampled_from(_SEEDS))
    for _ in range(draw(st.integers(0, 4))):
        start, end = sorted((
            draw(st.integers(0, len(content))),
            draw(st.integers(0, len(content))),
        ))
        piece = draw(
            st.sampled_from([
                b"",
                content[start:end] * 2,
                b"{",
                b"]",
                b"\0",
                b"\xff",
                b'"',
                b"$ref",
            ])
        )
        content = content[:start] + piece + content[end:]
    return content


@given(content=mutated())
@examples(test=150, soak=2_000)
def test_mutated_contents_raise_nothing(content: bytes) -> None:
    for kind in ARTIFACT_TYPES:
        check_everything(kind, content)


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@examples(test=100, soak=2_000)
def test_noise_raises_nothing(content: bytes) -> None:
    for kind in ARTIFACT_TYPES:
        check_everything(kind, content)
