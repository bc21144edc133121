"""Whether content is Protobuf: its syntax by our own parser, everything by protoc."""

from collections.abc import Collection

from registry.artifact_types.checks import Document, Unmapped, Violation
from registry.artifact_types.protobuf.compiling import Compiled, compiled
from registry.artifact_types.protobuf.parser import NotProtobuf, parse
from registry.artifact_types.syntax.documents import text_of
from registry.artifact_types.syntax.json_places import line_and_column

#: Files that come with protoc, and so with every implementation.
_WELL_KNOWN = "google/protobuf/"


def syntax_violations(content: bytes) -> list[Violation]:
    """The first thing that no Protobuf source has; what names mean is not looked at."""
    text = text_of(content)
    if isinstance(text, Violation):
        return [text]
    try:
        parse(text)
    except NotProtobuf as error:
        return [Violation(str(error), "", *line_and_column(text, error.position))]
    except RecursionError:
        return [Violation("The content is nested too deeply")]
    return []


def violations(document: Document) -> list[Violation]:
    """What protoc says, with the references as the files that may be imported."""
    found = compiled(document)
    if isinstance(found, Compiled):
        return []
    return list(found)


def unmapped(document: Document, names: Collection[str]) -> list[Unmapped]:
    """Imports of other files than those that come with protoc."""
    text = text_of(document.content)
    if isinstance(text, Violation):
        return []
    try:
        file = parse(text)
    except (NotProtobuf, RecursionError):
        return []
    return [
        Unmapped((each.path,), "", line_and_column(text, each.position)[0])
        for each in file.imports
        if each.path not in names and not each.path.startswith(_WELL_KNOWN)
    ]
