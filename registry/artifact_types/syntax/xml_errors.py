"""Converts errors of xmlschema to violations, with positions of elements."""

import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from threading import Lock
from typing import Any
from xml.parsers import expat

from xmlschema import XMLSchemaException

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax.xml_files import written_as_files

#: What xmlschema raises over contents; the last three over parts that it could not build.
UNREADABLE = (
    XMLSchemaException,
    OSError,
    ValueError,
    RecursionError,
    LookupError,
    AttributeError,
    TypeError,
)
# The library's global maps and the warnings that it gives are not made for threads.
_lock = Lock()


def library_violations(
    document: Document, read: Callable[[Path], tuple[Any, Iterable[Exception]]], unreadable: str
) -> list[Violation]:
    """Return the errors of xmlschema in a document.

    `read` returns the root of a file and its errors; `unreadable` is the message for a file that
    the library can't read.
    """
    with _lock, written_as_files(document) as files:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                root, errors = read(files.path)
        except UNREADABLE as error:
            violations = [Violation(f"{unreadable}: {_first_line(str(error))}")]
        else:
            positions = _element_positions(root, document.content)
            violations = [_to_violation(error, positions) for error in errors]
        return [*files.unreadable, *map(files.with_given_names, violations)]


def _to_violation(error: Exception, positions: Mapping[int, tuple[int, int]]) -> Violation:
    """Convert an error of xmlschema, by the element in it."""
    message = getattr(error, "reason", None) or getattr(error, "message", None) or error
    line, column = positions.get(id(getattr(error, "elem", None)), (0, 0))
    path = getattr(error, "path", None) or ""
    return Violation(_first_line(str(message)).rstrip(".:"), str(path), line, column)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _element_positions(root: Any, content: bytes) -> Mapping[int, tuple[int, int]]:
    """Map the `id()`s of a tree's elements to line and column of their start tags."""
    parser = expat.ParserCreate()
    positions: list[tuple[int, int]] = []

    def start(_name: str, _attributes: object) -> None:
        positions.append((parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))

    parser.StartElementHandler = start
    parser.Parse(content, True)
    elements = (element for element in root.iter() if isinstance(element.tag, str))
    return dict(zip(map(id, elements), positions, strict=False))
