"""Whether content is a GraphQL schema, by graphql-core."""

from contextlib import suppress

from graphql import GraphQLError, GraphQLSyntaxError, build_ast_schema, parse
from graphql.language import DocumentNode, ParallelVisitor, visit
from graphql.type.validate import SchemaValidationContext
from graphql.validation.specified_rules import specified_sdl_rules
from graphql.validation.validation_context import SDLValidationContext

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax.documents import MOST_TOLD, text_of

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
        found = _errors(read)
    except (GraphQLError, TypeError, RecursionError) as error:
        return [Violation(f"The schema can't be built: {error}")]
    told = [each for each in found if not each.message.startswith(_NO_QUERY)]
    return [_violation(each) for each in told[:MOST_TOLD]]


class _Enough(Exception):
    """There are as many errors as are told."""


class _Errors(list[GraphQLError]):
    """Each costs a look through the whole text, so that all of them would cost the square."""

    def append(self, error: GraphQLError) -> None:
        """Raises _Enough."""
        super().append(error)
        # One may not be told.
        if len(self) > MOST_TOLD:
            raise _Enough


def _errors(document: DocumentNode) -> _Errors:
    """Of the definitions; if there is none, of the schema that they make."""
    found = _Errors()
    with suppress(_Enough):
        definitions = SDLValidationContext(document, None, found.append)
        visit(document, ParallelVisitor([rule(definitions) for rule in specified_sdl_rules]))
        if not found:
            schema = SchemaValidationContext(build_ast_schema(document, assume_valid_sdl=True))
            schema.errors = found
            schema.validate_root_types()
            schema.validate_directives()
            schema.validate_types()
    return found


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
