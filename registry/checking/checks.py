"""The checks of an artifact type, in a checking process. A check that fails refuses the content."""

import os
from collections.abc import Collection
from functools import cache
from typing import Any

import msgspec

from registry.artifact_types.checks import (
    Direction,
    Document,
    Incompatibility,
    UnresolvedReference,
    Violation,
)
from registry.checking.pool import CPU_SECONDS, CheckFailed, CheckPool

#: Of the processor, for all comparisons of one request with versions before.
_BUDGET_SECONDS = 20.0
_MAX_PROCESSES = 4

_decode_violations = msgspec.msgpack.Decoder(tuple[float, list[Violation]]).decode
_decode_incompatibilities = msgspec.msgpack.Decoder(tuple[float, list[Incompatibility]]).decode
_decode_unresolved = msgspec.msgpack.Decoder(tuple[float, list[UnresolvedReference]]).decode


class CheckBudget:
    """Seconds of the processor for the comparisons of one request."""

    def __init__(self, seconds: float = _BUDGET_SECONDS) -> None:
        self.total = self.left = seconds


def check_syntax(type_name: str, content: bytes) -> list[Violation]:
    """Raises CheckersBusy."""
    return _violations("check_syntax", type_name, content)


def check_validity(type_name: str, document: Document) -> list[Violation]:
    """Raises CheckersBusy."""
    return _violations("check_validity", type_name, document)


def compare(
    type_name: str,
    older: Document,
    newer: Document,
    direction: Direction,
    budget: CheckBudget,
    *,
    by_confluent_rules: bool = False,
) -> list[Incompatibility]:
    """Compare two versions; once the budget is spent, the result is that they are not compared.

    Raises CheckersBusy.
    """
    if budget.left <= 0:
        message = f"The versions take more than {budget.total:g} seconds to compare"
        return [Incompatibility(message, "What breaks can't be determined")]
    try:
        response = _pool().run("compare", type_name, older, newer, direction, by_confluent_rules)
    except CheckFailed as error:
        budget.left -= CPU_SECONDS
        return [Incompatibility(str(error), "What breaks can't be determined")]
    seconds, incompatibilities = _decode_incompatibilities(response)
    budget.left -= seconds
    return incompatibilities


def find_unresolved_references(
    type_name: str, document: Document, names: Collection[str]
) -> list[UnresolvedReference]:
    """Raises CheckersBusy."""
    try:
        response = _pool().run("find_unresolved_references", type_name, document, frozenset(names))
    except CheckFailed as error:
        return [UnresolvedReference((str(error),))]
    return _decode_unresolved(response)[1]


def _violations(task: str, *arguments: Any) -> list[Violation]:
    try:
        response = _pool().run(task, *arguments)
    except CheckFailed as error:
        return [Violation(str(error))]
    return _decode_violations(response)[1]


# Processes of pure functions are no state that a caller could see, so that one pool serves the
# whole process, as the cache of a pure function does.
@cache
def _pool() -> CheckPool:
    return CheckPool(min(max(2, os.cpu_count() or 1), _MAX_PROCESSES))
