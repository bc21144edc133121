"""Converts errors of xmlschema to violations, with positions of elements."""

from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from xmlschema import XMLSchemaException

from registry.artifact_types.checks import Violation

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


def to_violation(error: Exception, positions: Mapping[int, tuple[int, int]]) -> Violation:
    """Convert an error of xmlschema, by the element in it."""
    message = getattr(error, "reason", None) or getattr(error, "message", None) or error
    line, column = positions.get(id(getattr(error, "elem", None)), (0, 0))
    path = getattr(error, "path", None) or ""
    return Violation(first_line(str(message)).rstrip(".:"), str(path), line, column)


def first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def element_positions(root: Any, content: bytes) -> Mapping[int, tuple[int, int]]:
    """Map the `id()`s of a tree's elements to line and column of their start tags."""
    parser = expat.ParserCreate()
    positions: list[tuple[int, int]] = []

    def start(_name: str, _attributes: object) -> None:
        positions.append((parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))

    parser.StartElementHandler = start
    parser.Parse(content, True)
    elements = (element for element in root.iter() if isinstance(element.tag, str))
    return dict(zip(map(id, elements), positions, strict=False))
