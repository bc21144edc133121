"""Hostile contents at their full size, judged by every type in a few times a plain loop's time."""

import gc
import time
from collections.abc import Callable, Iterator
from functools import cache, partial

import pytest

from registry.artifact_types import ARTIFACT_TYPES
from registry.outlines import make_outline
from tests.rules.hostile_contents import HOSTILE
from tests.rules.type_checks import comparisons, connections_rejected, validations
from tests.unit.test_artifact_types_hostile import HOSTILE as HOSTILE_TO_HANDLE
from tests.unit.test_artifact_types_hostile import handle

pytestmark = pytest.mark.soak

#: Times as long as a million squares take, which is about 50 ms.
_STEP = 40
_OUTLINE = 100
_HANDLING = 200


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


def seconds(work: Callable[[], object]) -> float:
    """Return the processor's, not the clock's."""
    began = time.thread_time()
    work()
    return time.thread_time() - began


def squares() -> int:
    return sum(number * number for number in range(1_000_000))


@cache
def plain_seconds() -> float:
    return min(seconds(squares) for _ in range(3))


def assert_soon(work: Callable[[], object], most: float) -> None:
    """Fail if the work takes more than `most` times as long as a million squares, twice.

    The first time may have loaded a library, or the processor may have slowed down since.
    """
    plain, took = plain_seconds(), seconds(work)
    if took > most * plain:
        plain, took = max(plain, seconds(squares)), seconds(work)
    assert took <= most * plain


@pytest.mark.parametrize("name", HOSTILE)
def test_every_type_judges_a_hostile_content_soon(name: str) -> None:
    content = HOSTILE[name].content
    for kind in ARTIFACT_TYPES:
        for step in (*validations(kind, content), *comparisons(kind, content)):
            assert_soon(step, _STEP)


@pytest.mark.parametrize("name", HOSTILE)
def test_every_type_outlines_a_hostile_content_soon(name: str) -> None:
    content = HOSTILE[name].content
    for kind in ARTIFACT_TYPES:
        assert_soon(partial(make_outline, kind.name, content), _OUTLINE)


@pytest.mark.parametrize("name", HOSTILE_TO_HANDLE)
def test_hostile_content_is_handled_soon(name: str) -> None:
    assert_soon(partial(handle, HOSTILE_TO_HANDLE[name].content), _HANDLING)
