"""Checks in processes of their own: none runs on, takes all memory, or holds up the others."""

import pickle
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from registry.artifact_types import (
    ARTIFACT_TYPES,
    DereferenceError,
    ReferencedContent,
    canonical_hash,
    dereference,
    get_artifact_type,
    in_order,
)
from registry.artifact_types.checks import Direction, Document, Violation
from registry.checking import CheckBudget, check_validity, checks, compare, pool
from registry.checking.flat_references import flatten, nest
from registry.checking.pool import CheckFailed, CheckPool
from registry.errors import CheckersBusy, InvalidContent
from registry.outlines import make_outline
from registry.turns import current_caller
from registry.waiting import block, use_waiter
from tests.rules.contents import INVALID, VALID
from tests.waiting import DEADLINE, until

XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="slow"><xs:restriction base="xs:string">{}</xs:restriction></xs:simpleType>
  <xs:element name="e" type="slow" default="{}"/>
</xs:schema>"""
#: Python's `re` tries each way to part the letters.
ENDLESS = {
    "pattern": XSD.format('<xs:pattern value="(a+)+b"/>', "a" * 60),
    "enumeration": """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="base"><xs:restriction base="xs:string">
    <xs:pattern value="(a+)+b"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="slow"><xs:restriction base="base">
    <xs:enumeration value="%s"/></xs:restriction></xs:simpleType>
</xs:schema>"""
    % ("a" * 60),
}
WSDL = """<w:definitions xmlns:w="http://schemas.xmlsoap.org/wsdl/">
  <w:types>{}</w:types>
</w:definitions>"""
#: Types and contents; a schema of WSDL is checked like one that stands alone.
ENDLESS_CONTENTS = {
    f"{kind} {name}": (kind, schema if kind == "XSD" else WSDL.format(schema))
    for kind in ("XSD", "WSDL")
    for name, schema in ENDLESS.items()
}
#: Whether an element is told from each other one is decided for each pair.
CHOICE = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:complexType name="c"><xs:choice>{}</xs:choice></xs:complexType>
</xs:schema>""".format("".join(f'<xs:element name="e{n}" type="xs:int"/>' for n in range(4000)))
TOO_LONG = "The content takes more than 1 seconds of the processor to check"


@contextmanager
def pool_of(size: int) -> Iterator[CheckPool]:
    own = CheckPool(size)
    try:
        yield own
    finally:
        own.close()


@pytest.fixture
def small_pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[CheckPool]:
    """A pool of one process, which may take one second."""
    monkeypatch.setattr(pool, "CPU_SECONDS", 1)
    with pool_of(1) as only:
        monkeypatch.setattr(checks, "_pool", lambda: only)
        yield only


@pytest.mark.parametrize("name", ENDLESS_CONTENTS)
def test_a_check_without_an_end_is_ended_and_the_next_one_works(
    small_pool: CheckPool, name: str
) -> None:
    kind, content = ENDLESS_CONTENTS[name]
    (violation,) = check_validity(kind, Document(content.encode()))
    assert violation.message == TOO_LONG
    assert check_validity("XSD", Document(XSD.format("", "a").encode())) == []


@pytest.mark.parametrize("content", [CHOICE, WSDL.format(CHOICE)], ids=["XSD", "WSDL"])
def test_a_large_choice_is_checked_or_ended_and_the_next_check_works(
    small_pool: CheckPool, content: str
) -> None:
    kind = "XSD" if content == CHOICE else "WSDL"
    violations = check_validity(kind, Document(content.encode()))
    assert [violation.message for violation in violations] in ([], [TOO_LONG])
    assert check_validity("XSD", Document(XSD.format("", "a").encode())) == []


def test_other_checks_go_on_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CPU_SECONDS", 1)
    with pool_of(2) as both:
        monkeypatch.setattr(checks, "_pool", lambda: both)
        endless = threading.Thread(
            target=check_validity, args=("XSD", Document(ENDLESS["pattern"].encode()))
        )
        endless.start()
        until(lambda: both._idle.qsize() == 1)
        assert check_validity("JSON", Document(b'{"type": "string"}')) == []
        endless.join(DEADLINE)


def test_memory_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_MEMORY_BYTES", 100_000_000)
    content = f"type Query {{{' '.join(f'f{n}:Int' for n in range(80_000))}}}".encode()
    reason = "100,000,000 bytes of memory"
    with pool_of(1) as own:
        # Loads the library before memory is short.
        own.run("check_validity", "GRAPHQL", Document(b"type Query {a: Int}"))
        with pytest.raises(CheckFailed, match=reason):
            own.run("check_validity", "GRAPHQL", Document(content))


def test_a_process_that_is_killed_is_replaced_and_leaves_no_files(
    small_pool: CheckPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_validity("JSON", Document(b"{}"))
    process = small_pool._idle.queue[0]
    assert process is not None
    folder = Path(process._folder.name)
    psutil.Process(process._process.pid).kill()
    (violation,) = check_validity("JSON", Document(b"{}"))
    assert "ended early" in violation.message
    assert not folder.exists()
    assert check_validity("JSON", Document(b"{}")) == []


class Gated(CheckPool):
    """One process, whose tasks wait for the gate."""

    def __init__(self) -> None:
        super().__init__(1)
        self.gate = threading.Event()
        self.done: list[bytes] = []
        self.is_working = False

    def _run(self, request: bytes) -> bytes:
        self.is_working = True
        assert self.gate.wait(DEADLINE)
        self.done.append(request)
        return request

    def has_waiting(self, count: int) -> bool:
        return sum(map(len, self._waiting._items.values())) == count


def run_as(caller: str, busy: CheckPool, name: str) -> threading.Thread:
    def run() -> None:
        current_caller.set(caller)
        busy.run(name)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_caller_that_waited_for_too_long_may_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Gated()
    working = run_as("many", busy, "first")
    until(lambda: busy.is_working)
    monkeypatch.setattr(pool, "_WAIT_SECONDS", 0)
    with pytest.raises(CheckersBusy):
        busy.run("second")
    busy.gate.set()
    working.join(DEADLINE)
    assert [pickle.loads(request)[0] for request in busy.done] == ["first"]


def test_callers_take_turns() -> None:
    busy = Gated()
    threads = [run_as("many", busy, "first")]
    until(lambda: busy.is_working)
    for count, caller in enumerate(["many", "many", "many", "one"], 1):
        threads.append(run_as(caller, busy, f"{caller}{count}"))
        until(partial(busy.has_waiting, count))
    busy.gate.set()
    for thread in threads:
        thread.join(DEADLINE)
    names = [pickle.loads(request)[0] for request in busy.done]
    assert names == ["first", "many1", "one4", "many2", "many3"]


def test_callers_wait_for_a_check_in_their_own_way(small_pool: CheckPool) -> None:
    """So that requests hold no thread meanwhile."""
    waited: list[Future[Any]] = []

    def wait(future: Future[Any], seconds: float) -> None:
        waited.append(future)
        block(future, seconds)

    def check() -> list[Violation]:
        use_waiter(wait)
        return check_validity("JSON", Document(b"{}"))

    assert copy_context().run(check) == []
    assert waited[0].done()


class Measured(CheckPool):
    """Reports the given seconds of the processor for each task; None is a task that fails."""

    def __init__(self, *seconds: float | None) -> None:
        super().__init__(1)
        self._seconds = list(seconds)

    def run(self, name: str, *arguments: Any) -> bytes:
        seconds = self._seconds.pop(0)
        if seconds is None:
            raise CheckFailed("The content takes too long")
        return msgspec.msgpack.encode((seconds, []))


def test_versions_are_compared_within_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    measured = Measured(3.0, None, 12.5)
    monkeypatch.setattr(checks, "_pool", lambda: measured)
    old, new = Document(b'{"type":"string"}'), Document(b'{"type":"number"}')
    budget = CheckBudget()
    left = []
    for _ in range(3):
        incompatibilities = compare("JSON", old, new, Direction.BACKWARD, budget)
        left.append(budget.left)
    assert left == [17.0, 12.0, -0.5], incompatibilities
    (refusal,) = compare("JSON", old, new, Direction.BACKWARD, budget)
    assert refusal.message == "The versions take more than 20 seconds to compare"


@pytest.mark.parametrize("kind", [known.name for known in ARTIFACT_TYPES])
def test_results_are_those_of_the_type(kind: str) -> None:
    type_checks = get_artifact_type(kind).load_checks()
    cases = [case[:2] for case in VALID] + [case[:2] for case in INVALID]
    for content in (content for name, content in cases if name == kind):
        document = Document(content if isinstance(content, bytes) else content.encode())
        assert check_validity(kind, document) == type_checks.violations(document)


def test_half_a_surrogate_pair_in_a_message_is_replaced() -> None:
    content = Document(b'{"type": "\\ud800"}')
    (violation, *_) = check_validity("JSON", content)
    assert violation.message.isprintable()


@pytest.mark.parametrize("kind", [known.name for known in ARTIFACT_TYPES])
def test_transformations_are_those_of_the_type(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_SMALL_BYTES", -1)
    cases = [case[:2] for case in VALID] + [case[:2] for case in INVALID]
    for content in (content for name, content in cases if name == kind):
        data = content if isinstance(content, bytes) else content.encode()
        assert checks.canonical_hash(kind, data, "[]", references={}) == canonical_hash(
            kind, data, "[]"
        )
        assert checks.make_outline(kind, data) == make_outline(kind, data)


def chained(count: int) -> dict[str, ReferencedContent]:
    """Return a reference to a JSON schema that begins a chain of so many."""
    chain = ReferencedContent(b'{"type": "string"}', "JSON")
    for number in range(count):
        name = f"next{number}.json"
        content = b'{"properties": {"a": {"$ref": "%s"}}}' % name.encode()
        chain = ReferencedContent(content, "JSON", {name: chain, "again.json": chain})
    return {"first.json": chain}


def test_references_are_written_in_as_by_the_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_SMALL_BYTES", -1)
    content, references = b'{"items": {"$ref": "first.json"}}', chained(20)
    expected = dereference("JSON", content, references)
    assert b"string" in expected
    assert checks.dereference("JSON", content, references) == expected
    with pytest.raises(DereferenceError, match="no way for contents of type XML"):
        checks.dereference("XML", content, references)


def test_a_chain_of_thousands_of_references_can_be_sent() -> None:
    nested = nest(pickle.loads(pickle.dumps(flatten(chained(5_000)))))
    assert in_order(nested) == in_order(chained(5_000))


def test_a_transformation_without_an_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(CheckPool):
        def run(self, name: str, *arguments: Any) -> bytes:
            raise CheckFailed("The content takes too long")

    monkeypatch.setattr(checks, "_SMALL_BYTES", -1)
    monkeypatch.setattr(checks, "_pool", lambda: Endless(1))
    with pytest.raises(InvalidContent, match="takes too long"):
        checks.canonical_hash("JSON", b"{}", None, references={})
    with pytest.raises(DereferenceError, match="takes too long"):
        checks.dereference("JSON", b"{}", {})
    assert checks.make_outline("JSON", b"{}") is None
