"""What a node does with a content by its type, as steps that tests run, count or time."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import pytest

from registry.artifact_types import ArtifactType, DereferenceError, dereference
from registry.artifact_types.checks import Direction, Document, Violation
from tests.rules.referenced import referenced

STRING = Document(b'{"type":"string"}')
Step = Callable[[], object]


def validations(kind: ArtifactType, content: bytes) -> list[Step]:
    """Return the checks of an upload, which assert that their violations can be shown."""
    checks, document = kind.load_checks(), Document(content)
    return [
        partial(_assert_shown, checks.syntax_violations, content),
        partial(_assert_shown, checks.violations, document),
    ]


def comparisons(kind: ArtifactType, content: bytes) -> list[Step]:
    """Return the comparisons, the search for references, and the dereferencing."""
    checks, document = kind.load_checks(), Document(content)
    steps: list[Step] = [
        partial(compare, document, newer, direction)
        for compare in filter(None, (checks.incompatibilities, checks.wire_incompatibilities))
        for newer, direction in (
            (document, Direction.BACKWARD),
            (STRING, Direction.BACKWARD),
            (STRING, Direction.FORWARD),
        )
    ]
    if checks.unresolved_references is not None:
        steps.append(partial(checks.unresolved_references, document, ()))
    return [*steps, partial(_write_out, kind, content)]


def check_everything(kind: ArtifactType, content: bytes) -> None:
    for step in (*validations(kind, content), *comparisons(kind, content)):
        step()


@contextmanager
def connections_rejected() -> Iterator[None]:
    """Fail on every attempt to connect."""

    def reject(*_arguments: object) -> None:
        raise AssertionError("something was about to connect")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", reject)
        yield


def _assert_shown(violations: Callable[[Any], list[Violation]], content: object) -> None:
    reported = violations(content)
    assert len(reported) <= 200
    assert all(violation.message and len(violation.message) < 2_000 for violation in reported)


def _write_out(kind: ArtifactType, content: bytes) -> None:
    with suppress(DereferenceError):
        dereference(kind.name, content, referenced(kind.name, {"a.json": b'{"$ref":"#"}'}))
