"""Errors of xmlschema as violations, with the places of the elements that they are about."""

from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from registry.artifact_types.checks import Violation


def violation_of(error: Exception, places: Mapping[int, tuple[int, int]]) -> Violation:
    """From an error of xmlschema, which names the element that it is about."""
    told = getattr(error, "reason", None) or getattr(error, "message", None) or error
    line, column = places.get(id(getattr(error, "elem", None)), (0, 0))
    path = getattr(error, "path", None) or ""
    return Violation(first_line(str(told)).rstrip(".:"), str(path), line, column)


def first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def places_by_element(root: Any, content: bytes) -> Mapping[int, tuple[int, int]]:
    """Line and column of the start tags of a tree's elements, by their identity."""
    elements = (each for each in root.iter() if isinstance(each.tag, str))
    return dict(zip(map(id, elements), _places_of_tags(content), strict=False))


def _places_of_tags(content: bytes) -> list[tuple[int, int]]:
    """In the order of the document."""
    parser = expat.ParserCreate()
    places: list[tuple[int, int]] = []

    def start(_name: str, _attributes: object) -> None:
        places.append((parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))

    parser.StartElementHandler = start
    parser.Parse(content, True)
    return places
