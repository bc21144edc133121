"""Whether content is a GraphQL schema, by graphql-core."""

from collections.abc import Sequence

from graphql import GraphQLError, GraphQLSyntaxError, build_ast_schema, parse, validate_schema
from graphql.language import DocumentNode
from graphql.validation.validate import validate_sdl

from registry.artifact_types.documents import MOST_TOLD, text_of
from registry.artifact_types.judgements import Document, Violation

#: The parser takes a few microseconds for each.
_MOST_TOKENS = 150_000
#: Parts of a schema, as federated services publish them, have none.
_NO_QUERY = "Query root type must be provided"


def syntax_violations(content: bytes) -> list[Violation]:
    read = _read(content)
    return [read] if isinstance(read, Violation) else []


def violations(document: Document) -> list[Violation]:
    """Definitions fit each other; a schema without Query is one that others extend."""
    read = _read(document.content)
    if isinstance(read, Violation):
        return [read]
    try:
        found: Sequence[GraphQLError] = validate_sdl(read)
        if not found:
            found = validate_schema(build_ast_schema(read, assume_valid_sdl=True))
    except (GraphQLError, TypeError, RecursionError) as error:
        return [Violation(f"The schema can't be built: {error}")]
    told = [each for each in found if not each.message.startswith(_NO_QUERY)]
    return [_violation(each) for each in told[:MOST_TOLD]]


def _read(content: bytes) -> DocumentNode | Violation:
    text = text_of(content)
    if isinstance(text, Violation):
        return text
    try:
        return parse(text, max_tokens=_MOST_TOKENS)
    except GraphQLSyntaxError as error:
        return _violation(error)
    except RecursionError:
        return Violation("The content is nested too deeply")


def _violation(error: GraphQLError) -> Violation:
    place = error.locations[0] if error.locations else None
    message = error.message.removeprefix("Syntax Error: ").rstrip(".")
    return Violation(message, "", place.line if place else 0, place.column if place else 0)
