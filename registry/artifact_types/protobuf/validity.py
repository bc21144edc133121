"""Checks Protobuf: its syntax with our own parser, everything with protoc."""

from collections.abc import Collection

from registry.artifact_types.checks import Document, UnresolvedReference, Violation
from registry.artifact_types.protobuf.compiling import CompiledFile, compile_document
from registry.artifact_types.protobuf.parser import parse
from registry.artifact_types.protobuf.tokens import ProtobufSyntaxError
from registry.artifact_types.syntax.documents import decode_text
from registry.artifact_types.syntax.json_positions import line_and_column

#: Files that come with protoc, and so with every implementation.
_WELL_KNOWN = "google/protobuf/"


def syntax_violations(content: bytes) -> list[Violation]:
    """Return the first syntax error; names are not resolved."""
    text = decode_text(content)
    if isinstance(text, Violation):
        return [text]
    try:
        parse(text)
    except ProtobufSyntaxError as error:
        return [Violation(str(error), "", *line_and_column(text, error.position))]
    except RecursionError:
        return [Violation("The content is nested too deeply")]
    return []


def violations(document: Document) -> list[Violation]:
    """List protoc's errors, with the references as imports."""
    result = compile_document(document)
    return [] if isinstance(result, CompiledFile) else list(result)


def unresolved_references(document: Document, names: Collection[str]) -> list[UnresolvedReference]:
    """List imports without a reference, except those supplied by protoc."""
    text = decode_text(document.content)
    if isinstance(text, Violation):
        return []
    try:
        file = parse(text)
    except (ProtobufSyntaxError, RecursionError):
        return []
    return [
        UnresolvedReference((imported.path,), "", line_and_column(text, imported.position)[0])
        for imported in file.imports
        if imported.path not in names and not imported.path.startswith(_WELL_KNOWN)
    ]
