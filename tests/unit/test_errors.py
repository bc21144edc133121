"""Codes of errors: each class has its own, and the ledger's code and sentence give it back."""

import inspect

import pytest

from journal.health.checks.nodes import _APART
from journal.kafka import errors as kafka_errors
from journal.projection import positions
from journal.worker import errors as worker_errors
from registry import errors
from registry.errors import ArtifactNotFound, NotFound, RegistryError, error_by_code


def codes_of(*modules: object) -> dict[str, str]:
    return {
        name: kind.__dict__.get("code", "")
        for module in modules
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == getattr(module, "__name__", "")
    }


@pytest.mark.parametrize(
    "codes", [codes_of(errors), codes_of(kafka_errors, worker_errors, positions)]
)
def test_each_class_has_a_code_of_its_own(codes: dict[str, str]) -> None:
    assert all(codes.values())
    assert len(set(codes.values())) == len(codes)


def test_the_codes_of_troubles_are_those_of_classes() -> None:
    assert set(codes_of(kafka_errors, worker_errors).values()) >= _APART


def test_a_code_and_a_sentence_give_the_error() -> None:
    original = ArtifactNotFound("g", "orders")
    error = error_by_code(original.code, str(original))
    assert type(error) is ArtifactNotFound
    assert isinstance(error, NotFound)
    assert str(error) == str(original) == "No artifact with ID 'orders' in group 'g' was found."


def test_an_unknown_code_gives_the_base_class() -> None:
    error = error_by_code("SomethingElse", "It is so.")
    assert (type(error), str(error)) == (RegistryError, "It is so.")
